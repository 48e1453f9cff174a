import { Coverage, type SiteRecord } from '../assertions/coverage.ts'
import { isGoal } from '../assertions/kinds.ts'
import type { FamilyCount } from '../chaos/faults.ts'
import { badInput } from '../engine/errors.ts'
import { refuseGenerator } from '../engine/generators.ts'
import { seedSequence } from '../random/seed.ts'
import { type Host, plainHost } from '../virtual/host.ts'
import { Driver, defaultDrive } from '../world/drive.ts'
import { Examiner } from './examiner.ts'
import type { RunContext, RunProgress } from './run-context.ts'
import type { SeedFailure } from './seed-failure.ts'
import type { Body } from '../world/iteration.ts'
import { plannedIterations } from './iteration-control.ts'
import { type ResolvedOptions, type SimulationOptions, resolveOptions } from './options.ts'
import type { StopReason } from './stop-reason.ts'
import { StopRule, requiredRecords } from './stop-rule.ts'
import { unusedFaults } from './reproduction.ts'
import { SeedRunner } from './seed-runner.ts'
import { type OperationTally, Tallies, type UnheardTally } from './tallies.ts'
import type { IterationResult } from '../world/iteration-result.ts'

/** A site's counts, and whether the verdict depends on it. */
export interface SiteResult extends Readonly<SiteRecord> {
  readonly required: boolean
}

/** The seed that was running when the run was ended. */
export interface SeedUnderWay {
  readonly seed: number
  /** One-based. */
  readonly iteration: number
  /** Virtual time it had come to, ms. */
  readonly virtualMs: number
  readonly events: number
}

/** A seed that passed, and its recorded run. */
export interface PassingSeed {
  readonly seed: number
  readonly run: IterationResult
}

/** What a simulation did and found. */
export interface SimulationResult {
  readonly status: 'passed' | 'failed' | 'interrupted'
  readonly stopReason: StopReason
  readonly seed: number
  readonly iterations: number
  /** The most iterations the control allows; null: it has no count. */
  readonly planned: number | null
  /** All iterations together. */
  readonly virtualMs: number
  readonly realMs: number
  readonly events: number
  readonly sites: readonly SiteResult[]
  readonly families: readonly FamilyCount[]
  readonly operations: readonly OperationTally[]
  readonly unheard: readonly UnheardTally[]
  readonly failure: SeedFailure | undefined
  /** Undefined: the run was not ended from outside. */
  readonly underWay: SeedUnderWay | undefined
  /** Required sites that were never reached, when that fails the simulation. */
  readonly missed: readonly SiteResult[]
  /** The last seed, recorded: where the run passed and that was asked for. */
  readonly passing: PassingSeed | undefined
  /** Says that a replay did not do what was expected of it; undefined: it did, or nothing was. */
  readonly notReproducible: string | undefined
  /** Says that a plan named faults that did not happen. */
  readonly unusedFaults: string | undefined
}

/**
 * Runs a simulation over its seeds and says what it found; it does not throw for what the code under test does.
 *
 * @throws SimulationError (BAD_INPUT) for bad options, before anything ran.
 */
export function checkSimulation(
  body: Body,
  options: SimulationOptions = {},
  context: RunContext = {},
): Promise<SimulationResult> {
  if (typeof body !== 'function') throw badInput('body', body, 'it must be a function (sim) => …')
  refuseGenerator(body, 'body')
  return new Campaign(body, resolveOptions(options), context).run()
}

class Campaign {
  private readonly options: ResolvedOptions
  private readonly context: RunContext
  private readonly host: Host
  private readonly driver: Driver
  private readonly coverage = new Coverage()
  private readonly families = new Map<string, FamilyCount>()
  private readonly tallies = new Tallies()
  private readonly root: number
  private readonly derivedSeed: (index: number) => number
  private readonly firstSeeds: readonly number[]
  private readonly startedAt: number
  private readonly runner: SeedRunner
  private readonly examiner: Examiner
  private interrupted = false
  private underWay: SeedUnderWay | undefined
  private iterations = 0
  private virtualMicros = 0
  private events = 0
  private reported = 0
  private failing: SeedFailure | undefined
  private notReproducible: string | undefined
  private unusedFaults: string | undefined

  constructor(body: Body, options: ResolvedOptions, context: RunContext) {
    this.options = options
    this.context = context
    this.host = context.host ?? plainHost
    this.driver = new Driver(this.host, context.drive ?? defaultDrive)
    this.driver.onSlice = () => this.betweenSlices()
    this.root = options.seed ?? context.seed ?? 0
    this.derivedSeed = seedSequence(this.root)
    const alone = context.alone === true
    this.firstSeeds = alone ? [] : [...new Set([...options.regressions, ...(context.corpus ?? [])])]
    this.startedAt = this.host.now()
    this.runner = new SeedRunner(body, options, context, this.driver)
    this.examiner = new Examiner(this.runner, {
      nodes: options.nodes,
      budget: options.shrink,
      now: () => this.host.now(),
      aborted: () => this.interrupted,
      suspects: context.suspects,
      onShrinking: (best) => {
        this.failing = best
        context.onShrinking?.(best)
      },
    })
  }

  async run(): Promise<SimulationResult> {
    const { control } = this.options
    const alone = this.options.alone || this.context.alone === true
    const total = alone ? 1 + this.firstSeeds.length : undefined
    const rule = new StopRule(control, {
      required: () => this.required(),
      elapsedMs: () => this.host.now() - this.startedAt,
      unseen: () => this.context.unseenSites?.() ?? false,
    })
    for (;;) {
      const failure = await this.one(this.seedOf(this.iterations))
      if (failure !== undefined) return this.finish('failure', failure)
      if (this.interrupted) return this.finish('interrupted', undefined)
      if (total !== undefined) {
        if (this.iterations >= total) return this.finish('count reached', undefined)
        continue
      }
      const counted = this.iterations - this.firstSeeds.length
      if (counted < 1) continue
      const reason = rule.after(counted)
      if (reason !== undefined) return this.finish(reason, undefined)
    }
  }

