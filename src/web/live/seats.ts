import { isIP } from 'node:net'

/** How many streams may be open at a time. */
export interface SeatLimits {
  readonly total: number
  readonly perRoom: number
  /** From one IPv4 address or one IPv6 network of 64 bits, which is what a single reader has. */
  readonly perNetwork: number
}

export const SEATS: SeatLimits = { total: 2_000, perRoom: 1_000, perNetwork: 32 }

export interface Seats {
  /** Returns how to give it back; undefined when all are taken. */
  take (room: string, address: string): (() => void) | undefined
}

export function createSeats (limits: SeatLimits = SEATS): Seats {
  const taken = new Map<string, number>()

  return {
    take (room, address) {
      const network = networkOf(address)
      const wanted: Array<[key: string, limit: number]> = [['all', limits.total], [`room ${room}`, limits.perRoom]]
      // A proxy on this machine that is not known as one stands for everybody.
      if (!isLoopback(network)) wanted.push([`network ${network}`, limits.perNetwork])
      if (wanted.some(([key, limit]) => (taken.get(key) ?? 0) >= limit)) return undefined
      for (const [key] of wanted) taken.set(key, (taken.get(key) ?? 0) + 1)
      let isGiven = false
      return () => {
        if (isGiven) return
        isGiven = true
        for (const [key] of wanted) {
          const left = (taken.get(key) ?? 0) - 1
          if (left > 0) taken.set(key, left)
          else taken.delete(key)
        }
      }
    }
  }
}

/** The address as it is counted: an IPv4 address, or the first 64 bits of an IPv6 address. */
export function networkOf (address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (isIP(address) !== 6 || address === '::1') return address
  const [head = '', tail] = address.replace(/%.*$/, '').toLowerCase().split('::')
  const [first, last] = [head, tail ?? ''].map(part => part === '' ? [] : part.split(':')) as [string[], string[]]
  const zeros = tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => '0')
  return `${[...first, ...zeros, ...last].slice(0, 4).map(group => group.replace(/^0+(?=.)/, '')).join(':')}::/64`
}

export function isLoopback (network: string): boolean {
  return network === '::1' || network.startsWith('127.')
}
