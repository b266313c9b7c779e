import type { RoomEvent } from '../../model/event.ts'

/** What a run of joins, leaves and nick changes comes to. Each person is named once, in the order of first appearance. */
export interface NetChange {
  readonly joined: readonly string[]
  readonly left: readonly string[]
  readonly renamed: ReadonlyArray<{ readonly from: string, readonly to: string }>
  /** Were there before and after, but not all the time. */
  readonly returned: readonly string[]
  /** Were there neither before nor after. */
  readonly visited: readonly string[]
}

interface Person {
  /** The nick at the beginning of the run; undefined when not present then. */
  readonly before: string | undefined
  nick: string
  isPresent: boolean
}

export type Movement = Pick<RoomEvent, 'kind' | 'nick' | 'newNick'>

/** Of one person: a crowd has a line of its own. */
export function isMovement (event: Pick<RoomEvent, 'kind' | 'crowd'>): boolean {
  return (event.kind === 'join' || event.kind === 'leave' || event.kind === 'nick') && event.crowd === undefined
}

export function netChange (run: readonly Movement[]): NetChange {
  const people = new Set<Person>()
  const byNick = new Map<string, Person>()

  // Somebody we first hear of when they leave or change nick was there before.
  function personOf (nick: string, wasPresent: boolean): Person {
    const known = byNick.get(nick)
    if (known !== undefined) return known
    const person = { before: wasPresent ? nick : undefined, nick, isPresent: wasPresent }
    people.add(person)
    byNick.set(nick, person)
    return person
  }

  for (const { kind, nick, newNick } of run) {
    const person = personOf(nick, kind !== 'join')
    person.isPresent = kind !== 'leave'
    if (kind === 'nick' && newNick !== undefined) {
      byNick.delete(nick)
      person.nick = newNick
      byNick.set(newNick, person)
    }
  }

  const all = [...people]
  const stayed = all.filter(person => person.before !== undefined && person.isPresent)
  return {
    joined: all.filter(person => person.before === undefined && person.isPresent).map(person => person.nick),
    left: all.flatMap(person => person.isPresent ? [] : person.before ?? []),
    renamed: stayed.flatMap(({ before, nick }) => before === undefined || before === nick ? [] : { from: before, to: nick }),
    returned: stayed.flatMap(({ before, nick }) => before === nick ? nick : []),
    visited: all.filter(person => person.before === undefined && !person.isPresent).map(person => person.nick)
  }
}