  private seedOf(index: number): number {
    const first = this.firstSeeds[index]
    return first ?? this.derivedSeed(index - this.firstSeeds.length)
  }

  /** One iteration with all that belongs to it; returns its failure. */
  private async one(seed: number): Promise<SeedFailure | undefined> {
    const number = this.iterations + 1
    this.coverage.iteration = number
    this.coverage.seed = seed
    const plan = this.context.alone === true ? this.context.plan : undefined
    this.context.onSeed?.(seed, number)
    const result = await this.runner.run(seed, number, {
      coverage: this.coverage,
      isCompared: this.isCheckedTwice(number),
      // A replay looks as closely as the run that found it.
      followsOwners: this.context.alone === true ? true : undefined,
      ...(plan && { plan }),
    })
    this.underWay = { seed, iteration: number, virtualMs: result.time / 1000, events: result.events }
    if (result.status === 'interrupted') return undefined
    this.iterations = number
    this.count(result)
    this.context.onResult?.(result)
    const { expected, alone } = this.context
    if (alone === true && expected !== undefined) {
      this.notReproducible = await this.examiner.reproduces(result, number, plan, expected)
    }
    // Another run has other faults: that says less.
    if (plan !== undefined && this.notReproducible === undefined) this.unusedFaults = unusedFaults(plan, result)
    if (result.failure !== undefined) return this.examiner.explain(result, number, plan)
    return this.isCheckedTwice(number) ? this.examiner.compare(result, number, plan) : undefined
  }

  /**
   * Every k-th iteration, where 1/k is the share asked for: which ones does not depend on the seed. And a replay: else one
   * of a seed that ran in two ways would pass.
   */
  private isCheckedTwice(number: number): boolean {
    const { determinism } = this.options
    if (this.context.alone === true) return determinism > 0 && this.notReproducible === undefined
    return determinism > 0 && number % Math.max(1, Math.round(1 / determinism)) === 0
  }

  private count(result: IterationResult): void {
    this.virtualMicros += result.time
    this.events += result.events
    this.tallies.add(result)
    for (const { family, injected, effective } of result.families) {
      const sum = this.families.get(family)
      if (sum === undefined) this.families.set(family, { family, injected, effective })
      else {
        sum.injected += injected
        sum.effective += effective
      }
    }
  }

  private async passing(): Promise<PassingSeed | undefined> {
    const { tellsPassing, alone, plan } = this.context
    if (tellsPassing !== true || this.iterations === 0) return undefined
    const seed = this.seedOf(this.iterations - 1)
    return { seed, run: await this.examiner.record(seed, this.iterations, alone === true ? plan : undefined) }
  }

  private required(): SiteRecord[] {
    return requiredRecords(this.coverage, this.context.bodySites ?? [], this.options.sometimes)
  }

  private betweenSlices(): void {
    const { signal, deadlineMs, onProgress } = this.context
    const now = this.host.now()
    if (signal?.aborted === true || (deadlineMs !== undefined && now - this.startedAt > deadlineMs)) {
      this.interrupted = true
      this.runner.interrupt()
    }
    if (onProgress !== undefined && now - this.reported > 200) {
      this.reported = now
      onProgress(this.progress())
    }
  }

  private progress(): RunProgress {
    let [reached, known] = [0, 0]
    for (const record of this.coverage.records()) {
      if (!isGoal(record)) continue
      known++
      if (record.hits > 0) reached++
    }
    return { iterations: this.iterations, virtualMs: this.virtualMicros / 1000, reached, known, failing: this.failing }
  }

  private async finish(stopReason: StopReason, failure: SeedFailure | undefined): Promise<SimulationResult> {
    const passing = failure === undefined && stopReason !== 'interrupted' ? await this.passing() : undefined
    await this.driver.leave()
    const required = new Set(this.required())
    const sites = [...this.coverage.records()].map((record) => ({ ...record, required: required.has(record) }))
    const unreached = sites.filter((site) => site.required && site.hits === 0)
    const alone = this.options.alone || this.context.alone === true
    const named = unreached.filter((site) => this.options.sometimes.includes(site.name))
    // A replay is not judged by its coverage; a seed that the test itself names has to reach what the test names.
    const isJudged = failure === undefined && this.context.alone !== true
    const missed = !isJudged ? [] : stopReason === 'coverage missed' ? unreached : named
    const interrupted = stopReason === 'interrupted'
    return {
      status: interrupted ? 'interrupted' : failure !== undefined || missed.length > 0 ? 'failed' : 'passed',
      stopReason: missed.length > 0 && !interrupted ? 'coverage missed' : stopReason,
      seed: this.root,
      iterations: this.iterations,
      planned: alone ? 1 + this.firstSeeds.length : plannedIterations(this.options.control),
      virtualMs: this.virtualMicros / 1000,
      realMs: this.host.now() - this.startedAt,
      events: this.events,
      sites,
      families: [...this.families.values()],
      operations: this.tallies.operations,
      unheard: this.tallies.unheard,
      failure,
      underWay: interrupted ? this.underWay : undefined,
      missed,
      passing,
      notReproducible: this.notReproducible,
      unusedFaults: this.unusedFaults,
    }
  }
}
