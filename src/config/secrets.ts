import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { messageOf } from '../model/errors.ts'
import type { Path, Problem } from './problem.ts'

export interface SecretQuestion {
  /** The section as it was read from the file. */
  readonly section: Readonly<Record<string, unknown>>
  readonly path: Path
  /** `secret` or `password`; the file's name stands under the same key with `_file`. */
  readonly key: string
  readonly isRequired: boolean
  /** The folder that a relative path starts from. */
  readonly folder: string
}

export interface SecretAnswer {
  readonly value: string | undefined
  readonly problems: readonly Problem[]
  readonly warnings: readonly Problem[]
}

/** Finds a secret given in the configuration itself or in a file of its own. */
export function readSecret ({ section, path, key, isRequired, folder }: SecretQuestion): SecretAnswer {
  const fileKey = `${key}_file`
  const value = section[key]
  const file = section[fileKey]
  if (value !== undefined && file !== undefined) {
    return failure([...path, fileKey], `Cannot use ${key} and ${fileKey} together: expected one of them`)
  }
  if (typeof file === 'string' && file.trim() !== '') return readSecretFile(resolve(folder, file.trim()), [...path, fileKey])
  if (value === undefined && file === undefined && isRequired) {
    return failure([...path, key], `Cannot be left out: expected ${key}, ${fileKey}, or ${key}: \${NAME} for an environment variable`)
  }
  return { value: typeof value === 'string' ? value : undefined, problems: [], warnings: [] }
}

function readSecretFile (file: string, path: Path): SecretAnswer {
  let value: string
  let isOpen: boolean
  try {
    value = readFileSync(file, 'utf8').replace(/\r?\n$/, '')
    isOpen = (statSync(file).mode & 0o007) !== 0
  } catch (error) {
    return failure(path, `Cannot read the secret from ${file}: ${messageOf(error)}, expected a file that this user may read`)
  }
  if (value.trim() === '') return failure(path, `Cannot read the secret from ${file}: the file is empty, expected the secret`)
  if (/[\r\n]/.test(value)) return failure(path, `Cannot read the secret from ${file}: the file has more than one line, expected the secret alone`)
  const warnings = isOpen ? [{ path, text: `${file} is open to every user of this machine; chmod o-rwx closes it` }] : []
  return { value, problems: [], warnings }
}

function failure (path: Path, text: string): SecretAnswer {
  return { value: undefined, problems: [{ path, text }], warnings: [] }
}
