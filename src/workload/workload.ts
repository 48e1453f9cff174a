import { describeError, errorName } from '../engine/describe-error.ts'
import type { Engine } from '../engine/engine.ts'
import { badInput } from '../engine/errors.ts'
import { EventKind } from '../engine/event.ts'
import type { Wait } from '../engine/failure.ts'
import { Owner } from '../engine/owner.ts'
import type { RandomStream } from '../random/stream.ts'
import { type Weighted, choose, weigh } from './choice.ts'
import { type Alphabet, type DrawView, checkAlphabet } from './operation.ts'
import { type WorkloadOptions, resolveWorkloadOptions } from './options.ts'
import { type HistoryEntry, type OutcomeKind, type WorkloadOutcome, outcomeOf } from './outcome.ts'
import { copyPlainData } from './plain-data.ts'
import { type PlannedOperation, type WorkloadRecord, describeOperation } from './planned-operation.ts'

/** What a workload needs of the simulation it runs in. */
export interface WorkloadHost<Sim, Node> {
  readonly engine: Engine
  readonly sim: Sim
  readonly nodes: () => readonly Node[]
  readonly record: WorkloadRecord
  /** The seed's faults are a swarm. */
  readonly swarm: boolean
}

/** An operation that has ended; the history is made of these when somebody reads it. */
interface Ended {
  readonly operation: PlannedOperation
  /** Virtual time, µs. */
  readonly end: number
  readonly outcome: OutcomeKind
  readonly result: unknown
  readonly error: string | undefined
}

type Counts = Record<OutcomeKind, number>

const noCounts = (): Counts => ({ ok: 0, failed: 0, unknown: 0 })

/** After a turn in which nothing was enabled and nobody thinks, time must go on, µs. */
const pauseMicros = 1_000

/** Does operations of an alphabet, chosen by weight, until so many have been done; resolves to what came of them. */
export class Workload<Sim, Node> {
  private readonly host: WorkloadHost<Sim, Node>
  private readonly engine: Engine
  private readonly alphabet: Alphabet<Sim, Node>
  private readonly options: Required<WorkloadOptions>
  private readonly random: RandomStream
  private readonly weighted: readonly Weighted<Sim, Node>[]
  private readonly view: DrawView<Node>
  private readonly ended: Ended[] = []
  private readonly byName = new Map<string, Counts>()
  private readonly underWay = new Set<PlannedOperation>()
  /** Who called it. */
  private readonly caller: Owner
  private left: number
  private skipped = 0

  /** @throws SimulationError (BAD_INPUT) for a bad alphabet or option. */
  constructor(host: WorkloadHost<Sim, Node>, alphabet: Alphabet<Sim, Node>, options: WorkloadOptions) {
    checkAlphabet(alphabet)
    const { engine } = host
    this.host = host
    this.engine = engine
    this.caller = engine.owner
    this.alphabet = alphabet
    this.options = resolveWorkloadOptions(options, host.swarm)
    this.left = this.options.operations
    this.random = engine.random('workload')
    this.weighted = weigh(alphabet, this.options.swarm ? engine.random('workload swarm') : undefined)
    this.view = new View(engine, this.random, host.nodes)
    const counts = (host.record.counts ??= new Map())
    for (const [name, { weight = 1 }] of Object.entries(alphabet)) {
      if (weight > 0 && !counts.has(name)) counts.set(name, noCounts())
    }
    engine.describeWaits(() => this.waits())
  }

  run(): Promise<WorkloadOutcome> {
    const { engine, caller } = this
    return new Promise((resolve, reject) => {
      this.done().then(
        (outcome) => engine.settle(caller, resolve, outcome),
        (error: unknown) => engine.settle(caller, reject, error),
      )
    })
  }

  private async done(): Promise<WorkloadOutcome> {
    const { record } = this.host
    const first = record.next
    record.next += this.options.operations
    try {
      if (record.planned !== undefined) await this.replayAll(record.planned, first)
      else await this.workAll(first)
    } catch (error) {
      // Reported here: a body that catches it must not hide it.
      const { name, message } = describeError(error)
      this.engine.report('BodyFailed', name, message, error)
      throw error
    }
    return this.outcome()
  }

  private async workAll(first: number): Promise<void> {
    const workers = Math.min(this.options.concurrency, this.options.operations)
    await Promise.all(Array.from({ length: workers }, () => this.work(first, this.worker())))
  }

  /** One of those who work side by side. */
  private async work(first: number, owner: Owner): Promise<void> {
    const { engine, random, view, weighted, options } = this
    const [min, max] = options.thinkTime
    if (max === 0) await this.pause(owner, 0)
    while (this.left > 0) {
      const index = first + options.operations - this.left--
      if (max > 0) await this.pause(owner, Math.round(random.between(min, max) * 1000))
      const chosen = choose(weighted, view)
      if (chosen === undefined) {
        this.skipped++
        if (max === 0) await this.pause(owner, pauseMicros)
        continue
      }
      const { name, operation } = chosen
      const argument: unknown = copyPlainData(operation.draw?.(view), `argument of operation '${name}'`)
      await this.perform({ index, name, at: engine.now, argument }, owner)
    }
  }

