import type { Stage } from './stage.ts'

/** What one client does on the stage. Tells what it saw, and rejects when that is not what the site shows. */
export type ClientVisit = (visit: Stage & {
  /** A folder of this visit alone, which is the client's home. */
  readonly home: string
  /** One line, or a screen. */
  readonly tell: (seen: string) => void
}) => Promise<void>
