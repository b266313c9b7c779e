import { tryParseJid } from '../model/address.ts'
import { unescapeLocal } from '../model/jid-escaping.ts'
import { RESERVED_SLUGS, SLUG } from './fields.ts'
import { formatPath } from './problem.ts'
import type { Path, Problem } from './problem.ts'

/** A room as it was read from the file: any field may be wrong or missing. */
export type RawRoom = Readonly<Record<string, unknown>>

/** The slug of a room that names none: its localpart in the letters that a slug may have; may come out unusable. */
export function defaultSlug (local: string): string {
  return unescapeLocal(local)
    .normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-').slice(0, 64)
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '')
}

/** Rooms named twice, and slugs and aliases that are missing, reserved or already taken. */
export function checkNames (rooms: readonly RawRoom[]): Problem[] {
  const problems: Problem[] = []
  const jids = new Map<string, Path>()
  const slugs = new Map<string, Path>()

  rooms.forEach((room, index) => {
    const path: Path = ['rooms', index]
    const jid = typeof room['jid'] === 'string' ? tryParseJid(room['jid'].trim()) : undefined
    if (jid !== undefined) {
      const bare = `${jid.local}@${jid.domain}`
      const first = jids.get(bare)
      if (first === undefined) jids.set(bare, path)
      else problems.push({ path: [...path, 'jid'], text: `Cannot use "${bare}" twice: ${formatPath(first)} is the same room, expected each room once` })
    }
    if (room['slug'] === undefined && jid !== undefined && jid.local !== '') takeDefault(jid.local, path)
    else if (typeof room['slug'] === 'string') take(room['slug'].trim(), [...path, 'slug'])
    const aliases: readonly unknown[] = Array.isArray(room['aliases']) ? room['aliases'] : []
    aliases.forEach((alias, n) => { if (typeof alias === 'string') take(alias.trim(), [...path, 'aliases', n]) })
  })
  return problems

  function take (slug: string, path: Path): void {
    const owner = slugs.get(slug)
    if (owner === undefined) slugs.set(slug, path)
    else problems.push({ path, text: `Cannot use "${slug}": ${formatPath(owner)} has it already, expected a slug that no other room has as slug or alias` })
  }

  function takeDefault (local: string, path: Path): void {
    const slug = defaultSlug(local)
    const owner = slugs.get(slug)
    const wrong =
      !SLUG.test(slug)
        ? `none can be made of "${local}"`
        : RESERVED_SLUGS.includes(slug)
          ? `"${slug}" is a reserved word`
          : owner !== undefined ? `"${slug}" is taken by ${formatPath(owner)}` : undefined
    if (wrong === undefined) slugs.set(slug, [...path, 'slug'])
    else problems.push({ path: [...path, 'slug'], text: `Cannot be left out: ${wrong}, expected a slug of its own` })
  }
}