  private async replayAll(planned: readonly PlannedOperation[], first: number): Promise<void> {
    const mine = planned.filter(({ index }) => index >= first && index < first + this.options.operations)
    for (const { name } of mine) {
      if (Object.hasOwn(this.alphabet, name)) continue
      const known = Object.keys(this.alphabet).join(', ')
      throw badInput(
        'operation of the replay plan',
        name,
        `the workload has no such operation (any more); it has ${known}`,
      )
    }
    await Promise.all(mine.map((operation) => this.replay(operation)))
  }

  private async replay(operation: PlannedOperation): Promise<void> {
    const owner = this.worker()
    await this.pause(owner, Math.max(0, operation.at - this.engine.now))
    await this.perform({ ...operation, at: this.engine.now }, owner)
  }

  /**
   * On whose behalf one of those who work side by side does operations: the caller's, under the same name. The test's are
   * told apart, to know which of them has done what.
   */
  private worker(): Owner {
    const { caller, host } = this
    if (!caller.isTest) return caller
    const owner = Owner.test()
    host.record.owners.push(owner)
    return owner
  }

  /** Resolves after so many µs, in an event of `owner`. */
  private pause(owner: Owner, micros: number): Promise<void> {
    const { engine } = this
    return new Promise((resolve) => {
      const wake = resolve as (data: unknown) => void
      engine.scheduleAt(engine.now + micros, EventKind.sleep, EventKind.sleep.code, owner, wake, undefined)
    })
  }

  /** Does an operation that begins now, in an event of `owner`. */
  private async perform(operation: PlannedOperation, owner: Owner): Promise<void> {
    const { engine, host, underWay } = this
    const { name, argument } = operation
    underWay.add(operation)
    host.record.underWay++
    if (engine.trace !== undefined) {
      host.record.started.push(operation)
      engine.note('log', `operation ${operation.index}: ${describeOperation(operation)}`)
      engine.recorder?.operation(operation, undefined)
    }
    let outcome: OutcomeKind = 'ok'
    let result: unknown
    let error: string | undefined
    const effects = owner === this.caller ? undefined : { count: 0 }
    owner.effects = effects
    try {
      result = await this.call(name, argument)
    } catch (thrown) {
      const meaning = outcomeOf(thrown, { effects, isExpected: this.isExpected(name, thrown) })
      if (meaning === undefined) throw thrown
      outcome = meaning
      error = errorName(thrown) ?? 'Error'
    }
    underWay.delete(operation)
    host.record.underWay--
    this.count(name, outcome)
    engine.data?.add(`result of ${name}`, outcome === 'ok' ? result : error)
    engine.recorder?.operation(operation, { outcome, value: outcome === 'ok' ? result : error })
    this.ended.push({ operation, end: engine.now, outcome, result, error })
  }

  private call(name: string, argument: unknown): unknown {
    const { alphabet, host } = this
    host.record.isCalling = true
    try {
      // A copy, so that what it does to its argument changes neither the history nor the next replay.
      return alphabet[name]?.run(host.sim, copyPlainData(argument, name) as never)
    } finally {
      host.record.isCalling = false
    }
  }

  private isExpected(name: string, error: unknown): boolean {
    const answer: unknown = this.alphabet[name]?.expected?.(error) ?? false
    if (typeof answer !== 'boolean')
      throw badInput(`answer of 'expected' of operation '${name}'`, answer, 'it must be true or false')
    return answer
  }

  private count(name: string, outcome: OutcomeKind): void {
    let counts = this.byName.get(name)
    if (counts === undefined) this.byName.set(name, (counts = noCounts()))
    counts[outcome]++
    const all = this.host.record.counts?.get(name)
    if (all !== undefined) all[outcome]++
  }

  private outcome(): WorkloadOutcome {
    const { ended, skipped } = this
    const all = { ok: 0, failed: 0, unknown: 0 }
    for (const { outcome } of ended) all[outcome]++
    let history: readonly HistoryEntry[] | undefined
    return {
      operations: ended.length,
      ...all,
      skipped,
      byName: Object.fromEntries(this.byName),
      get history() {
        return (history ??= ended.map(historyEntry))
      },
    }
  }

  private *waits(): Iterable<Wait> {
    for (const operation of this.underWay) {
      const what = `operation ${operation.index}: ${describeOperation(operation)}`
      yield { owner: this.engine.test.id, what, since: operation.at, isUnderWay: !this.host.record.mayWait }
    }
  }
}

function historyEntry({ operation, end, outcome, result, error }: Ended): HistoryEntry {
  const { index, name, argument, at } = operation
  return { index, name, argument, start: at / 1000, end: end / 1000, outcome, result, error }
}

/** What operations see when they are drawn; one object for all of them. */
class View<Node> implements DrawView<Node> {
  readonly random: RandomStream
  private readonly engine: Engine
  private readonly all: () => readonly Node[]

  constructor(engine: Engine, random: RandomStream, nodes: () => readonly Node[]) {
    this.engine = engine
    this.random = random
    this.all = nodes
  }

  get nodes(): readonly Node[] {
    return this.all()
  }

  get now(): number {
    return this.engine.now / 1000
  }
}
