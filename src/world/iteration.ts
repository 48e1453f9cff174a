import { builtinInvariants } from './builtin-invariants.ts'
import { type ScheduleStrategy, drawStrategy } from '../chaos/schedule.ts'
import { type SeedChaos, drawChaos } from '../chaos/seed-chaos.ts'
import { current } from '../engine/current.ts'
import { describeError, fieldReads } from '../engine/describe-error.ts'
import { Engine } from '../engine/engine.ts'
import { EventKind } from '../engine/event.ts'
import { type Failure, nothingRuns } from '../engine/failure.ts'
import { formatMillis } from '../engine/format.ts'
import { bodyWaits } from '../engine/limit-texts.ts'
import { refuseGeneratorObject } from '../engine/generators.ts'
import { userFrames } from '../engine/stack.ts'
import { Recorder } from '../engine/recorder.ts'
import { Trace } from '../engine/trace.ts'
import { isThenable } from '../engine/thenable.ts'
import { beginContext } from '../virtual/async-context.ts'
import type { HostHang } from '../virtual/host.ts'
import type { Work } from './drive.ts'
import { FloatingCode } from './floating.ts'
import { follow, unfollow } from './follow.ts'
import { Loading } from './loading.ts'
import { hangReason } from './hang-reason.ts'
import type { IterationPlan } from './iteration-plan.ts'
import { RealWork } from './real-work.ts'
import { Rest, lookMicros } from './rest.ts'
import type { Simulation as PublicSimulation } from './door.ts'
import { Simulation } from './simulation.ts'
import { type IterationResult, SeedResult } from './iteration-result.ts'
import { World } from './world.ts'

/** The function under test: called once per iteration. */
export type Body = (sim: PublicSimulation) => unknown

type Phase = 'load' | 'body' | 'quiesce' | 'final quiesce' | 'shutdown' | 'over'

/** Name of the hang in a getter of an error. It is not looked for again: a debugger that looks there would run the getter. */
export const unreadable = 'an error that cannot be read'

/** One seed from boot to verdict: boot → chaos → quiesce → quiet checks → end. */
export class Iteration implements Work {
  readonly world: World
  private readonly engine: Engine
  private readonly body: Body
  private readonly plan: IterationPlan
  private readonly chaos: SeedChaos
  private readonly strategy: ScheduleStrategy
  private phase: Phase = 'load'
  private readonly loading: Loading | undefined
  private bodySettled = false
  private readonly floating: FloatingCode
  private interruptedFlag = false
  private readonly rest: Rest
  realWork: RealWork | undefined
  private unwatch: (() => void) | undefined
  /** A system that never rests is judged until this virtual time, µs; -1: it is not judged yet. */
  private judgedUntil = -1
  /** Virtual time, µs, at which all that happens at the instant of becoming quiet is over; -1: it is not quiet. */
  private instantEnds = -1

  constructor(body: Body, plan: IterationPlan) {
    const trace = plan.recording ? new Trace(plan.limits.traceEntries) : undefined
    this.plan = plan
    this.body = body
    this.engine = new Engine(plan.seed, plan.limits, trace, plan.recording || plan.isCompared === true)
    if (plan.telling === true) this.engine.recorder = new Recorder(this.engine, plan.limits.traceEntries)
    this.floating = new FloatingCode(this.engine)
    this.engine.isRepeat = plan.isRepeat === true
    this.engine.prints = plan.prints === true
    this.rest = new Rest(this.engine)
    if (plan.followsReal === true) this.realWork = new RealWork(this.engine, true)
    // Through a name, see World.addNode.
    const stuckSince = (): number | undefined => this.stuckSince()
    this.engine.stuckSince = stuckSince
    beginContext(this.engine)
    this.chaos = drawChaos(plan.chaos, this.engine.streams)
    follow(this.engine, plan, this.chaos)
    this.strategy = plan.schedule ?? drawStrategy(plan.chaos, this.engine.streams)
    const { coverage, mask, invariants, placement, busClass } = plan
    const replay = plan.plan
    const { chaos, strategy } = this
    this.world = new World(this.engine, { chaos, strategy, coverage, mask, replay, invariants, placement, busClass })
    for (let i = 1; i <= plan.nodes; i++) this.world.addNode(`n${i}`, true)
    this.loading = plan.modules && new Loading(this.engine, plan.modules)
    if (this.loading === undefined) this.begin()
  }

