"""Joins a mirror room with slixmpp's XEP-0045 plugin and walks its archive with the XEP-0313 one, forward and back.

usage: slixmpp_walk.py HOST PORT JID PASSWORD ROOM NICK PAGE BACK

Prints {"joined": …}, one {"uid", "time", "from", "body"} a message of the walk, {"forward": pages, complete}, the newest
BACK messages the same way, newest first, and {"backward": …}.
"""
import asyncio
import json
import os
import sys

import slixmpp
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXPath

HOST, PORT, USER, PASSWORD, ROOM, NICK, PAGE, BACK = sys.argv[1:9]
FIN = '{jabber:client}iq/{urn:xmpp:mam:2}fin'


def tell(**what):
    print(json.dumps(what), flush=True)


class Walker(slixmpp.ClientXMPP):
    def __init__(self):
        super().__init__(USER, PASSWORD)
        self['feature_mechanisms'].unencrypted_plain = True
        self['feature_mechanisms'].unencrypted_scram = True
        for plugin in ('xep_0030', 'xep_0045', 'xep_0059', 'xep_0203', 'xep_0313'):
            self.register_plugin(plugin)
        self.failure = None
        self.fins = []
        self.register_handler(Callback('fin', MatchXPath(FIN), self.on_fin))
        self.add_event_handler('session_start', self.start)
        self.add_event_handler('failed_all_auth', lambda _: sys.exit('login failed'))

    def on_fin(self, iq):
        self.fins.append(iq.xml.find('{urn:xmpp:mam:2}fin').get('complete') == 'true')

    async def start(self, _):
        try:
            await self.visit()
        except Exception as error:
            self.failure = error
        self.disconnect()

    async def visit(self):
        presence, subject, _, history = await self['xep_0045'].join_muc_wait(slixmpp.JID(ROOM), NICK, timeout=60)
        tell(joined={
            'codes': sorted(presence['muc']['status_codes']),
            'role': presence['muc']['role'],
            'subject': subject['subject'],
            'history': [message['body'] for message in history],
        })
        await self.walk('forward', None)
        await self.walk('backward', int(BACK))

    async def walk(self, direction, most):
        self.fins = []
        count = 0
        is_back = direction == 'backward'
        async for message in self['xep_0313'].iterate(jid=slixmpp.JID(ROOM), reverse=is_back, rsm={'max': int(PAGE)}):
            result = message['mam_result']
            forwarded = result['forwarded']
            tell(uid=result['id'], time=forwarded.xml.find('{urn:xmpp:delay}delay').get('stamp'),
                 **{'from': str(forwarded['stanza']['from']), 'body': forwarded['stanza']['body'] or forwarded['stanza']['subject']})
            count += 1
            if count == most:
                break
        tell(**{direction: {'pages': len(self.fins), 'complete': sum(self.fins)}})


walker = Walker()
walker.connect((HOST, int(PORT)), force_starttls=False, disable_starttls=True)
asyncio.get_event_loop().run_until_complete(asyncio.wait_for(walker.disconnected, 600))
if walker.failure is not None:
    raise walker.failure
sys.stdout.flush()
os._exit(0)  # slixmpp leaves a task behind that Python would complain about
