import { lstatSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import type { Server } from 'node:net'
import { HansardError, hasCode, messageOf } from '../model/errors.ts'
import { connectTo } from './client.ts'
import { makeSocketFolder } from './socket-path.ts'

/** Opens the socket; replaces the one of a program that died. Rejects with ERR_RUNNING where one answers, else with ERR_CONFIG. */
export async function listenAt (server: Server, path: string): Promise<void> {
  try {
    makeSocketFolder(path)
    await bind(server, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cannotListen(path, error)
    await removeStale(path)
    await bind(server, path).catch((again: unknown) => { throw cannotListen(path, again) })
  }
}

// The bind itself is synchronous, so that the mask is in force for it alone: at no moment may others open the socket.
async function bind (server: Server, path: string): Promise<void> {
  const before = process.umask(0o177)
  try {
    server.listen(path)
  } finally {
    process.umask(before)
  }
  await once(server, 'listening')
}

async function removeStale (path: string): Promise<void> {
  const socket = await connectTo(path)
  if (socket !== undefined) {
    socket.destroy()
    throw new HansardError('ERR_RUNNING', `Cannot listen for commands at ${path}: another hansard serve answers there`)
  }
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() === false) throw cannotListen(path, new Error('it is no socket'))
  rmSync(path, { force: true })
}

function cannotListen (path: string, cause: unknown): HansardError {
  return hasCode(cause, 'ERR_CONFIG')
    ? cause
    : new HansardError('ERR_CONFIG', `Cannot listen for commands at ${path}: ${messageOf(cause)}, expected a folder that this user may write to`, { cause })
}