  /** True: its modules are to be evaluated first, by a run of its own. */
  get loads(): boolean {
    return this.phase === 'load'
  }

  enter(): void {
    current.engine = this.engine
    current.assertions = this.world.assertions
  }

  escaped(error: unknown): void {
    this.engine.fail(error)
  }

  hung({ stack, blockedMs, call }: HostHang): void {
    const { field } = fieldReads
    fieldReads.field = undefined
    const { owner, now, executed } = this.engine
    const frames = userFrames(stack)
    const where = frames[0] === undefined ? '' : `, ${frames[0].trim()}`
    const message =
      `event ${executed} of ${owner.id} at ${formatMillis(now)} virtual blocked for more than ${Math.round(blockedMs)} ms${where}: ` +
      hangReason(field, call, frames)
    const error = new Error(message)
    error.name = 'Hang'
    error.stack = [`Hang: ${message}`, ...frames].join('\n')
    this.engine.report('Hang', field === undefined ? 'event loop blocked' : unreadable, message, error)
  }

  suspend(isSuspended: boolean): void {
    const told = isSuspended ? (this.realWork ??= new RealWork(this.engine, false)) : undefined
    current.suspended = this.engine.suspended = told
    this.unwatch?.()
    this.unwatch = told && this.plan.watchesOutside?.((api) => told.called(api))
  }

  get waitsOutside(): boolean {
    return this.engine.waitsOutside && !this.interruptedFlag && this.phase !== 'over'
  }

  workOutside(): Promise<void> {
    return this.engine.outside.work()
  }

  get failure(): Failure | undefined {
    return this.engine.failure
  }

  /** What the surroundings do before or after the iteration has failed; `hook`: which part of it. */
  hookFailed(hook: string, error: unknown): void {
    if (this.phase !== 'over') this.end()
    this.engine.owner = this.engine.test
    this.engine.report('HookFailed', hook, describeError(error).message, error)
  }

  /** Ends the iteration without a verdict. */
  interrupt(): void {
    this.interruptedFlag = true
  }

  advance(): boolean {
    const { engine, world } = this
    if (this.phase === 'over') return false
    if (engine.failure === undefined) {
      world.invariants.check('event')
      if (world.eventuals.areOpen) world.eventuals.check()
    }
    if (engine.failure !== undefined || this.interruptedFlag) return this.end()
    if (this.phase === 'load') return this.load()
    if (this.phase === 'body') {
      if (this.bodySettled) this.bodyReturned()
      else if (world.quiescing.length > 0) this.beginQuiesce('quiesce')
      else if (world.eventuals.wantsMending) this.mend()
    }
    if (this.phase !== 'body' && this.settled()) {
      this.checkFramework()
      return this.end()
    }
    if (engine.failure !== undefined) return this.end()
    if (!engine.step() && !this.world.findsDeadPeers()) this.nothingRuns()
    return true
  }

  result(): IterationResult {
    const { engine, world, chaos, strategy } = this
    const status = engine.failure !== undefined ? 'failed' : this.interruptedFlag ? 'interrupted' : 'passed'
    const facts = {
      seed: this.plan.seed,
      status,
      failure: engine.failure,
      time: engine.now,
      events: engine.executed,
      families: [...world.faults.families()],
      faults: world.faults.injected,
      operations: world.workload.started,
      counts: world.workload.counts,
      unheard: world.bus.unheard.counts(),
      trace: engine.trace,
      told: engine.recorder?.told(world.nodes),
      data: engine.data,
    } as const
    return new SeedResult(facts, engine.digestWords(), chaos, strategy)
  }

