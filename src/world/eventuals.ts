import { Awaited } from '../engine/awaited.ts'
import type { Engine } from '../engine/engine.ts'
import { SimulationError, badInput, show } from '../engine/errors.ts'
import { type SimEvent, EventKind, eventKind } from '../engine/event.ts'
import { formatMillis } from '../engine/format.ts'
import type { Owner } from '../engine/owner.ts'
import type { InvariantCheck } from './invariants.ts'

/** How `sim.eventually` is to wait. */
export interface EventuallyOptions {
  /** Virtual ms from mending on, or from the call where all is mended already. Default 10,000. */
  readonly within?: number
}

const defaultWithinMs = 10_000

interface Eventual {
  readonly name: string
  readonly check: InvariantCheck
  readonly withinMicros: number
  readonly owner: Owner
  readonly resolve: () => void
  lastAnswer: string
  /** Queued while it is waited for. */
  deadline: SimEvent | undefined
}

const deadlineKind = eventKind<Eventual>('deadline', ({ name }) => name)

/** What must become true after mending. */
export class Eventuals {
  private readonly engine: Engine
  /** The test has added some. */
  wereAdded = false
  private open: Eventual[] = []
  private isMended = false
  /** Somebody waits for one, so that mending has to begin. */
  wantsMending = false

  constructor(engine: Engine) {
    this.engine = engine
  }

  /** True while one is not true yet. */
  get areOpen(): boolean {
    return this.open.length > 0
  }

  add(name: string, check: InvariantCheck, options: EventuallyOptions): Promise<void> {
    if (typeof name !== 'string' || name === '')
      throw badInput('eventually name', name, 'it must be a non-empty string')
    if (typeof check !== 'function') throw badInput(`check of eventually '${name}'`, check, 'it must be a function')
    if (options === null || typeof options !== 'object') {
      throw badInput(`options of eventually '${name}'`, options, 'they must be an object')
    }
    for (const option of Object.keys(options)) {
      if (option !== 'within')
        throw badInput(`eventually option '${option}'`, show(options), "known options are 'within'")
    }
    const { within = defaultWithinMs } = options
    if (!(typeof within === 'number' && within > 0 && Number.isFinite(within))) {
      throw badInput(`within of eventually '${name}'`, within, 'it must be a number of virtual milliseconds above 0')
    }
    this.wereAdded = true
    const { owner } = this.engine
    const promise = new Awaited<void>((resolve) => {
      const withinMicros = Math.round(within * 1000)
      const one = { name, check, withinMicros, owner, resolve, lastAnswer: 'nothing', deadline: undefined }
      this.open.push(one)
      if (this.isMended) this.arm(one)
    })
    if (!this.isMended) promise.whenAwaited = () => (this.wantsMending = true)
    return promise
  }

  /** Mending begins: from now on they are looked at, and their time runs. */
  mend(): void {
    this.wantsMending = false
    if (this.isMended) return
    this.isMended = true
    for (const one of this.open) this.arm(one)
  }

  /** Looks at each after an event; a failure is the iteration's. */
  check(): void {
    if (!this.isMended) return
    const { engine } = this
    const { owner } = engine
    engine.owner = engine.test
    this.open = this.open.filter((one) => engine.failure !== undefined || !this.isTrue(one))
    engine.owner = owner
  }

  private arm(one: Eventual): void {
    const { engine } = this
    const due = engine.now + one.withinMicros
    one.deadline = engine.scheduleAt(due, deadlineKind, 0, engine.test, () => (one.deadline = undefined), one)
  }

  private isTrue(one: Eventual): boolean {
    const { engine } = this
    const answer = this.ask(one)
    if (answer === true) {
      engine.recorder?.check('eventually', one.name, true)
      if (one.deadline !== undefined) engine.cancel(one.deadline)
      const resolve = one.resolve as (data: unknown) => void
      // In an event of its own: what waits for it runs neither inside another's event nor before this look is over.
      engine.scheduleAt(engine.now, EventKind.settle, one.owner.hash, one.owner, resolve, undefined)
      return true
    }
    one.lastAnswer = answer
    if (one.deadline === undefined && engine.failure === undefined) this.tooLate(one)
    return false
  }

  /** True, or what it answered instead; a check that throws is not true yet. */
  private ask({ name, check }: Eventual): true | string {
    let answer: unknown
    try {
      answer = check()
    } catch (error) {
      return `nothing, it threw ${show(error)}`
    }
    if (answer === true || typeof answer === 'string') return answer
    if (answer === false) return 'false'
    const text =
      `the check of eventually "${name}" answered ${show(answer)}: it must answer true, or false or a string that says ` +
      'why not, synchronously'
    this.engine.report('NotEventually', name, text, new SimulationError('BAD_INVARIANT', text))
    return text
  }

  private tooLate({ name, withinMicros, lastAnswer }: Eventual): void {
    const text = `"${name}" did not become true within ${formatMillis(withinMicros)} virtual after mending; it last answered: ${lastAnswer}`
    this.engine.recorder?.check('eventually', name, false, lastAnswer)
    this.engine.report('NotEventually', name, text)
  }
}
