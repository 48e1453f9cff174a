import type { FaultPlan } from '../chaos/faults.ts'
import type { Engine } from '../engine/engine.ts'
import { badInput } from '../engine/errors.ts'
import type { RandomStream } from '../random/stream.ts'

/** A storage operation did not work; whether a write took effect is unknown. */
export class StorageFailed extends Error {
  readonly key: string

  constructor(operation: string, key: string, reason: string) {
    super(`storage ${operation} of '${key}' failed: ${reason}`)
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
    super(`'${key}' is at version ${actual}, not ${expected}: somebody else has written`)
    this.name = 'VersionConflict'
    this.key = key
    this.expected = expected
    this.actual = actual
  }
}

/** A stored value with its version; versions count from 1, 0 means that there is none. */
export interface Stored<T = unknown> {
  readonly value: T
  readonly version: number
}

/** How a storage behaves in a seed. */
export interface StorageFaults {
  readonly plan: FaultPlan
  /** Probability that an operation fails, and as much that it stalls. */
  readonly intensity: number
}

/** A disk or database: asynchronous, with versions, and with faults when the chaos profile has them. */
export class Storage {
  private readonly engine: Engine
  private readonly name: string
  private readonly faults: StorageFaults
  private readonly copy: <T>(value: T) => T
  /** What every read sees. */
  private entries = new Map<string, Stored>()
  /** What a crash cannot take; undefined: written but not synced and new. */
  private durable = new Map<string, Stored>()
  private dirty = new Set<string>()
  private random: RandomStream | undefined
  private faultRandom: RandomStream | undefined

  constructor(engine: Engine, name: string, faults: StorageFaults, copy: <T>(value: T) => T) {
    this.engine = engine
    this.name = name
    this.faults = faults
    this.copy = copy
  }

  /** The value of a key; undefined: there is none. Rejects with StorageFailed. */
  async read<T>(key: string): Promise<Stored<T> | undefined> {
    await this.operate('read', key)
    const stored = this.entries.get(key)
    return stored === undefined ? undefined : ({ value: this.copy(stored.value), version: stored.version } as Stored<T>)
  }

  /**
   * Writes a value; not durable before `sync`. Gives back the new version.
   *
   * Rejects with VersionConflict when `ifVersion` is given and another version is there (0: nothing may be there),
   * or with StorageFailed.
   */
  async write(key: string, value: unknown, options: { ifVersion?: number } = {}): Promise<number> {
    const { ifVersion } = options
    if (ifVersion !== undefined && !(Number.isSafeInteger(ifVersion) && ifVersion >= 0)) {
      throw badInput('storage.write ifVersion', ifVersion, 'it must be a version number, 0 or more')
    }
    const copy = this.copy(value)
    await this.operate('write', key)
    const version = this.entries.get(key)?.version ?? 0
    if (ifVersion !== undefined && ifVersion !== version) throw new VersionConflict(key, ifVersion, version)
    this.entries.set(key, { value: copy, version: version + 1 })
    this.dirty.add(key)
    return version + 1
  }

  /** Makes everything written so far durable. Rejects with StorageFailed; then nothing is certain. */
  async sync(): Promise<void> {
    await this.operate('sync', '*')
    this.flush()
  }

  /** A clean shutdown: nothing unsynced is left. */
  flush(): void {
    for (const key of this.dirty) {
      const stored = this.entries.get(key)
      if (stored !== undefined) this.durable.set(key, stored)
    }
    this.dirty.clear()
  }

  /** A crash: each unsynced write is kept, lost, or torn (lost together with what was there before), by chance. */
  crash(): void {
    const random = this.engine.random(`storage crash ${this.name}`)
    for (const key of this.dirty) {
      const before = this.durable.get(key)
      const fate = random.below(this.faults.plan.active && this.faults.intensity > 0 ? 3 : 2)
      const written = this.entries.get(key)
      if (fate === 0 && written !== undefined) this.durable.set(key, written)
      else if (fate === 2 && before !== undefined) this.tear(key)
    }
    this.dirty.clear()
    this.entries = new Map(this.durable)
  }

  /** Everything is gone. */
  wipe(): void {
    this.entries = new Map()
    this.durable = new Map()
    this.dirty = new Set()
  }

  private tear(key: string): void {
    const fault = this.faults.plan.inject('torn write', `${this.name} ${key}`)
    if (fault === undefined) return
    this.faults.plan.effect(fault)
    this.durable.delete(key)
  }

  /** The time an operation takes, and its faults. */
  private async operate(operation: string, key: string): Promise<void> {
    this.random ??= this.engine.random(`storage ${this.name}`)
    const { plan, intensity } = this.faults
    const usual = this.random.integer(100, 2_000)
    if (!plan.active || intensity === 0) return this.engine.sleep(usual)
    this.faultRandom ??= this.engine.random(`faults storage ${this.name}`)
    const stallMicros = this.faultRandom.chance(intensity) ? this.faultRandom.integer(10_000, 500_000) : 0
    const fails = this.faultRandom.chance(intensity)
    const subject = `${this.name} ${operation} ${key}`
    const stall = stallMicros > 0 ? plan.inject('storage stall', subject) : undefined
    if (stall !== undefined) plan.effect(stall)
    await this.engine.sleep(usual + (stall === undefined ? 0 : stallMicros))
    const failure = fails ? plan.inject('storage failure', subject) : undefined
    if (failure === undefined) return
    plan.effect(failure)
    throw new StorageFailed(operation, key, 'input/output error')
  }
}
