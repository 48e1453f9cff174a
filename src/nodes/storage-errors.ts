/** A storage operation did not work; whether a write took effect is unknown. */
export class StorageFailed extends Error {
  readonly key: string

  constructor(operation: string, key: string, reason: string) {
    super(`storage ${operation} of '${key}' failed: ${reason}${operation === 'read' ? '' : ' (it may have been done)'}`)
    this.name = 'StorageFailed'
    this.key = key
  }
}

/** Somebody else has written since this version was read. */
export class VersionConflict extends Error {
  readonly key: string
  readonly expected: number
  readonly actual: number

  constructor(key: string, expected: number, actual: number) {
    super(
      actual === expected
        ? `'${key}' at version ${actual} belongs to somebody newer, who has read it since`
        : `'${key}' is at version ${actual}, not ${expected}: somebody else has written`,
    )
    this.name = 'VersionConflict'
    this.key = key
    this.expected = expected
    this.actual = actual
  }
}
