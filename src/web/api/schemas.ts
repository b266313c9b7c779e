/** JSON Schema (2020-12), as OpenAPI 3.1 has it. */
export type Schema = Readonly<Record<string, unknown>>

const string = (description?: string): Schema => ({ type: 'string', ...(description === undefined ? {} : { description }) })
const integer = (description?: string): Schema => ({ type: 'integer', minimum: 0, ...(description === undefined ? {} : { description }) })
const list = (items: Schema, more: Schema = {}): Schema => ({ type: 'array', items, ...more })
const object = (required: Readonly<Record<string, Schema>>, optional: Readonly<Record<string, Schema>> = {}, more: Schema = {}): Schema =>
  ({ type: 'object', additionalProperties: false, required: Object.keys(required), properties: { ...required, ...optional }, ...more })
const named = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })

const TIME = '\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{6}Z'
const kind: Schema = { enum: ['message', 'subject', 'join', 'leave', 'nick', 'kick', 'ban', 'role', 'affiliation', 'configuration', 'destroy'] }
const removedBy: Schema = { enum: ['author', 'moderator', 'administrator', 'retention'] }
const gap = {
  from: named('Time'),
  cause: { enum: ['unheard', 'stopped', 'killed', 'disconnected', 'removed', 'overflow'] }
}
const gapMore = { to: named('Time'), problem: { enum: ['no-archive', 'expired', 'refused', 'unanswered'] } }
const facet = (value: Schema): Schema => list(object({ value, count: integer(), isExact: { type: 'boolean' } }))

/** What answers are made of, by the names that the description gives to it. */
export const SCHEMAS: Readonly<Record<string, Schema>> = {
  Time: { type: 'string', pattern: `^${TIME}$`, description: 'UTC with microseconds.' },
  Event: object({
    id: { type: 'string', pattern: `:[tp]:${TIME}$` },
    uid: { type: 'string', minLength: 1, description: 'Unique within the room, opaque; the end of the address of the message.' },
    time: named('Time'),
    kind,
    nick: string('Empty when the room itself speaks.'),
    anchor: { type: 'string', pattern: '^t([01]\\d|2[0-3])[0-5]\\d[0-5]\\d([b-z]|[a-z]{2,})?$', description: 'Its place on the page of its day.' }
  }, {
    body: string('Text of a message as it stands, or a new subject.'),
    message: string('The id that the sender gave it.'),
    language: string('BCP 47, as sent.'),
    bodies: { type: 'object', additionalProperties: { type: 'string' }, description: 'The same text in other languages.' },
    files: list({
      type: 'object',
      additionalProperties: false,
      minProperties: 1,
      properties: {
        url: string('As sent, of any scheme.'),
        name: string(),
        type: string('Media type.'),
        size: integer('Bytes.'),
        description: string(),
        hashes: { type: 'object', additionalProperties: { type: 'string' }, description: 'Base64, by algorithm (XEP-0300).' }
      }
    }),
    mentions: list(string(), { description: 'Nicks that the body names.' }),
    unstyled: { const: true },
    spoiler: string('The hint; empty without one (XEP-0382).'),
    encrypted: string('Namespace of the encryption of a text that only its receivers can read.'),
    edited: object({ time: named('Time'), count: { type: 'integer', minimum: 1 } }),
    reactions: {
      description: 'Those to a message; of one that reacts itself, its own.',
      anyOf: [list(object({ reaction: string(), count: { type: 'integer', minimum: 1 }, nicks: list(string(), { maxItems: 20 }) })), list(string())]
    },
    repliesTo: string('The uid answered.'),
    reactsTo: string('The uid reacted to.'),
    replaces: string('Of what claims to be a correction and is none.'),
    retracts: string('Of what claims to be a retraction and is none.'),
    newNick: string(),
    actor: string(),
    reason: string(),
    role: string(),
    affiliation: string(),
    status: list({ type: 'integer' }, { description: 'Status codes of XEP-0045.' }),
    alternate: string('The room that a destroyed room points to.'),
    hats: list(object({ uri: string(), title: string() })),
    crowd: list(object({ nick: string() }), { description: 'Who joined or left at once; the nick of the event is empty then.' }),
    removed: object({ by: removedBy, time: named('Time') }, { reason: string() })
  }, { description: 'One thing that happened in a room, as it stands now.' }),
  Gap: object(gap, gapMore, { description: 'A time in which the room was not listened to; open where `to` is missing.' }),
  DayLine: {
    description: 'An event of the day, or a gap in its place.',
    anyOf: [named('Event'), object({ kind: { const: 'gap' }, ...gap }, gapMore)]
  },
  Day: object({
    room: string('Address of the room (JID).'), slug: string(), day: { type: 'string', format: 'date' }, events: list(named('Event')), gaps: list(named('Gap'))
  }),
  Coverage: object({
    room: string('Address of the room (JID).'),
    slug: string(),
    years: list(string(), { description: 'The years that can be asked for.' }),
    year: string(),
    isCounted: { type: 'boolean', description: 'False while the days are still being counted.' },
    days: list(object({ day: { type: 'string', format: 'date' }, messages: integer(), missingSeconds: integer() },
      { first: named('Time'), last: named('Time'), removed: integer(), edited: integer() })),
    gaps: list(object(gap, { ...gapMore, filled: named('Time') }))
  }, { since: string('When recording began.') }),
  Place: object({ uid: string(), kind, url: { type: 'string', format: 'uri' } }),
  Hit: object({ room: string('Slug.'), uid: string(), time: named('Time'), kind, nick: string(), body: string(), url: { type: 'string', format: 'uri' } },
    { newNick: string(), actor: string(), reason: string(), role: string(), affiliation: string() }),
  Hits: object({
    query: string('As asked.'),
    total: integer(),
    totalIsExact: { type: 'boolean', description: 'When false there are at least `total`.' },
    hits: list(named('Hit')),
    next: { type: ['string', 'null'], description: 'The `before` of the following page.' }
  }, {
    weighed: { type: 'integer', description: 'Of a search by relevance, how many of the newest hits were compared.' },
    facets: object({ rooms: facet(string('Slug.')), years: facet(string()), people: facet(string()), kinds: facet(kind) }),
    suggestion: { type: 'string', description: 'The same search in another spelling, where that finds more.' },
    index: object({
      isPartial: { type: 'boolean', description: 'The index is being built: there may be more.' },
      behind: integer('Seconds; what was recorded within them may not be found yet.')
    })
  }),
  Room: object({
    jid: string(),
    slug: string(),
    title: string(),
    description: string(),
    level: { enum: ['public', 'indexed'] },
    url: { type: 'string', format: 'uri' },
    messages: integer(),
    holes: integer('Gaps that are not filled.')
  }, { first: named('Time'), last: named('Time') }),
  Rooms: object({ title: string(), rooms: list(named('Room')) }),
  RemovalLine: {
    description: 'A message that was removed, or everything of a stream up to a time; the last line has the cursor for the next time.',
    anyOf: [
      object({ room: string(), slug: string(), uid: string(), time: named('Time'), by: removedBy }, { reason: string() }),
      object({ room: string(), slug: string(), upTo: named('Time'), time: named('Time'), by: removedBy }, { stream: { enum: ['talk', 'presence'] }, reason: string() }),
      object({ next: { type: ['string', 'null'] } })
    ]
  },
  Health: {
    type: 'object',
    required: ['status'],
    properties: { status: { enum: ['ok', 'degraded', 'failing'] } },
    additionalProperties: { type: ['string', 'number', 'boolean'] }
  },
  Problem: object({ error: { type: 'string', pattern: '^[a-z_]+$' }, message: string('For people.') })
}
