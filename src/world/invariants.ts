import { describeError } from '../engine/describe-error.ts'
import type { Engine } from '../engine/engine.ts'
import { refuseGenerator } from '../engine/generators.ts'
import type { Owner } from '../engine/owner.ts'
import { SimulationError, badInput, show } from '../engine/errors.ts'

/** `event`: after every event. `quiet`: when faults are off, everything healed and nothing in flight. */
export type InvariantTime = 'event' | 'quiet'

/** `true`, or a string that says why not. */
export type InvariantCheck = () => string | boolean

interface Invariant {
  readonly name: string
  readonly check: InvariantCheck
  /** True where the system never comes to rest: what it says is what makes that no leak. */
  readonly isImplied: boolean
  /** Where it was stated; only while recording. */
  readonly place: Error | undefined
}

/** The invariants of one iteration. */
export class Invariants {
  private readonly engine: Engine
  /** The test has added some: code that may leave promises floating. */
  runUserCode = false
  private readonly lists: Record<InvariantTime, Invariant[]> = { event: [], quiet: [] }
  /** Those `quiet` ones that have not held yet since the last mending, where the system never comes to rest. */
  private unheld: readonly Invariant[] | undefined

  constructor(engine: Engine) {
    this.engine = engine
  }

  /** Their names. */
  get names(): string[] {
    return [...this.lists.event, ...this.lists.quiet].map(({ name }) => name)
  }

  add(name: string, check: InvariantCheck, when: InvariantTime, isImplied = false): void {
    if (typeof name !== 'string' || name === '') throw badInput('invariant name', name, 'it must be a non-empty string')
    if (typeof check !== 'function') throw badInput(`check of invariant '${name}'`, check, 'it must be a function')
    refuseGenerator(check, `check of invariant '${name}'`)
    if (when !== 'event' && when !== 'quiet')
      throw badInput(`when of invariant '${name}'`, when, "it must be 'event' or 'quiet'")
    this.lists[when].push({ name, check, isImplied, place: this.engine.whereAmI() })
  }

  /** Checks all of one kind; the first that does not hold is the iteration's failure. */
  check(when: InvariantTime): void {
    const list = this.lists[when]
    if (list.length === 0) return
    const { engine } = this
    const owner = engine.owner
    engine.owner = engine.test
    for (const invariant of list) {
      if (engine.failure !== undefined) break
      this.checkOne(invariant, owner)
    }
    engine.owner = owner
  }

  /** The system is mended: all `quiet` ones are to hold anew. */
  mend(): void {
    this.unheld = undefined
  }

  /**
   * For a system that never comes to rest: true when each of the `quiet` ones has held at one instant of those at which
   * this was called. What is on its way at any one instant is no reason for any of them to hold at all of them.
   */
  haveHeld(): boolean {
    const { engine } = this
    const { owner } = engine
    engine.owner = engine.test
    this.unheld ??= this.lists.quiet.filter(({ isImplied }) => !isImplied)
    this.unheld = this.unheld.filter(({ check }) => !holds(check))
    engine.owner = owner
    return this.unheld.length === 0
  }

  /** Reports the first one that has never held. */
  failUnheld(): void {
    const [first] = this.unheld ?? []
    if (first !== undefined) this.checkOne(first, this.engine.owner)
  }

  private checkOne(invariant: Invariant, owner: Owner): void {
    let answer: unknown
    let failed = false
    let thrown: unknown
    try {
      answer = invariant.check()
    } catch (error) {
      failed = true
      thrown = error
    }
    // The check runs for the test; what it finds is the doing of whoever's event has just run.
    this.engine.owner = owner
    this.judge(invariant, answer, failed, thrown)
    this.engine.owner = this.engine.test
  }

  private judge({ name, place }: Invariant, answer: unknown, failed: boolean, error: unknown): void {
    const report = (message: string, thrown?: unknown): void =>
      this.engine.report('InvariantViolation', name, message, thrown, place)
    if (failed) {
      report(`"${name}": its check threw: ${describeError(error).message}`, error)
      return
    }
    if (answer === true) return
    this.engine.recorder?.check('invariant', name, false, typeof answer === 'string' ? answer : undefined)
    if (typeof answer === 'string') report(`"${name}": ${answer}`)
    else if (answer === false) report(`"${name}" does not hold`)
    else {
      const text = `the check of invariant "${name}" answered ${show(answer)}: it must answer true, or a string that says why not, synchronously`
      report(text, new SimulationError('BAD_INVARIANT', text))
    }
  }
}

function holds(check: InvariantCheck): boolean {
  try {
    return check() === true
  } catch {
    return false
  }
}
