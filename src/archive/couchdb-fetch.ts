const WITHOUT_BODY = [204, 205, 304]

/**
 * Runs `send`, and what it fetches before it returns is fetched whole. nano calls the global fetch so, and takes no
 * other; of an answer that does not call itself JSON (a proxy's page) it reads the body where nobody catches an
 * error: one that is cut short, or late, would end the process and never settle its request.
 */
export function withWholeAnswers<T> (send: () => T): T {
  const original = globalThis.fetch
  globalThis.fetch = async (input, init) => whole(await original(input, init))
  try {
    return send()
  } finally {
    globalThis.fetch = original
  }
}

/** The same answer when all of it is there, as JSON; without a body when it is no JSON object or list. */
async function whole (response: Response): Promise<Response> {
  const { status } = response
  const body = await response.arrayBuffer()
  const isJson = /^\s*[[{]/.test(Buffer.from(body, 0, Math.min(body.byteLength, 64)).toString())
  return new Response(isJson && !WITHOUT_BODY.includes(status) ? body : null, { status, headers: { 'content-type': 'application/json' } })
}
