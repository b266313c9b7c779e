"""Walks an archive by slixmpp's XEP-0313 plugin and prints one JSON object a message, then what the <fin/>s said.

usage: mam_walk.py HOST PORT JID PASSWORD ARCHIVE PAGE [START END [back]]
"""
import asyncio
import json
import sys
from datetime import datetime

import slixmpp
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXPath

HOST, PORT, USER, PASSWORD, ARCHIVE, PAGE = sys.argv[1:7]
START, END = (datetime.fromisoformat(text) for text in sys.argv[7:9]) if len(sys.argv) > 8 else (None, None)
BACK = sys.argv[9:] == ['back']
FIN = '{jabber:client}iq/{urn:xmpp:mam:2}fin'


class Walker(slixmpp.ClientXMPP):
    def __init__(self):
        super().__init__(USER, PASSWORD)
        self['feature_mechanisms'].unencrypted_plain = True
        self['feature_mechanisms'].unencrypted_scram = True
        self.register_plugin('xep_0059')
        self.register_plugin('xep_0313')
        self.fins = []
        self.register_handler(Callback('fin', MatchXPath(FIN), self.on_fin))
        self.add_event_handler('session_start', self.walk)
        self.add_event_handler('failed_all_auth', lambda _: sys.exit('login failed'))

    def on_fin(self, iq):
        fin = iq.xml.find('{urn:xmpp:mam:2}fin')
        self.fins.append(fin.get('complete') == 'true')

    async def walk(self, _):
        async for message in self['xep_0313'].iterate(jid=slixmpp.JID(ARCHIVE), start=START, end=END, reverse=BACK, rsm={'max': int(PAGE)}):
            result = message['mam_result']
            forwarded = result['forwarded']
            print(json.dumps({
                'uid': result['id'],
                'time': forwarded.xml.find('{urn:xmpp:delay}delay').get('stamp'),
                'from': str(forwarded['stanza']['from']),
                'body': forwarded['stanza']['body'],
            }))
        print(json.dumps({'pages': len(self.fins), 'complete': sum(self.fins)}))
        self.disconnect()


walker = Walker()
walker.connect((HOST, int(PORT)), force_starttls=False, disable_starttls=True)
asyncio.get_event_loop().run_until_complete(asyncio.wait_for(walker.disconnected, 300))
