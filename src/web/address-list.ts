import { BlockList, isIP } from 'node:net'
import { HansardError } from '../model/errors.ts'

/**
 * Tells of an IP address whether it is one of these, which are addresses and networks (`10.0.0.0/8`). Throws ERR_CONFIG
 * for an entry that is neither.
 */
export function createAddressList (entries: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const entry of entries) {
    const [, address = '', prefix] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(entry) ?? []
    const version = isIP(address)
    if (version === 0 || Number(prefix ?? 0) > (version === 4 ? 32 : 128)) {
      throw new HansardError('ERR_CONFIG', `Cannot tell who may ask: "${entry}" is neither an IP address nor a network such as 10.0.0.0/8`)
    }
    if (prefix === undefined) list.addAddress(address, familyOf(version))
    else list.addSubnet(address, Number(prefix), familyOf(version))
  }
  return address => {
    const version = isIP(address)
    // Finds 127.0.0.1 also where a socket for both versions tells it as ::ffff:127.0.0.1.
    return version !== 0 && list.check(address, familyOf(version))
  }
}

function familyOf (version: number): 'ipv4' | 'ipv6' {
  return version === 4 ? 'ipv4' : 'ipv6'
}
