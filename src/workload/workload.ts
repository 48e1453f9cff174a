import type { Engine } from '../engine/engine.ts'
import { badInput } from '../engine/errors.ts'
import type { RandomStream } from '../random/stream.ts'
import { type Alphabet, type DrawView, checkAlphabet } from './operation.ts'
import { type HistoryEntry, type OutcomeKind, type WorkloadOutcome, outcomeOf } from './outcome.ts'
import { type PlannedOperation, type WorkloadRecord, describeOperation } from './planned-operation.ts'

export interface WorkloadOptions {
  /** How many operations. */
  readonly operations: number
  /** How many are under way at the same time at most. Default 8. */
  readonly concurrency?: number
  /** Draws new weights for each seed and leaves some operations out. Default: true when the chaos profile is `swarm`. */
  readonly swarm?: boolean
  /** Wait before each operation, virtual ms. Default [0, 20]. */
  readonly thinkTime?: readonly [number, number]
}

/** What a workload needs of the simulation it runs in. */
export interface WorkloadHost<Sim, Node> {
  readonly engine: Engine
  readonly sim: Sim
  readonly nodes: () => readonly Node[]
  readonly record: WorkloadRecord
  readonly swarm: boolean
  /** Makes sure that an argument is plain data; gives back a copy. */
  readonly copy: <T>(argument: T) => T
}

/** Does operations of an alphabet, chosen by weight, until so many have been done; gives back what came of them. */
export class Workload<Sim, Node> {
  private readonly host: WorkloadHost<Sim, Node>
  private readonly engine: Engine
  private readonly alphabet: Alphabet<Sim, Node>
  private readonly options: Required<WorkloadOptions>
  private readonly random: RandomStream
  private readonly weights: readonly (readonly [string, number])[]
  private readonly history: HistoryEntry[] = []
  private readonly byName: Record<string, Record<OutcomeKind, number>> = {}
  private readonly checked = new Set<string>()
  private left: number

  /** @throws SimulationError (BAD_INPUT) for a bad alphabet or option. */
  constructor(host: WorkloadHost<Sim, Node>, alphabet: Alphabet<Sim, Node>, options: WorkloadOptions) {
    checkAlphabet(alphabet)
    this.host = host
    this.engine = host.engine
    this.alphabet = alphabet
    this.options = resolve(options, host.swarm)
    this.left = this.options.operations
    this.random = host.engine.random('workload')
    this.weights = this.drawWeights()
  }

  async run(): Promise<WorkloadOutcome> {
    const first = this.host.record.next
    this.host.record.next += this.options.operations
    const { planned } = this.host.record
    if (planned !== undefined) {
      const mine = planned.filter(({ index }) => index >= first && index < first + this.options.operations)
      await Promise.all(mine.map((operation) => this.replay(operation)))
    } else {
      const workers = Math.min(this.options.concurrency, this.options.operations)
      await Promise.all(Array.from({ length: workers }, () => this.work(first)))
    }
    return this.outcome()
  }

  private outcome(): WorkloadOutcome {
    const count = (kind: OutcomeKind): number =>
      this.history.reduce((sum, { outcome }) => sum + (outcome === kind ? 1 : 0), 0)
    const counts = { ok: count('ok'), failed: count('failed'), unknown: count('unknown') }
    return { operations: this.history.length, ...counts, byName: this.byName, history: this.history }
  }

  /** One of those who work side by side. */
  private async work(first: number): Promise<void> {
    const [min, max] = this.options.thinkTime
    while (this.left > 0) {
      const index = first + this.options.operations - this.left--
      if (max > 0) await this.engine.sleep(Math.round(this.random.between(min, max) * 1000))
      const chosen = this.choose()
      if (chosen === undefined) continue
      const argument = this.alphabet[chosen]?.draw?.(this.view() as DrawView<Node>)
      await this.perform({ index, name: chosen, at: this.engine.now, argument })
    }
  }

  private async replay(operation: PlannedOperation): Promise<void> {
    const wait = operation.at - this.engine.now
    if (wait > 0) await this.engine.sleep(wait)
    if (operation.name in this.alphabet) await this.perform(operation)
  }

  private async perform(operation: PlannedOperation): Promise<void> {
    const { index, name } = operation
    const argument = this.keep(operation)
    const start = this.engine.now / 1000
    let outcome: OutcomeKind = 'ok'
    let result: unknown
    let error: string | undefined
    try {
      result = await this.alphabet[name]?.run(this.host.sim, argument as never)
    } catch (thrown) {
      const meaning = outcomeOf(thrown)
      if (meaning === undefined) throw thrown
      outcome = meaning
      error = (thrown as Error).name
    }
    const end = this.engine.now / 1000
    const counts = (this.byName[name] ??= { ok: 0, failed: 0, unknown: 0 })
    counts[outcome]++
    this.history.push({ index, name, argument: operation.argument, start, end, outcome, result, error })
  }

  /** Records an operation, and checks the first of each name for plain data. */
  private keep(operation: PlannedOperation): unknown {
    const { record, copy } = this.host
    const recording = this.engine.trace !== undefined
    if (!recording && this.checked.has(operation.name)) return operation.argument
    this.checked.add(operation.name)
    const argument = copy(operation.argument)
    if (recording) {
      record.started.push({ ...operation, argument: copy(argument) })
      this.engine.note('log', `operation ${operation.index}: ${describeOperation(operation)}`)
    }
    return argument
  }

  private choose(): string | undefined {
    const enabled = this.weights.filter(([name]) => this.alphabet[name]?.enabled?.(this.view()) ?? true)
    return this.random.weighted(enabled.length === this.weights.length ? this.weights : enabled)
  }

  private view(): DrawView<Node> {
    return { random: this.random, nodes: this.host.nodes(), now: this.engine.now / 1000 }
  }

  /** In a swarm some operations are off and the others' weights differ wildly (TigerBeetle does the same). */
  private drawWeights(): readonly (readonly [string, number])[] {
    const all = Object.entries(this.alphabet).map(([name, { weight = 1 }]) => [name, weight] as const)
    if (!this.options.swarm) return all
    const random = this.engine.random('workload swarm')
    const drawn = all.map(([name, weight]) => {
      const factor = 2 ** random.between(-3, 3)
      return [name, random.chance(0.25) ? 0 : weight * factor] as const
    })
    return drawn.some(([, weight]) => weight > 0) ? drawn : all
  }
}

function resolve(options: WorkloadOptions, swarmByDefault: boolean): Required<WorkloadOptions> {
  for (const [name, value] of Object.entries(options ?? {})) {
    if (!['operations', 'concurrency', 'swarm', 'thinkTime'].includes(name)) {
      throw badInput(`workload option '${name}'`, value, 'known are operations, concurrency, swarm, thinkTime')
    }
  }
  const { operations, concurrency = 8, swarm = swarmByDefault, thinkTime = [0, 20] } = options ?? {}
  for (const [name, value] of Object.entries({ operations, concurrency })) {
    if (!(typeof value === 'number' && Number.isSafeInteger(value) && value > 0)) {
      throw badInput(`workload option '${name}'`, value, 'it must be a whole number above 0')
    }
  }
  const [min, max] = Array.isArray(thinkTime) ? (thinkTime as number[]) : []
  if (!(typeof min === 'number' && typeof max === 'number' && min >= 0 && min <= max && Number.isFinite(max))) {
    throw badInput("workload option 'thinkTime'", thinkTime, 'it must be a range [min, max] of virtual milliseconds')
  }
  return { operations, concurrency, swarm, thinkTime: [min, max] }
}