  /** Evaluates the modules of the code under test, step by step; false when that is done. */
  private load(): boolean {
    const state = this.loading?.go() ?? 'done'
    if (state === 'waiting' && !this.engine.step()) this.loading?.reportStuck()
    if (state !== 'done') return true
    if (this.engine.failure !== undefined) return this.end()
    this.begin()
    return false
  }

  private begin(): void {
    this.phase = 'body'
    this.engine.scheduleAt(this.engine.now, EventKind.start, 0, this.engine.test, () => this.start(), undefined)
  }

  private start(): void {
    let result: unknown
    try {
      result = this.body(new Simulation(this.world, this.plan.number))
      refuseGeneratorObject(result, 'the body')
    } catch (error) {
      this.bodyFailed(error)
      return
    }
    if (!isThenable(result)) {
      this.bodySettled = true
      return
    }
    result.then(
      () => {
        this.engine.suspended?.called('the end of the test body')
        this.bodySettled = true
      },
      (error: unknown) => this.bodyFailed(error),
    )
  }

  /** Soft expectations and counted assertions: everything has run now, on the nodes too. */
  private checkFramework(): void {
    if (this.engine.failure !== undefined) return
    this.engine.owner = this.engine.test
    try {
      this.plan.afterBody?.(() => this.asserts())
    } catch (error) {
      this.bodyFailed(error)
    }
  }

  /** It has an invariant or an `eventually`, or an assertion of ours was evaluated. */
  private asserts(): boolean {
    if (this.world.eventuals.wereAdded) return true
    const builtin = Object.values<string>(builtinInvariants)
    if (this.world.invariants.names.some((name) => !builtin.includes(name))) return true
    const records = [...this.plan.coverage.records()]
    return records.some(({ kind, builtin, hits, misses }) => kind !== 'buggify' && !builtin && hits + misses > 0)
  }

  private bodyFailed(error: unknown): void {
    const { name, message } = describeError(error)
    this.engine.report('BodyFailed', name, message, error)
  }

  private bodyReturned(): void {
    this.engine.owner = this.engine.test
    this.world.owed.check()
    this.beginQuiesce('final quiesce')
  }

  private beginQuiesce(phase: 'quiesce' | 'final quiesce'): void {
    this.phase = phase
    this.rest.begin()
    this.judgedUntil = -1
    this.mend()
  }

  private mend(): void {
    this.engine.owner = this.engine.test
    this.world.mend()
  }

  /** In a quiesce phase: true when the iteration is over. */
  private settled(): boolean {
    const { engine, world } = this
    if (!world.quiet) {
      this.instantEnds = -1
      return this.settledWithoutRest()
    }
    if (!this.instantIsOver() || this.mustWait()) return false
    if (this.phase === 'shutdown') return this.shutDown()
    world.invariants.check('quiet')
    return engine.failure !== undefined || this.quiesced()
  }

  /** Before the end: what must become true after mending must do so, and the body's own code goes on. */
  private mustWait(): boolean {
    const { eventuals, owed } = this.world
    return this.phase === 'final quiesce' && (eventuals.areOpen || owed.areUnderWay || this.floating.goesOn())
  }

  /** The same for a system that renews its traffic for ever. */
  private settledWithoutRest(): boolean {
    const { engine, world, rest } = this
    if (!rest.renews()) {
      const { workload, quiescing } = world
      const mayWait = !workload.mayWait && workload.underWay > 0 && workload.underWay <= quiescing.length
      if (mayWait && rest.isStuckFor(lookMicros)) workload.mayWait = true
      if (rest.isStuckFor(engine.limits.quiesceMs * 1000))
        this.leak(`not quiet after ${formatMillis(engine.limits.quiesceMs * 1000)} virtual`, true)
      return false
    }
    if (engine.nextTime <= engine.now || this.mustWait()) return false
    if (this.phase === 'shutdown') return this.shutDown()
    if (this.judgedUntil < 0) this.judgedUntil = engine.now + lookMicros
    if (world.invariants.haveHeld()) return this.quiesced()
    if (engine.now < this.judgedUntil) return false
    world.bus.leavesOutRenewed = true
    const haveHeld = world.invariants.haveHeld()
    if (!haveHeld) world.invariants.failUnheld()
    world.bus.leavesOutRenewed = false
    return !haveHeld || this.quiesced()
  }

