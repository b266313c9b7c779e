import type { ErrorCode } from '../model/errors.ts'

/** What a command asks of the program that serves: one line of JSON. */
export interface ControlRequest {
  readonly command: string
  readonly [field: string]: unknown
}

/** One line of JSON of the answer: any number of `progress`, then one `result` or `error`. */
export type ControlAnswer =
  | { readonly progress: unknown }
  | { readonly result: unknown }
  | { readonly error: ControlFailure }

export interface ControlFailure {
  /** Missing for a fault of the program itself, which is in its log. */
  readonly code?: ErrorCode
  readonly message: string
}

export const MAX_REQUEST_BYTES = 1_048_576
export const MAX_ANSWER_BYTES = 16_777_216
