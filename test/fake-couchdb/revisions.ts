import { createHash } from 'node:crypto'

export type Body = Readonly<Record<string, unknown>>

interface Node {
  readonly rev: string
  readonly body: Body
  readonly isDeleted: boolean
}

/** From the oldest known ancestor to the leaf. */
type Branch = Node[]

export interface Document {
  readonly id: string
  branches: Branch[]
  /** As the last write left it. CouchDB does not look again after a purge; its counts go by this. */
  isCountedDeleted: boolean
  seq: number
}

export type Write = { readonly ok: true, readonly id: string, readonly rev: string } |
  { readonly id: string, readonly error: 'conflict', readonly reason: string }

function leafOf (branch: Branch): Node {
  return branch.at(-1) as Node
}

function generation (rev: string): number {
  return Number.parseInt(rev, 10)
}

/** The leaf that readers see: live before deleted, then the longer history, then the greater hash. */
export function winner ({ branches }: Document): Node | undefined {
  return branches.map(leafOf).sort((a, b) =>
    Number(a.isDeleted) - Number(b.isDeleted) || generation(b.rev) - generation(a.rev) || (a.rev < b.rev ? 1 : -1))[0]
}

export function live (document: Document): Node | undefined {
  const node = winner(document)
  return node === undefined || node.isDeleted ? undefined : node
}

export function conflictsOf (document: Document): string[] {
  const top = winner(document)
  return document.branches.map(leafOf).filter(node => node !== top && !node.isDeleted).map(({ rev }) => rev)
}

export function nodeOf (document: Document, rev: string): Node | undefined {
  return document.branches.flat().find(node => node.rev === rev)
}

export function asJson (id: string, { rev, body, isDeleted }: Node): Body {
  return { _id: id, _rev: rev, ...body, ...(isDeleted ? { _deleted: true } : {}) }
}

function split (given: Body): { body: Body, isDeleted: boolean, rev: string | undefined, ancestors: readonly string[] } {
  const { _id, _rev, _deleted, _revisions, ...body } = given
  const { start = 0, ids = [] } = (_revisions ?? {}) as { start?: number, ids?: readonly string[] }
  return {
    body,
    isDeleted: _deleted === true,
    rev: _rev as string | undefined,
    ancestors: ids.slice(1).map((hash, n) => `${start - n - 1}-${hash}`)
  }
}

/** An ordinary write: needs the leaf it follows, or a document that is not there or deleted. */
export function edit (document: Document, given: Body): Write {
  const { body, isDeleted, rev } = split(given)
  const top = winner(document)
  const conflict = { id: document.id, error: 'conflict', reason: 'Document update conflict.' } as const
  let branch: Branch | undefined
  if (rev !== undefined) {
    branch = document.branches.find(branch => leafOf(branch).rev === rev)
    if (branch === undefined) return conflict
  } else if (top !== undefined) {
    if (!document.isCountedDeleted || isDeleted) return conflict
    branch = document.branches.find(branch => leafOf(branch) === top)
  }
  const parent = branch === undefined ? undefined : leafOf(branch).rev
  const hash = createHash('md5').update(JSON.stringify([parent, body, isDeleted])).digest('hex')
  const node = { rev: `${parent === undefined ? 1 : generation(parent) + 1}-${hash}`, body, isDeleted }
  if (branch === undefined) document.branches.push([node])
  else branch.push(node)
  document.isCountedDeleted = live(document) === undefined
  return { ok: true, id: document.id, rev: node.rev }
}

/** A write with new_edits=false: the revision is put where its history says, beside the others if need be. */
export function graft (document: Document, given: Body): void {
  const { body, isDeleted, rev = '', ancestors } = split(given)
  if (nodeOf(document, rev) !== undefined) return
  const branch = document.branches.find(branch => ancestors.includes(leafOf(branch).rev))
  if (branch === undefined) document.branches.push([{ rev, body, isDeleted }])
  else branch.push({ rev, body, isDeleted })
  document.isCountedDeleted = live(document) === undefined
}

/** Takes leaves out with their history; returns those that were leaves. */
export function purge (document: Document, revs: readonly string[]): string[] {
  const purged = revs.filter(rev => document.branches.some(branch => leafOf(branch).rev === rev))
  document.branches = document.branches.filter(branch => !purged.includes(leafOf(branch).rev))
  return purged
}
