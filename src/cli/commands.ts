import { catchUp } from './catch-up.ts'
import type { Command } from './command.ts'
import { doctor } from './doctor.ts'
import { exportCommand } from './export.ts'
import { importCommand } from './import.ts'
import { reindex } from './reindex.ts'
import { remove } from './remove.ts'
import { rooms } from './rooms.ts'
import { search } from './search.ts'
import { serve } from './serve.ts'

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [serve, catchUp, importCommand, exportCommand, search, remove, rooms, reindex, doctor]
