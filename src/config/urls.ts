import { converted, line } from './fields.ts'

/** The site's own address: an origin, as the pages link from the root. */
export const siteUrl = converted(line('an address such as https://logs.example.org'), text => {
  const url = read(text, ['http:', 'https:'])
  const wrong =
    url === undefined
      ? 'it is no http or https address'
      : url.username !== '' || url.password !== ''
        ? 'it has a user or password'
        : url.search !== '' || url.hash !== ''
          ? 'it has a query or fragment'
          : url.pathname !== '/'
            ? `it has the path ${url.pathname}`
            : undefined
  if (url === undefined || wrong !== undefined) {
    throw new Error(`Cannot use "${text}": ${wrong}, expected scheme and host alone, such as https://logs.example.org`)
  }
  return url.origin
})

export const serviceUrl = converted(line('an address such as xmpp://example.org:5222'), text => {
  const url = read(text, ['xmpp:', 'xmpps:'])
  if (url === undefined || url.hostname === '' || url.username !== '' || !['', '/'].includes(url.pathname) || url.search !== '') {
    throw new Error(`Cannot use "${text}": expected xmpp://host:5222, or xmpps://host:5223 for TLS from the first byte`)
  }
  return `${url.protocol}//${url.host}`
})

const DATABASE = /^[a-z][a-z0-9_$()+/-]*$/

/** The address of a CouchDB database. It may carry a password: messages never repeat it. */
export const databaseUrl = converted(line('an address such as http://127.0.0.1:5984/hansard'), text => {
  const url = read(text, ['http:', 'https:'])
  if (url === undefined) {
    throw new Error('Cannot read it as an http or https address: expected http://user@host:5984/database; ' +
      'a password with special characters belongs in store.password')
  }
  if (url.search !== '' || url.hash !== '') {
    throw new Error('Cannot use an address with a query or fragment: expected http://host:5984/database; write ? and # of a password as %3F and %23')
  }
  url.pathname = url.pathname.replace(/\/+$/, '')
  const database = url.pathname.split('/').at(-1) ?? ''
  if (database === '') throw new Error(`Cannot use ${hideUser(url)} without a database: expected its name at the end, such as ${hideUser(url)}hansard`)
  // A slash in the name of a database is written %2F.
  if (!DATABASE.test(database.replaceAll(/%2f/gi, '/'))) {
    throw new Error(`Cannot use the database name "${database}": expected a-z, 0-9, _ $ ( ) + - beginning with a letter`)
  }
  return url
})

export function hideUser (url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`
}

function read (text: string, protocols: readonly string[]): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url !== undefined && protocols.includes(url.protocol) ? url : undefined
}