  /** The next round of the shutdown; true when it was the last. */
  private shutDown(): boolean {
    if (this.world.continueShutdown()) {
      this.rest.begin(0)
      return false
    }
    this.world.checkShutdown()
    return true
  }

  /** Quiet, and all that must hold then does: true when the iteration is over. */
  private quiesced(): boolean {
    const { engine, world } = this
    // Code of the body that has gone on after it may wait for quiet, too.
    if (this.phase === 'final quiesce' && world.quiescing.length === 0) {
      world.checkUnheard()
      if (engine.failure !== undefined) return true
      if (!world.continueShutdown()) return true
      this.phase = 'shutdown'
      this.rest.begin(0)
      // When no node is alive nothing is left to end, and nothing can run.
      if (world.quiet) world.checkShutdown()
      return world.quiet
    }
    for (const { owner, resolve } of world.quiescing.splice(0)) {
      // In an event of its own, also for the test: what it does next is drained before the next event is looked for.
      engine.scheduleAt(engine.now, EventKind.settle, owner.hash, owner, resolve as (data: unknown) => void, undefined)
    }
    if (this.phase === 'quiesce') this.phase = 'body'
    return false
  }

  /** False while something may still happen at this instant: a caller who is told an outcome has not heard it yet. */
  private instantIsOver(): boolean {
    const { engine } = this
    if (engine.nextTime > engine.now || engine.now === this.instantEnds) return true
    if (this.instantEnds < engine.now) {
      this.instantEnds = engine.now + 1
      engine.scheduleAt(this.instantEnds, EventKind.settle, 0, engine.test, () => {}, undefined)
    }
    return false
  }

  private nothingRuns(): void {
    const { workload, quiescing } = this.world
    if (this.phase === 'body') this.deadlock()
    else if (!workload.mayWait && workload.underWay > 0 && workload.underWay <= quiescing.length)
      workload.mayWait = true
    else this.leak('nothing can run any more')
  }

  private deadlock(): void {
    const { engine } = this
    const message = `nothing can run at ${formatMillis(engine.now)} virtual and the test body has not returned; waiting:`
    const hint = engine.waits().length === 0 ? bodyWaits : ''
    engine.reportDeadlock(nothingRuns, message + hint + engine.waiting(), engine.testMoved)
  }

  private leak(why: string, isRenewing = false): void {
    const { engine, world } = this
    const { inFlight } = world.network.counts
    const left = this.rest.leftovers(isRenewing)
    const messages = inFlight > 0 ? `\n  ${inFlight} message(s) in flight` : ''
    const message = `${why}; still under way:${engine.waiting(left)}${messages}`
    engine.owner = engine.test
    engine.report('Leak', 'work in flight when quiet', message, undefined, engine.waitingAt(left))
  }

  /**
   * Since when the body has waited, when it has done nothing for most of the run and nothing of its own is to come: whoever
   * polls does something, and who sleeps will.
   */
  private stuckSince(): number | undefined {
    const { testMoved, now, waitingEvents } = this.engine
    if (this.phase !== 'body' || this.bodySettled || testMoved >= now / 2) return undefined
    const comes = waitingEvents.some(({ owner, kind }) => owner.isTest && kind !== EventKind.interval)
    return comes ? undefined : testMoved
  }

  /** True: what the last checks left floating is drained, and is this iteration's doing, not the next one's. */
  private end(): boolean {
    this.phase = 'over'
    unfollow(this.engine)
    this.realWork?.stop()
    this.world.end()
    return this.world.invariants.runUserCode || this.world.eventuals.wereAdded
  }
}
