"""Visits a mirror room with slixmpp's XEP-0045 and XEP-0313 plugins and prints one JSON object for each thing it learns.

usage: mirror_visit.py HOST PORT JID PASSWORD ARCHIVE NICK

It joins, prints {"joined": …}, waits for a message live, prints {"live": …}, asks the room's archive for the same and
prints {"archived": …}, asks itself whether it is still there, prints {"ping": …}, leaves, asks again and prints
{"left": …}.
"""
import asyncio
import json
import os
import sys

import slixmpp
from slixmpp.exceptions import IqError

HOST, PORT, USER, PASSWORD, ARCHIVE, NICK = sys.argv[1:7]


def tell(**what):
    print(json.dumps(what), flush=True)


def said(message):
    # XEP-0359: the room's own one may stand beside ours.
    ids = message.xml.findall('{urn:xmpp:sid:0}stanza-id')
    ours = [stanza_id.get('id') for stanza_id in ids if stanza_id.get('by') == ARCHIVE]
    return {
        'from': str(message['from']),
        'body': message['body'],
        'ids': ours,
        'delayed': message.xml.find('{urn:xmpp:delay}delay') is not None,
    }


class Visitor(slixmpp.ClientXMPP):
    def __init__(self):
        super().__init__(USER, PASSWORD)
        self['feature_mechanisms'].unencrypted_plain = True
        self['feature_mechanisms'].unencrypted_scram = True
        for plugin in ('xep_0030', 'xep_0045', 'xep_0059', 'xep_0199', 'xep_0203', 'xep_0313'):
            self.register_plugin(plugin)
        self.live = asyncio.Queue()
        self.failure = None
        self.add_event_handler('session_start', self.start)
        self.add_event_handler('groupchat_message', self.on_message)
        self.add_event_handler('failed_all_auth', lambda _: sys.exit('login failed'))

    def on_message(self, message):
        if message.xml.find('{urn:xmpp:delay}delay') is None:
            self.live.put_nowait(said(message))

    async def start(self, _):
        try:
            await self.visit()
        except Exception as error:
            self.failure = error
        self.disconnect()

    async def visit(self):
        muc = self['xep_0045']
        archive = slixmpp.JID(ARCHIVE)
        info = await self['xep_0030'].get_info(jid=archive)
        tell(features=sorted(info['disco_info']['features']))
        presence, subject, occupants, history = await muc.join_muc_wait(archive, NICK, maxstanzas=20, timeout=30)
        tell(joined={
            'self': str(presence['from']),
            'codes': sorted(presence['muc']['status_codes']),
            'role': presence['muc']['role'],
            'subject': subject['subject'],
            'history': [said(message) for message in history],
            'occupants': [str(occupant['from']) for occupant in occupants],
        })
        live = await asyncio.wait_for(self.live.get(), 60)
        tell(live=live)
        async for message in self['xep_0313'].iterate(jid=archive, reverse=True, rsm={'max': 1}):
            tell(archived={'uid': message['mam_result']['id'], 'body': message['mam_result']['forwarded']['stanza']['body']})
            break
        await self['xep_0199'].send_ping(slixmpp.JID(f'{ARCHIVE}/{NICK}'), timeout=30)
        tell(ping='here')
        muc.leave_muc(archive, NICK)
        try:
            await self['xep_0199'].send_ping(slixmpp.JID(f'{ARCHIVE}/{NICK}'), timeout=30)
        except IqError as error:
            tell(left=error.condition)


visitor = Visitor()
visitor.connect((HOST, int(PORT)), force_starttls=False, disable_starttls=True)
asyncio.get_event_loop().run_until_complete(asyncio.wait_for(visitor.disconnected, 180))
if visitor.failure is not None:
    raise visitor.failure
os._exit(0)  # slixmpp leaves a task behind that Python would complain about
