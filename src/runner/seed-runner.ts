import { Coverage } from '../assertions/coverage.ts'
import type { RunContext } from './run-context.ts'
import type { Driver } from '../world/drive.ts'
import { type Body, Iteration } from '../world/iteration.ts'
import type { ResolvedOptions } from './options.ts'
import type { ReplayPlan } from '../world/replay-plan.ts'
import type { IterationResult } from '../world/iteration-result.ts'

/** How one run of a seed differs from plain exploring. */
export interface SeedRun {
  /** Where its assertions are counted; undefined: nowhere, because the seed has been counted already. */
  readonly coverage?: Coverage
  readonly recording?: boolean
  /** Make the records that tell what happened. */
  readonly telling?: boolean
  /** Keep what another run is to be compared with. */
  readonly isCompared?: boolean
  /** Follow the promises that are made until then, virtual µs; see Awaits. */
  readonly awaitsUntil?: number | undefined
  /** What it does instead of everything it draws. */
  readonly plan?: ReplayPlan
  /** Without chaos, in the order of scheduling. */
  readonly calm?: boolean
}

/** Runs single seeds of one simulation, with the surroundings' hooks. */
export class SeedRunner {
  private readonly body: Body
  private readonly options: ResolvedOptions
  private readonly context: RunContext
  private readonly driver: Driver
  private current: Iteration | undefined

  constructor(body: Body, options: ResolvedOptions, context: RunContext, driver: Driver) {
    this.body = body
    this.options = options
    this.context = context
    this.driver = driver
  }

  async run(seed: number, number: number, run: SeedRun): Promise<IterationResult> {
    const { options, context } = this
    const { beforeIteration, afterIteration } = context
    let before: { readonly error: unknown } | undefined
    try {
      // Most surroundings have nothing to wait for; an await costs as much as an event.
      const ready = beforeIteration?.(number) as Promise<unknown> | undefined
      if (ready !== undefined) await ready
    } catch (error) {
      before = { error }
    }
    const isRepeat = run.coverage === undefined
    const iteration = new Iteration(this.body, {
      seed,
      number,
      chaos: run.calm === true ? 'calm' : options.chaos,
      schedule: run.calm === true ? 'fifo' : options.schedule,
      nodes: run.plan?.nodes ?? options.nodes,
      limits: options.limits,
      coverage: run.coverage ?? new Coverage(),
      mask: context.mask ?? noMask,
      plan: run.plan,
      invariants: options.invariants,
      placement: options.placement,
      busClass: context.busClass,
      recording: run.recording ?? false,
      telling: run.telling,
      isCompared: run.isCompared ?? false,
      awaitsUntil: run.awaitsUntil,
      isRepeat,
      prints: context.prints,
      afterBody: context.afterBody,
    })
    if (before !== undefined) iteration.hookFailed('before the body', before.error)
    else {
      this.current = iteration
      await this.driver.run(iteration)
      this.current = undefined
    }
    try {
      const done = afterIteration?.(number, { failure: iteration.failure, isRepeat }) as Promise<unknown> | undefined
      if (done !== undefined) await done
    } catch (error) {
      iteration.hookFailed('after the body', error)
    }
    return iteration.result()
  }

  /** Ends the seed under way without a verdict. */
  interrupt(): void {
    this.current?.interrupt()
  }
}

const noMask: ReadonlySet<string> = new Set()
