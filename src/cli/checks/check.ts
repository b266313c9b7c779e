/** What one check found: one line for people, with what helps when it failed. */
export interface Finding {
  readonly check: string
  readonly ok: boolean
  readonly message: string
}

export function good (check: string, message: string): Finding {
  return { check, ok: true, message }
}

export function bad (check: string, message: string): Finding {
  return { check, ok: false, message }
}
