import type { FaultPlan } from '../chaos/faults.ts'
import { type StorageChances, lostByDefault } from '../chaos/families.ts'
import type { Engine } from '../engine/engine.ts'
import { badInput } from '../engine/errors.ts'
import { eventKind, wakeKind } from '../engine/event.ts'
import type { Wait } from '../engine/failure.ts'
import { Owner } from '../engine/owner.ts'
import { hashString, mix } from '../random/hash.ts'
import { Occasion } from '../random/occasion.ts'
import type { RandomStream } from '../random/stream.ts'
import type { NodeStorage, Stored, WriteOptions } from './door.ts'
import { StorageFailed, VersionConflict } from './storage-errors.ts'

export { StorageFailed, VersionConflict }

/** How a storage behaves in a seed. */
export interface StorageFaults {
  readonly plan: FaultPlan
  /** Undefined: none but what a crash does to what was not synced. */
  readonly chances: StorageChances | undefined
}

/** What an operation was told before its time had passed. */
interface Drawn {
  readonly takesMicros: number
  /** It reports a failure; `lands`: a write takes effect all the same. */
  readonly fails: boolean
  readonly lands: boolean
  /** Share of a failed `sync` that was done, 0 to 1. */
  readonly share: number
}

/** Longest time that an operation takes where nothing stalls it, µs. */
const usualMicros = 2_000

const operationKind = wakeKind<unknown>('sleep', undefined, usualMicros)
/** An operation under way. */
interface Operation {
  readonly caller: Owner
  /** 'read of x'. */
  readonly what: string
  /** Virtual time, µs. */
  readonly since: number
}

const landKind = eventKind<string>('write', (key) => key, usualMicros)

/**
 * A disk or database: asynchronous, with versions, and with faults when the chaos profile has them.
 *
 * A disk belongs to one node: what is under way when the node crashes is not done. A shared storage is a machine of its
 * own: a write that was sent to it may land when its sender is dead.
 */
export class Storage implements NodeStorage {
  private readonly engine: Engine
  private readonly name: string
  private readonly faults: StorageFaults
  private readonly copy: <T>(value: T) => T
  /** Of the writes that land by themselves; undefined: this is the disk of a node. */
  private readonly machine: Owner | undefined
  /** What every read sees. */
  private entries = new Map<string, Stored>()
  /** What a crash of the disk's node cannot take; a shared storage has none, all it has is durable. */
  private durable = new Map<string, Stored>()
  private dirty = new Set<string>()
  /** Highest fence with which a key was read. */
  private fences = new Map<string, number>()
  private random: RandomStream | undefined
  private faultRandom: RandomStream | undefined
  private readonly occasion = new Occasion()
  private readonly operations = new Set<Operation>()
  /** How many there were of each kind and key; counted while names are read. */
  private readonly counts = new Map<string, number>()

  constructor(
    engine: Engine,
    name: string,
    faults: StorageFaults,
    copy: <T>(value: T) => T,
    options: { shared?: boolean } = {},
  ) {
    this.engine = engine
    this.name = name
    this.faults = faults
    this.copy = copy
    engine.describeWaits(() => this.waits())
    this.machine = options.shared === true ? new Owner(`storage ${name}`) : undefined
  }

  /** The value of a key; undefined: there is none. Rejects with StorageFailed. */
  async read<T>(key: string, options: { fence?: number } = {}): Promise<Stored<T> | undefined> {
    const { takesMicros, fails } = this.draw('read', key)
    await this.take(takesMicros, 'read', key)
    if (fails) throw this.failed('read', key)
    const { fence } = options
    if (fence !== undefined && fence > (this.fences.get(key) ?? 0)) this.fences.set(key, fence)
    const stored = this.entries.get(key)
    this.engine.recorder?.storage({ action: 'read', key, value: stored?.value, of: this.name })
    return stored === undefined ? undefined : ({ value: this.copy(stored.value), version: stored.version } as Stored<T>)
  }

