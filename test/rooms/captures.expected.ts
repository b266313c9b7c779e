/** For each scene the events it adds to the record, in words; a scene that is not named adds none. */
export const EXPECTED: Record<'prosody' | 'ejabberd', Record<string, readonly string[]>> = {
  prosody: {
    '05-component-join': [
      'catch-up message Alice own id body=first message',
      'catch-up message Alice own id body=second <message> & "quoted" é 漢字 🎉',
      'catch-up message Alice own id body=/me waves',
      'catch-up subject Alice body=Welcome to the lab'
    ],
    '08-others-join': [
      'join Bob role=participant affiliation=none',
      'join Carol role=participant affiliation=none'
    ],
    '09-live-message': [
      'message Bob own id body=helo wrld'
    ],
    '11-origin-id': [
      'message Carol own id body=> helo wrld\nagreed repliesTo=Dz696mOFzdLTT9_aEVbUVYcx',
      'message Carol own id body=Bob: look',
      'message Bob own id body=see https://example.org/ for more origin=origin-77',
      'message Bob own id body=styled'
    ],
    '12-correction': [
      'message Bob own id body=hello world replaces=orig-1'
    ],
    '13-reaction': [
      'message Carol reactsTo=Dz696mOFzdLTT9_aEVbUVYcx reactions=["👍"]',
      'message Carol own id reactsTo=Dz696mOFzdLTT9_aEVbUVYcx reactions=["🎉"]'
    ],
    '14-retraction': [
      'message Bob own id body=please forget this',
      'message Bob own id retracts=forget-1',
      'message Bob own id body=This person attempted to retract a previous message. retracts=forget-1'
    ],
    '16-omemo-like': [
      'message Bob own id encrypted=eu.siacs.conversations.axolotl'
    ],
    '18-moderation': [
      'message Bob own id body=offending text',
      'message own id actor=Alice reason=spam retracts=9Bcs_JaB2WyKM4EzOYh2TodU'
    ],
    '19-subject-change': [
      'subject Alice body=New topic: élan',
      'subject Alice body='
    ],
    '21-nick-change': [
      'nick Bob newNick=Robert',
      'nick Robert newNick=Bob'
    ],
    '26-kick': [
      'kick Bob actor=Alice reason=bye'
    ],
    '27-rejoin': [
      'join Bob role=participant affiliation=none'
    ],
    '28-role-change': [
      'role Bob actor=Alice role=visitor affiliation=none',
      'role Bob actor=Alice role=participant affiliation=none',
      'role Carol actor=Alice role=moderator affiliation=none'
    ],
    '29-affiliation-change': [
      'affiliation Bob actor=Alice role=participant affiliation=member',
      'affiliation Bob actor=Alice role=participant affiliation=none',
      'affiliation Carol actor=Alice role=moderator affiliation=admin',
      'affiliation Carol actor=Alice role=participant affiliation=none'
    ],
    '30-ban': [
      'ban Bob actor=Alice reason=spam'
    ],
    '31-socket-drop': [
      'join Bob role=participant affiliation=none',
      'leave Bob'
    ],
    '32-multi-session': [
      'join Bob role=participant affiliation=none'
    ],
    '34-config-nonprivacy': [
      'configuration status=[104]'
    ],
    '35-config-archiving-off': [
      'configuration status=[171]',
      'message Bob body=said while logging is off'
    ],
    '36-config-archiving-on': [
      'configuration status=[170]'
    ],
    '37-config-nonanon': [
      'configuration status=[172]',
      'message Bob own id body=in a non-anonymous room'
    ],
    '38-join-nonanon': [
      'join Dave role=participant affiliation=member',
      'leave Dave'
    ],
    '39-config-semianon': [
      'configuration status=[173]'
    ],
    '40-config-moderated': [
      'configuration status=[104]',
      'role Bob actor=Alice role=visitor affiliation=none',
      'message archiver own id body=component speaking',
      'configuration status=[104]'
    ],
    '41-config-password': [
      'configuration status=[104]',
      'configuration status=[104]'
    ],
    '44-config-open-again': [
      'configuration status=[104]'
    ],
    '45-component-kicked': [
      'kick archiver actor=Alice reason=no bots'
    ],
    '46-component-banned': [
      'ban archiver actor=Alice reason=no bots'
    ],
    '51-component-reconnected': [
      'catch-up message Alice own id body=are you there?',
      'catch-up message Alice own id body=after reconnect'
    ],
    '57-room-destroy': [
      'destroy reason=moved alternate=lab2@conference.localhost'
    ]
  },
  ejabberd: {
    '05-component-join': [
      'catch-up message Alice own id body=first message',
      'catch-up message Alice own id body=second <message> & "quoted" é 漢字 🎉',
      'catch-up message Alice own id body=/me waves'
    ],
    '08-others-join': [
      'join Bob role=participant affiliation=none',
      'join Carol role=participant affiliation=none'
    ],
    '09-live-message': [
      'message Bob own id body=helo wrld'
    ],
    '11-origin-id': [
      'message Bob own id body=see https://example.org/ for more origin=origin-77',
      'message Bob own id body=styled',
      'message Carol own id body=> helo wrld\nagreed repliesTo=1795244869390359',
      'message Carol own id body=Bob: look'
    ],
    '12-correction': [
      'message Bob own id body=hello world replaces=orig-1'
    ],
    '13-reaction': [
      'message Carol reactsTo=1795244869390359 reactions=["👍"]',
      'message Carol own id reactsTo=1795244869390359 reactions=["🎉"]'
    ],
    '14-retraction': [
      'message Bob own id body=please forget this',
      'message Bob own id retracts=forget-1',
      'message Bob own id body=This person attempted to retract a previous message. retracts=forget-1'
    ],
    '16-omemo-like': [
      'message Bob own id encrypted=eu.siacs.conversations.axolotl'
    ],
    '18-moderation': [
      'message Bob own id body=offending text'
    ],
    '19-subject-change': [
      'subject Bob own id body=bob was here',
      'subject Alice own id body=New topic: élan',
      'subject Alice body='
    ],
    '21-nick-change': [
      'nick Bob newNick=Robert',
      'nick Robert newNick=Bob'
    ],
    '26-kick': [
      'kick Bob actor=Alice reason=bye'
    ],
    '27-rejoin': [
      'join Bob role=participant affiliation=none'
    ],
    '28-role-change': [
      'role Bob role=visitor affiliation=none',
      'role Bob role=participant affiliation=none',
      'role Carol role=moderator affiliation=none'
    ],
    '29-affiliation-change': [
      'affiliation Bob role=participant affiliation=member',
      'affiliation Bob role=visitor affiliation=none',
      'affiliation Carol role=moderator affiliation=admin',
      'affiliation Carol role=visitor affiliation=none'
    ],
    '30-ban': [
      'ban Bob actor=Alice reason=spam'
    ],
    '31-socket-drop': [
      'join Bob role=visitor affiliation=none',
      'leave Bob'
    ],
    '32-multi-session': [
      'join Bob role=visitor affiliation=none'
    ],
    '34-config-nonprivacy': [
      'configuration status=[104]'
    ],
    '35-config-archiving-off': [
      'configuration status=[171,104]'
    ],
    '36-config-archiving-on': [
      'configuration status=[170,104]'
    ],
    '37-config-nonanon': [
      'configuration status=[172]'
    ],
    '38-join-nonanon': [
      'join Dave role=participant affiliation=member',
      'leave Dave'
    ],
    '39-config-semianon': [
      'configuration status=[173]'
    ],
    '40-config-moderated': [
      'message archiver body=component speaking',
      'configuration status=[104]'
    ],
    '41-config-password': [
      'configuration status=[104]'
    ],
    '42-config-members-only': [
      'configuration status=[104]'
    ],
    '44-config-open-again': [
      'configuration status=[104]'
    ],
    '45-component-kicked': [
      'kick archiver actor=Alice reason=no bots'
    ],
    '46-component-banned': [
      'ban archiver actor=Alice reason=no bots'
    ],
    '51-component-reconnected': [
      'catch-up message Alice body=are you there?',
      'catch-up message Alice body=after reconnect'
    ],
    '57-room-destroy': [
      'destroy reason=moved alternate=lab2@conference.localhost'
    ]
  }
}
