import type { RoomJid } from '../../src/model/address.ts'
import type { Absence, Gap } from '../../src/model/gap.ts'
import type { Ledger } from '../../src/rooms/ledger.ts'

export interface FakeLedger extends Ledger {
  /** The absence that is open. */
  open: Absence | undefined
  /** Whether the room was ever listened to. */
  isKnown: boolean
  readonly gaps: Gap[]
  /** What was done, in short. */
  readonly told: string[]
}

/** A ledger of one room, in memory. */
export function createFakeLedger (before?: FakeLedger): FakeLedger {
  const ledger: FakeLedger = {
    open: before?.open,
    isKnown: before?.isKnown ?? false,
    gaps: before?.gaps ?? [],
    told: [],
    leave (_, absence) {
      ledger.told.push(`leave ${absence.cause}`)
      ledger.open ??= absence
      ledger.isKnown = true
    },
    absence: async () => ledger.open,
    progress (_, reached) { if (ledger.open !== undefined) ledger.open = { ...ledger.open, ...reached } },
    split (room, { to, problem }) {
      ledger.told.push(`split ${problem}`)
      if (ledger.open === undefined) return
      ledger.gaps.push({ room, to, problem, ...ledger.open })
      ledger.open = { from: to, cause: ledger.open.cause }
    },
    filled () {
      ledger.told.push('filled')
      ledger.open = undefined
      ledger.isKnown = true
    },
    lost (room: RoomJid, { to, problem }) {
      ledger.told.push(`lost ${problem}`)
      if (ledger.open !== undefined) ledger.gaps.push({ room, to, problem, ...ledger.open })
      ledger.open = undefined
    },
    holes: async () => ledger.gaps.filter(({ filled }) => filled === undefined),
    put (...gaps) {
      for (const gap of gaps) {
        ledger.gaps.splice(ledger.gaps.findIndex(({ from }) => from === gap.from), 1, gap)
      }
    }
  }
  return ledger
}