  /**
   * Writes a value; not durable before `sync`, unless the storage is shared. Returns the new version.
   *
   * Rejects with VersionConflict when `ifVersion` is given and another version is there (0: nothing may be there), or
   * with StorageFailed: then it may have been written.
   */
  async write(key: string, value: unknown, options: WriteOptions = {}): Promise<number> {
    const { ifVersion } = options
    if (ifVersion !== undefined && !(Number.isSafeInteger(ifVersion) && ifVersion >= 0)) {
      throw badInput('storage.write ifVersion', ifVersion, 'it must be a version number, 0 or more')
    }
    const copy = this.copy(value)
    const { owner } = this.engine
    owner.acts()
    const drawn = this.draw('write', key)
    const version =
      this.machine === undefined
        ? await this.onDisk(key, copy, options, drawn)
        : await this.remotely(this.machine, key, copy, options, drawn)
    if (drawn.fails) throw this.failed('write', key)
    if (version instanceof VersionConflict) {
      this.engine.recorder?.storage({ action: 'write', key, value, of: this.name, outcome: version.message })
      if (owner.effects !== undefined) owner.effects.count--
      throw version
    }
    this.engine.recorder?.storage({ action: 'write', key, value: copy, of: this.name })
    return version
  }

  private async onDisk(
    key: string,
    value: unknown,
    options: WriteOptions,
    { takesMicros, fails, lands }: Drawn,
  ): Promise<number | VersionConflict> {
    await this.take(takesMicros, 'write', key)
    return fails && !lands ? 0 : this.put(key, value, options)
  }

  /** The storage does the write at some time before it answers; the sender may be dead by then. */
  private async remotely(
    machine: Owner,
    key: string,
    value: unknown,
    options: WriteOptions,
    { takesMicros, fails, lands }: Drawn,
  ): Promise<number | VersionConflict> {
    const { engine } = this
    const { owner } = engine
    let version: number | VersionConflict = 0
    // Of a sender that crashes meanwhile, some writes were on the wire already and some were not.
    const isOnTheWire = this.stream().chance(0.5)
    const land = (): void => {
      if ((fails && !lands) || (!owner.alive && !isOnTheWire)) return
      version = this.put(key, value, options)
      // Who lives tells it when the answer is there.
      if (!owner.alive) this.tellOfTheDead(owner, key, value, version)
    }
    const at = engine.now + this.stream().below(takesMicros)
    engine.scheduleAt(at, landKind, hashString('land'), machine, land, key)
    await this.take(takesMicros, 'write', key)
    return version
  }

  /** A write whose sender will never hear of it. */
  private tellOfTheDead(by: Owner, key: string, value: unknown, version: number | VersionConflict): void {
    const outcome = version instanceof VersionConflict ? version.message : 'done, though who sent it has died'
    this.engine.recorder?.storage({ action: 'write', key, value, of: this.name, by, outcome })
  }

  /** True while an operation is under way of somebody who lives to see its end. */
  get isBusy(): boolean {
    for (const { caller } of this.operations) if (caller.alive) return true
    return false
  }

  private async take(micros: number, operation: string, key: string): Promise<void> {
    const { engine, operations } = this
    const entry: Operation = { caller: engine.owner, what: `${operation} of ${key}`, since: engine.now }
    operations.add(entry)
    await engine.sleep(micros, operationKind)
    operations.delete(entry)
  }

  private *waits(): Iterable<Wait> {
    for (const { caller, what, since } of this.operations) {
      if (caller.alive) yield { owner: caller.id, what: `storage ${this.name}: ${what}`, since, isUnderWay: true }
    }
  }

  private put(key: string, value: unknown, { ifVersion, fence }: WriteOptions): number | VersionConflict {
    const version = this.entries.get(key)?.version ?? 0
    const isOld = fence !== undefined && fence < (this.fences.get(key) ?? 0)
    if (isOld || (ifVersion !== undefined && ifVersion !== version))
      return new VersionConflict(key, ifVersion ?? version, version)
    this.engine.data?.add(`write ${key}`, value)
    this.entries.set(key, { value, version: version + 1 })
    if (this.machine === undefined) this.dirty.add(key)
    return version + 1
  }

  /** Makes everything written so far durable. Rejects with StorageFailed; then some of it may be. */
  async sync(): Promise<void> {
    const { takesMicros, fails, share } = this.draw('sync', '*')
    await this.take(takesMicros, 'sync', '*')
    if (!fails) {
      this.engine.recorder?.storage({ action: 'sync', of: this.name })
      return this.flush()
    }
    const all = [...this.dirty]
    this.flush(all.slice(0, Math.floor(share * (all.length + 1))))
    throw this.failed('sync', '*')
  }

