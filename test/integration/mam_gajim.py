"""Walks an archive as Gajim does, by its library nbxmpp, and prints one JSON object a message, then how many pages there were.

usage: mam_gajim.py HOST PORT JID PASSWORD ARCHIVE PAGE
"""
import json
import sys
import uuid

from gi.repository import GLib
from nbxmpp.client import Client
from nbxmpp.const import ConnectionProtocol, ConnectionType
from nbxmpp.protocol import JID
from nbxmpp.structs import StanzaHandler

HOST, PORT, USER, PASSWORD, ARCHIVE, PAGE = sys.argv[1:7]

loop = GLib.MainLoop()
jid = JID.from_string(USER)
client = Client(log_context='walk')
client.set_domain(jid.domain)
client.set_username(jid.localpart)
client.set_resource('gajim')
client.set_password(PASSWORD)
client.set_connection_types([ConnectionType.PLAIN])
client.set_protocols([ConnectionProtocol.TCP])
client.set_custom_host(f'{HOST}:{PORT}', ConnectionProtocol.TCP, ConnectionType.PLAIN)

state = {'query': None, 'pages': 0, 'result': 1}


def end(result):
    state['result'] = result
    loop.quit()


def ask(after=None):
    state['query'] = str(uuid.uuid4())
    client.get_module('MAM').make_query(
        JID.from_string(ARCHIVE), queryid=state['query'], after=after, max_=int(PAGE), callback=answered)


def heard(_client, stanza, properties):
    if properties.mam is None or properties.mam.query_id != state['query'] or str(properties.mam.archive) != str(JID.from_string(ARCHIVE)):
        return
    print(json.dumps({
        'uid': properties.mam.id,
        'from': str(stanza.getFrom()),
        'body': stanza.getBody(),
    }))


def answered(task):
    try:
        data = task.finish()
    except Exception as error:
        print(f'{type(error).__name__}: {error}', file=sys.stderr)
        end(1)
        return
    state['pages'] += 1
    if data.complete:
        print(json.dumps({'pages': state['pages'], 'count': data.rsm.count}))
        end(0)
    else:
        ask(after=data.rsm.last)


client.register_handler(StanzaHandler(name='message', callback=heard, priority=51))
client.subscribe('connected', lambda *_: ask())
for signal in ('connection-failed', 'disconnected'):
    client.subscribe(signal, lambda *_: end(state['result']))
client.connect()
GLib.timeout_add_seconds(120, lambda: end(2))
loop.run()
sys.exit(state['result'])
