import { Coverage } from '../assertions/coverage.ts'
import { current } from '../engine/current.ts'
import type { SeedModules } from '../modules/seed-modules.ts'
import type { RunContext } from './run-context.ts'
import type { Driver } from '../world/drive.ts'
import type { FollowsOwners } from '../world/iteration-plan.ts'
import { type Body, Iteration } from '../world/iteration.ts'
import { contextIsFree } from '../virtual/own-storage.ts'
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
  /** Find out what wakes code in real time. */
  readonly followsReal?: boolean
  /** Find code of dead and paused nodes that goes on in other events; see Strays. */
  readonly followsOwners?: FollowsOwners | undefined
  /** What it does instead of everything it draws. */
  readonly plan?: ReplayPlan
  /** Other modules than those of the test. */
  readonly modules?: (() => SeedModules) | undefined
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
  /** In some seed a node has been stopped in some way, by the test itself maybe; undefined: none has run yet. */
  private nodesStop: boolean | undefined
  /** Real work beside the simulation has called what only promise hooks tell from the simulation's own. */
  private followsReal = false
  private sawOthers = false

  constructor(body: Body, options: ResolvedOptions, context: RunContext, driver: Driver) {
    this.body = body
    this.options = options
    this.context = context
    this.driver = driver
  }

  async run(seed: number, number: number, run: SeedRun): Promise<IterationResult> {
    const result = await this.once(seed, number, run)
    if (result.failure?.kind !== 'RealWork' || contextIsFree || (run.followsReal ?? this.followsReal)) return result
    // Only promise hooks say whether it was code of the simulation, or of a server or timer that the test file has.
    this.followsReal = true
    const again = await this.once(seed, number, run)
    if (this.sawOthers && again.failure?.kind !== 'RealWork') return again
    this.followsReal = false
    return result
  }

  private async once(seed: number, number: number, run: SeedRun): Promise<IterationResult> {
    const { options, context } = this
    const { beforeIteration, afterIteration } = context
    const isRepeat = run.coverage === undefined
    const modules = (run.modules ?? context.modules)?.()
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
      followsReal: run.followsReal ?? this.followsReal,
      watchesOutside: context.watchesOutside,
      followsOwners: run.followsOwners ?? (this.nodesStop === false ? undefined : 'where free'),
      isRepeat,
      prints: context.prints,
      afterBody: context.afterBody,
      modules,
    })
    if (modules !== undefined) {
      current.modules = modules
      // Hooks see them, too.
      await this.drive(iteration)
      if (iteration.failure !== undefined) {
        return this.leave(iteration, modules)
      }
    }
    let hasBegun = true
    try {
      // Most surroundings have nothing to wait for; an await costs as much as an event.
      const ready = beforeIteration?.(number) as Promise<unknown> | undefined
      if (ready !== undefined) await ready
    } catch (error) {
      hasBegun = false
      iteration.hookFailed('before the body', error)
    }
    if (hasBegun) await this.drive(iteration)
    try {
      const done = afterIteration?.(number, { failure: iteration.failure, isRepeat }) as Promise<unknown> | undefined
      if (done !== undefined) await done
    } catch (error) {
      iteration.hookFailed('after the body', error)
    }
    return this.leave(iteration, modules)
  }

  private leave(iteration: Iteration, modules: SeedModules | undefined): IterationResult {
    current.modules = undefined
    modules?.end()
    this.sawOthers = iteration.realWork?.sawOthers === true
    this.nodesStop = this.nodesStop === true || iteration.world.engine.hasGone
    return iteration.result()
  }

  private async drive(iteration: Iteration): Promise<void> {
    this.current = iteration
    const { exitCode } = process
    await this.driver.run(iteration)
    // What code of a seed has set is not how the run of all tests ends.
    if (process.exitCode !== exitCode) process.exitCode = exitCode
    this.current = undefined
  }

  /** Ends the seed under way without a verdict. */
  interrupt(): void {
    this.current?.interrupt()
  }
}

const noMask: ReadonlySet<string> = new Set()