  private failed(operation: string, key: string): StorageFailed {
    const error = new StorageFailed(operation, key, 'input/output error')
    this.engine.recorder?.storage({ action: operation, key, of: this.name, outcome: error.message })
    return error
  }

  /** A clean shutdown: nothing unsynced is left. */
  flush(keys: Iterable<string> = [...this.dirty]): void {
    for (const key of keys) {
      const stored = this.entries.get(key)
      if (stored !== undefined) this.durable.set(key, stored)
      this.dirty.delete(key)
    }
  }

  /**
   * A crash: each unsynced write is kept, lost, or torn (lost together with what was there before), by chance. What was
   * synced stays unless it is torn, and that only happens where it was asked for.
   */
  crash(): void {
    const random = this.engine.random(`storage crash ${this.name}`)
    const { plan, chances } = this.faults
    const { lost = lostByDefault, torn = 0 } = chances ?? {}
    for (const key of this.dirty) {
      const draws = random.at(mix(hashString(key), this.engine.now))
      const [isLost, isTorn] = [draws.chance(lost), plan.active && draws.chance(torn)]
      const written = this.entries.get(key)
      if (isTorn && this.durable.has(key) && this.tear(key)) continue
      const told = { of: this.name, node: this.name }
      const isKept = !isLost && written !== undefined
      if (isKept) this.durable.set(key, written)
      const outcome = isKept ? 'kept' : 'lost'
      this.engine.recorder?.storage({ action: 'unsynced write', key, value: written?.value, ...told, outcome })
    }
    this.dirty.clear()
    this.entries = new Map(this.durable)
  }

  /** Everything is gone. */
  wipe(): void {
    this.entries = new Map()
    this.durable = new Map()
    this.dirty = new Set()
    this.fences = new Map()
  }

  /** 'no. 2' for the second operation of that kind and key. */
  private nextOf(subject: string): string {
    const count = (this.counts.get(subject) ?? 0) + 1
    this.counts.set(subject, count)
    return `no. ${count}`
  }

  /** False: the fault is masked. */
  private tear(key: string): boolean {
    const fault = this.faults.plan.inject('torn write', `${this.name} ${key}`)
    if (fault === undefined) return false
    this.faults.plan.effect(fault)
    this.durable.delete(key)
    return true
  }

  private stream(): RandomStream {
    return (this.random ??= this.engine.random(`storage ${this.name}`))
  }

  /** The time an operation takes, and its faults. */
  private draw(operation: string, key: string): Drawn {
    const { plan, chances } = this.faults
    // Named by key and time: leaving an operation out must not move the draws of the others.
    const { word, name } = this.occasion.next(this.engine.now)
    const place = mix(hashString(key), word)
    const usual = this.stream().at(place).integer(100, usualMicros)
    const isScripted = plan.script !== undefined
    if (!plan.active || (chances === undefined && !isScripted))
      return { takesMicros: usual, fails: false, lands: false, share: 0 }
    const random = (this.faultRandom ??= this.engine.random(`faults storage ${this.name}`)).at(place)
    // All draws come first: leaving a fault out must not move the others.
    const isStall = random.chance(chances?.stall ?? 0)
    const stallDrawn = random.integer(10_000, 500_000)
    const isFailure = random.chance(chances?.failure ?? 0)
    const lands = random.chance(0.5)
    const share = random.float()
    const subject = plan.named ? `${this.name} ${operation} ${key}` : ''
    const which = plan.named ? { time: `#${name}`, number: this.nextOf(subject) } : undefined
    const stalls = plan.happens(isStall, 'storage stall', subject, which)
    const stallMicros = isScripted ? plan.lasts(stallDrawn, 'storage stall', subject, which) : stallDrawn
    const stall = stalls ? plan.inject('storage stall', subject, '', which, stallMicros) : undefined
    if (stall !== undefined) plan.effect(stall)
    const fails = plan.happens(isFailure, 'storage failure', subject, which)
    const failure = fails ? plan.inject('storage failure', subject, '', which) : undefined
    if (failure !== undefined) plan.effect(failure)
    return { takesMicros: usual + (stall === undefined ? 0 : stallMicros), fails: failure !== undefined, lands, share }
  }
}
