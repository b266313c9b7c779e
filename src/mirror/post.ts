import type { Logger } from '../log.ts'
import { hasCode } from '../model/errors.ts'
import type { XmppConnection } from '../xmpp/connection.ts'
import type { Letter } from './message.ts'

/** Brings stanzas out in their order, as fast as the stream takes them. */
export interface Post {
  /** In one write. Waits while there is no stream; resolves also when the post is closed meanwhile. */
  send (letters: readonly Letter[]): Promise<void>
  /** From now on nothing is waited for. */
  close (): void
}

export function createPost ({ connection, log }: {
  readonly connection: Pick<XmppConnection, 'send' | 'onOnline'>
  readonly log: Logger
}): Post {
  let streams = 0
  let isClosed = false
  let waiting: Array<() => void> = []
  connection.onOnline(() => {
    streams += 1
    wake()
  })

  function wake (): void {
    const all = waiting
    waiting = []
    for (const resume of all) resume()
  }

  /** False when the post was closed before it could be done. */
  async function patiently (write: () => Promise<void>): Promise<boolean> {
    while (!isClosed) {
      const stream = streams
      try {
        await write()
        return true
      } catch (error) {
        if (!hasCode(error, 'ERR_XMPP_OFFLINE')) throw error
        if (stream === streams && !isClosed) await new Promise<void>(resolve => { waiting.push(resolve) })
      }
    }
    return false
  }

  async function sendOne ({ message, plain }: Letter): Promise<void> {
    try {
      await patiently(() => connection.send(message))
    } catch (error) {
      if (!hasCode(error, 'ERR_STANZA')) throw error
      log.warn({ problem: error.message }, plain === undefined ? 'a stanza is not sent' : 'a message is sent without its stanza')
      if (plain !== undefined) await sendOne({ message: plain() })
    }
  }

  return {
    async send (letters) {
      try {
        await patiently(() => connection.send(...letters.map(({ message }) => message)))
      } catch (error) {
        if (!hasCode(error, 'ERR_STANZA')) throw error
        // Nothing was sent. One message that cannot be sent must not take the others with it.
        for (const letter of letters) await sendOne(letter)
      }
    },
    close () {
      isClosed = true
      wake()
    }
  }
}
