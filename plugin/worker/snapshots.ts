import { existsSync, readFileSync } from 'node:fs'
import { type RunnerTestCase, expect } from 'vitest'

interface AddOptions {
  readonly testId?: string
}

/** What this file needs of Vitest's `SnapshotState`; the parts with an underscore are not public. */
interface SnapshotState {
  match(options: AddOptions): { readonly pass: boolean; readonly key: string }
  _addSnapshot(key: string, value: string, options: AddOptions): void
  readonly _snapshotData: Record<string, string | undefined>
  readonly added: { increment(testId: string): void }
  readonly environment: { readSnapshotFile(path: string): Promise<string | null> }
}

interface Written {
  readonly value: string
  readonly options: AddOptions
}

/**
 * Snapshots of a test that runs many times: all iterations have the same keys, and one that differs fails.
 *
 * Vitest compares with what is stored. While snapshots are written or updated nothing is stored yet, and the last
 * iteration would win.
 */
export class Snapshots {
  private readonly testId: string
  private readonly state: SnapshotState | undefined
  /** Snapshots that an iteration wrote, and those that were as stored. */
  private readonly written = new Map<string, Written>()
  private readonly matched = new Set<string>()
  /** Those that the latest iteration took. */
  private readonly seen = new Set<string>()
  private touched = false
  private mended: Partial<SnapshotState['environment']> | undefined

  constructor(task: RunnerTestCase) {
    this.testId = task.id
    const { snapshotState } = expect.getState() as unknown as { snapshotState?: SnapshotState }
    const isKnown = typeof snapshotState?.match === 'function' && typeof snapshotState._addSnapshot === 'function'
    this.state = isKnown ? snapshotState : undefined
    if (isKnown) this.watch(snapshotState)
  }

  /** Since the last `begin`: Vitest has something to forget. */
  get taken(): boolean {
    return this.state === undefined || this.touched
  }

  /** Another iteration begins. */
  begin(): void {
    if (!this.touched) return
    this.touched = false
    this.seen.clear()
  }

  /** Leaves what every iteration has written, not only the last one. */
  end(): void {
    const { state } = this
    if (state === undefined) return
    // What lies over the prototype's methods is ours.
    delete (state as Partial<SnapshotState>).match
    delete (state as Partial<SnapshotState>)._addSnapshot
    delete this.mended?.readSnapshotFile
    for (const [key, { value, options }] of this.written) {
      if (this.seen.has(key)) continue
      state._addSnapshot(key, value, options)
      state.added.increment(this.testId)
    }
  }

  private watch(state: SnapshotState): void {
    const match = state.match.bind(state)
    const add = state._addSnapshot.bind(state)
    state._addSnapshot = (key, value, options) => {
      this.touched = true
      if (options.testId === this.testId || options.testId === undefined) this.write(key, value, options)
      add(key, value, options)
    }
    state.match = (options) => {
      if (options.testId === this.testId) this.touched = true
      const result = match(options)
      if (options.testId === this.testId && result.pass) this.match(result.key)
      return result
    }
    // A body that waits for a file waits for ever: no event of the simulation brings it.
    const { environment } = state
    if (Object.hasOwn(environment, 'readSnapshotFile')) return
    this.mended = environment
    environment.readSnapshotFile = (path) => Promise.resolve(existsSync(path) ? readFileSync(path, 'utf8') : null)
  }

  private write(key: string, value: string, options: AddOptions): void {
    const before = this.written.get(key)
    const isFirst = before === undefined && !this.matched.has(key)
    const expected = isFirst ? value : (before?.value ?? this.state?._snapshotData[key])
    if (expected !== value) throw mismatch(key, value, expected)
    if (isFirst) this.written.set(key, { value, options })
    this.seen.add(key)
  }

  private match(key: string): void {
    // It was written just now.
    if (this.seen.has(key)) return
    const before = this.written.get(key)
    if (before !== undefined) throw mismatch(key, this.state?._snapshotData[key], before.value)
    this.matched.add(key)
  }
}

function mismatch(key: string, actual: string | undefined, expected: string | undefined): Error {
  const error = new Error(`Snapshot \`${key}\` mismatched: another iteration of this simulation took a different one`)
  return Object.assign(error, { name: 'SnapshotMismatch', actual: actual?.trim(), expected: expected?.trim() })
}
