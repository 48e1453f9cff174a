import { type ExpectStatic, type RunnerTestCase, expect } from 'vitest'
import { hookSettings } from './vitest-runner.ts'

interface ExpectState {
  assertionCalls: number
  expectedAssertionsNumber: number | null
  isExpectingAssertions: boolean
}

interface SoftError {
  readonly name?: string
  readonly message?: string
  readonly stack?: string
  readonly actual?: unknown
  readonly expected?: unknown
  readonly operator?: string
}

/** Makes `expect.soft`, `expect.assertions` and `expect.hasAssertions` count per iteration instead of per test. */
export class Expectations {
  private readonly task: RunnerTestCase
  /** Errors that are there already: those of the attempts before a retry. */
  private readonly known: number
  /** Each iteration must assert something. */
  private readonly required: boolean

  constructor(task: RunnerTestCase) {
    this.task = task
    this.known = task.result?.errors?.length ?? 0
    this.required = hookSettings().requireAssertions
  }

  /** Forgets what the last iteration counted. */
  begin(): void {
    this.reset(0)
  }

  /** Throws what Vitest would only say at the end of the test; `asserts`: the iteration has assertions of the simulator. */
  check(asserts: () => boolean): void {
    this.throwSoft()
    const state = this.counting.getState() as unknown as ExpectState
    const { assertionCalls, expectedAssertionsNumber, isExpectingAssertions } = state
    if (expectedAssertionsNumber !== null && assertionCalls !== expectedAssertionsNumber) {
      throw new Error(`expected number of assertions to be ${expectedAssertionsNumber}, but got ${assertionCalls}`)
    }
    if (assertionCalls > 0) return
    if (isExpectingAssertions || (this.required && !asserts())) {
      throw new Error('expected any number of assertion, but got none')
    }
  }

  /** Throws the failed soft expectations since the last call as one error. */
  throwSoft(): void {
    const soft = this.takeSoftErrors()
    if (soft !== undefined) throw soft
  }

  /** Tells of the next call of `expect`; returns how to stop that. */
  watch(called: (api: string) => void): () => void {
    const all = this.counting === expect ? [expect] : [expect, this.counting]
    const undo = all.map((one) => watchCalls(one, () => called('expect')))
    return () => undo.forEach((stop) => stop())
  }

  /** Leaves nothing for Vitest to count at the end: every iteration has been checked. */
  end(): void {
    this.reset(1)
    this.takeSoftErrors()
  }

  /** The `expect` whose calls Vitest counts: the context's own once somebody has asked for it. */
  private get counting(): ExpectStatic {
    const context = this.task.context as unknown as { readonly _local?: boolean; readonly expect: ExpectStatic }
    return context._local === true ? context.expect : expect
  }

  private reset(assertionCalls: number): void {
    forget(expect, assertionCalls)
    if (this.counting !== expect) forget(this.counting, assertionCalls)
  }

  /** The failed soft expectations of this iteration as one error; they are the iteration's failure from now on. */
  private takeSoftErrors(): Error | undefined {
    const { result } = this.task
    const errors = result?.errors
    if (result === undefined || errors === undefined || errors.length <= this.known) return undefined
    const [first, ...others] = errors.splice(this.known) as SoftError[]
    result.state = 'run'
    const message = [first?.message, ...others.map((error) => error.message)].join('\n')
    const error = new Error(message)
    error.name = first?.name ?? 'AssertionError'
    if (first?.stack !== undefined) error.stack = first.stack
    const { actual, expected, operator } = first ?? {}
    return Object.assign(error, { actual, expected, operator, showDiff: true })
  }
}

/** `expect.setState` takes longer than a short iteration: it defines every property anew. */
function forget({ getState }: ExpectStatic, assertionCalls: number): void {
  const state = getState() as unknown as ExpectState
  state.assertionCalls = assertionCalls
  state.expectedAssertionsNumber = null
  state.isExpectingAssertions = false
}

/** Each call of `expect` reads how many there were, and then writes one more. */
function watchCalls({ getState }: ExpectStatic, called: () => void): () => void {
  const state = getState() as unknown as ExpectState
  const { assertionCalls: value } = state
  const get = (): number => {
    called()
    return value
  }
  Object.defineProperty(state, 'assertionCalls', { configurable: true, enumerable: true, get })
  return () => {
    if (Object.getOwnPropertyDescriptor(state, 'assertionCalls')?.get !== get) return
    Object.defineProperty(state, 'assertionCalls', { configurable: true, enumerable: true, writable: true, value })
  }
}
