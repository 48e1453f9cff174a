import { type RunnerTestCase, expect } from 'vitest'

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

  constructor(task: RunnerTestCase) {
    this.task = task
    this.known = task.result?.errors?.length ?? 0
  }

  /** Forgets what the last iteration counted. */
  begin(): void {
    expect.setState({
      assertionCalls: 0,
      expectedAssertionsNumber: null,
      isExpectingAssertions: false,
    } as Partial<ExpectState>)
  }

  /** Throws what Vitest would only say at the end of the test. */
  check(): void {
    this.throwSoft()
    const state = expect.getState() as unknown as ExpectState
    if (state.expectedAssertionsNumber !== null && state.assertionCalls !== state.expectedAssertionsNumber) {
      const wanted = state.expectedAssertionsNumber
      throw new Error(`expected number of assertions to be ${wanted}, but got ${state.assertionCalls}`)
    }
    if (state.isExpectingAssertions && state.assertionCalls === 0) {
      throw new Error('expected any number of assertion, but got none')
    }
  }

  /** Throws the failed soft expectations since the last call as one error. */
  throwSoft(): void {
    const soft = this.takeSoftErrors()
    if (soft !== undefined) throw soft
  }

  /** Leaves nothing for Vitest to count at the end: every iteration has been checked. */
  end(): void {
    this.begin()
    this.takeSoftErrors()
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
