import { type EventKind, type SimEvent, eventKind } from '../engine/event.ts'
import type { Engine } from '../engine/engine.ts'
import { badInput } from '../engine/errors.ts'
import { refuseGenerator } from '../engine/generators.ts'
import type { Wait } from '../engine/failure.ts'
import { Owner } from '../engine/owner.ts'
import { isThenable } from '../engine/thenable.ts'
import type { NodeRecord } from '../trace/records.ts'
import { NodeClock } from './clock.ts'
import { NodeCrashed } from './errors.ts'
import type { LifeCycleListener } from './life-cycle-listener.ts'
import { NodeProcesses } from './node-processes.ts'

/** `running`: handles messages; the others do not, `booting` and `paused` let them wait. */
export type NodeState = 'booting' | 'running' | 'paused' | 'crashed' | 'stopped'

export interface CrashOptions {
  /** What other nodes see. Default 'silence'. */
  readonly peers?: 'silence' | 'reset'
}

interface Task {
  /** Name of the function; '' has none. */
  readonly name: string
  readonly caller: Owner
  readonly resolve: (value: never) => void
  readonly reject: (error: Error) => void
  readonly since: number
  readonly stack: Error | undefined
}

const bootKind: EventKind<LifeCycle> = eventKind('boot', (node) => `incarnation ${node.incarnation}`)
const taskKind: EventKind<unknown> = eventKind('task')
const stopKind: EventKind<LifeCycle> = eventKind('stop', (node) => node.id)

/** The built-in invariants of nodes. */
export const nodeInvariants = {
  incarnations: 'a node has at most one living incarnation',
} as const

export type { LifeCycleListener }

/** Life and death of one node: boot, crash, restart, pause. Everything user code calls is on its subclass Node. */
export abstract class LifeCycle {
  readonly id: string
  /** Position among the simulation's nodes, from 0. */
  readonly index: number
  readonly clock: NodeClock
  /** Never dies: what reaches the node's address, whoever lives there. */
  readonly address: Owner
  /** The living (or last) incarnation. */
  owner: Owner
  /** Lives and dies with `owner`; its events keep no simulation going. */
  background: Owner
  state: NodeState = 'running'
  /** One-based; each restart is one more. */
  incarnation = 1

  /** False: the built-in invariant `incarnations` is off. */
  checksLives = true
  /** Ends the requests that other nodes have sent to this one; set by whoever knows them. */
  resetPeers: (() => void) | undefined
  protected readonly engine: Engine
  private readonly listeners: LifeCycleListener[] = []
  private readonly tasks = new Set<Task>()
  /** Who wants to know when the node has stopped; empty unless it is stopping. */
  private readonly stopping: (() => void)[] = []
  private stoppingSince = 0
  private stopEvent: SimEvent | undefined
  private stopper: Owner | undefined
  private bootFunction: (() => unknown) | undefined
  private bootSince: number | undefined
  /** One for each incarnation. */
  readonly processes: NodeProcesses

  constructor(engine: Engine, id: string, index: number) {
    this.engine = engine
    this.id = id
    this.index = index
    this.clock = new NodeClock(engine, () => [this.owner, this.background])
    this.address = new Owner(id)
    this.processes = new NodeProcesses(engine, this)
    ;[this.owner, this.background] = this.incarnate()
    engine.describeWaits(() => this.waits())
  }

  /** True while an incarnation lives (booting, running or paused). */
  get alive(): boolean {
    return this.owner.alive
  }

  /** True when the node has a boot function. */
  get hasBoot(): boolean {
    return this.bootFunction !== undefined
  }

  /** Milliseconds since this incarnation started, on the node's own clock. */
  monotonicMs(): number {
    return this.clock.monotonicMs(this.engine.now)
  }

  /** The same for who only looks on: it does not count as the node's asking for the time. */
  get uptimeMs(): number {
    return this.clock.uptimeMs(this.engine.now)
  }

  /** Number of `run` and `stop` calls under way. */
  get runningTasks(): number {
    return this.tasks.size + this.stopping.length
  }

  /** True while a graceful stop is under way. */
  get isStopping(): boolean {
    return this.stopping.length > 0
  }

  listen(listener: LifeCycleListener): void {
    this.listeners.push(listener)
  }

  /** Sets the boot function and runs it, now (unless the node is dead) and after every restart. */
  bootWith(boot: () => unknown): void {
    this.bootFunction = boot
    if (this.owner.alive) this.boot()
  }

  /**
   * Stops the node's code at once: its events, timers and pending work are gone and never run again.
   *
   * Its peers notice nothing, or with `peers: 'reset'` their requests to it end at once with ConnectionReset.
   */
  crash(options: CrashOptions = {}): void {
    const { peers = 'silence' } = options
    if (peers !== 'silence' && peers !== 'reset')
      throw badInput('crash peers', peers, "it must be 'silence' or 'reset'")
    const wasAlive = this.owner.alive
    this.engine.owner.acts()
    this.die('crashed')
    if (wasAlive && peers === 'reset') this.resetPeers?.()
  }

  /** Crashes the node and empties its storage; that of a dead one, too. */
  wipe(options: CrashOptions = {}): void {
    this.crash(options)
    this.engine.owner.acts()
    this.engine.note('fault', `wipe ${this.id}`)
    this.tell('wipe')
    for (const listener of this.listeners) listener.wiped?.()
  }

  /**
   * Stops gracefully: new messages are refused, work under way may end within `graceMs` (virtual, default 5,000), then
   * the node is down until `restart`. Resolves when it is down.
   */
  stop(graceMs = 5_000): Promise<void> {
    const { engine } = this
    const caller = engine.owner
    return new Promise((resolve) => this.stopThen(graceMs, () => engine.settle(caller, resolve, undefined)))
  }

  /** The same with a callback: called when the node is down, whoever's event that is. */
  stopThen(graceMs: number, down: () => void): void {
    if (!(Number.isFinite(graceMs) && graceMs >= 0)) throw badInput('stop(graceMs)', graceMs, 'it must be 0 or more ms')
    if (!this.owner.alive) return down()
    this.engine.owner.acts()
    this.stopping.push(down)
    if (this.stopping.length > 1) return
    this.stoppingSince = this.engine.now
    this.stopAfter(Math.round(graceMs * 1000))
    const { owner } = this
    const isTold = owner.life?.hears('SIGTERM') === true
    let left = this.listeners.length + (isTold ? 1 : 0)
    const done = (): void => {
      if (--left === 0 && owner.alive) this.stopAfter(0)
    }
    for (const listener of this.listeners) {
      if (listener.stopping === undefined) done()
      else listener.stopping(done)
    }
    // It ends by `process.exit()`, or when the grace is over.
    if (isTold) this.processes.signal('SIGTERM', 15)
  }

  private stopAfter(micros: number): void {
    const { engine } = this
    if (this.stopEvent !== undefined) engine.cancel(this.stopEvent)
    const end = (): void => {
      this.stopEvent = undefined
      this.die('stopped')
    }
    // Not the node's code: it must end a paused node, too.
    this.stopper ??= new Owner(`stop of ${this.id}`)
    this.stopEvent = engine.scheduleAt(engine.now + micros, stopKind, 0, this.stopper, end, this)
  }

  /**
   * Boots a new incarnation with empty memory; crashes the present one first when it is alive.
   *
   * Where the end of the present one makes somebody else restart the node (`stopThen`), the two are one restart.
   */
  restart(): void {
    const { incarnation } = this
    this.engine.owner.acts()
    if (this.owner.alive) this.die('crashed')
    // Whoever waited for the end of its stop may have restarted it just now: that is the restart that was asked for.
    if (this.incarnation !== incarnation) return
    if (this.owner.alive && this.checksLives) this.livesOn()
    this.incarnation++
    ;[this.owner, this.background] = this.incarnate()
    this.clock.reboot()
    if (this.bootFunction !== undefined) return this.boot()
    this.tell('boot')
    this.becomeUp()
  }

  /** Freezes the node: its code does not run, what reaches it waits. */
  pause(): void {
    if (this.state !== 'running' && this.state !== 'booting') return
    this.engine.owner.acts()
    this.state = 'paused'
    this.engine.note('fault', `pause ${this.id}`)
    this.tell('pause')
    this.engine.pause(this.owner)
    this.engine.pause(this.background)
  }

  /** Lets a paused node go on. */
  resume(): void {
    if (this.state !== 'paused') return
    this.engine.owner.acts()
    this.engine.note('fault', `resume ${this.id}`)
    this.tell('resume')
    this.engine.resume(this.owner)
    this.engine.resume(this.background)
    if (this.bootSince === undefined) this.becomeUp()
    else this.state = 'booting'
  }

  /**
   * Runs `task` as this node's code and resolves to its result.
   *
   * Throws (rejects with) NodeCrashed when the node is dead or dies before the task has settled.
   */
  run<T>(task: () => T | PromiseLike<T>): Promise<T> {
    try {
      if (typeof task !== 'function') throw badInput('node.run(task)', task, 'it must be a function')
      refuseGenerator(task, 'node.run(task)')
    } catch (error) {
      return Promise.reject(error)
    }
    return this.execute(task)
  }

  /** The same for the system's own tasks, which nobody need await. */
  execute<T>(task: () => T | PromiseLike<T>): Promise<T> {
    this.engine.guard()
    // The last words of code whose node has just died move nobody.
    if (!this.engine.owner.alive) return new Promise(() => {})
    if (!this.owner.alive) return Promise.reject(new NodeCrashed(this.id, 'run: it is not alive'))
    this.engine.owner.acts()
    return new Promise<T>((resolve, reject) => {
      const entry: Task = {
        name: task.name,
        caller: this.engine.owner,
        resolve,
        reject,
        since: this.engine.now,
        stack: this.engine.whereAmI(),
      }
      this.tasks.add(entry)
      this.engine.scheduleAt(this.engine.now, taskKind, 0, this.owner, () => this.perform(task, entry), undefined)
    })
  }

  /** Ends the incarnation; whoever waits for the end of a graceful stop is told. */
  die(reason: 'crashed' | 'stopped'): void {
    if (!this.owner.alive) return
    const death = reason === 'crashed' ? 'crash' : 'stop'
    this.engine.note('fault', `${death} ${this.id}`)
    this.tell(death)
    for (const owner of [this.owner, this.background]) {
      owner.alive = false
      owner.parked = undefined
    }
    this.engine.hasGone = true
    this.state = reason
    this.bootSince = undefined
    for (const task of this.tasks) {
      if (task.caller.alive) this.engine.settle(task.caller, task.reject, new NodeCrashed(this.id, this.describe(task)))
    }
    this.tasks.clear()
    for (const listener of this.listeners) listener.died(reason)
    if (this.stopEvent !== undefined) this.engine.cancel(this.stopEvent)
    this.stopEvent = undefined
    for (const down of this.stopping.splice(0)) down()
  }

  private tell(action: NodeRecord['action']): void {
    this.engine.recorder?.lead({ type: 'node', action, node: this.id, life: this.incarnation })
  }

  private livesOn(): void {
    const name = nodeInvariants.incarnations
    const reason = `${this.owner.id} still lives when incarnation ${this.incarnation + 1} of ${this.id} begins`
    this.engine.report('InvariantViolation', name, `"${name}": ${reason}`)
  }

  /** Who runs its code, and who does so in the background. */
  private incarnate(): [Owner, Owner] {
    const owner = new Owner(this.incarnation === 1 ? this.id : `${this.id}/${this.incarnation}`)
    const both: [Owner, Owner] = [owner, Owner.background(owner.id)]
    const life = this.processes.create()
    for (const one of both) {
      one.clock = this.clock
      one.life = life
      one.code = owner
      this.engine.recorder?.belongs(one, this.id, this.incarnation)
    }
    return both
  }

  private boot(): void {
    const owner = this.owner
    this.state = 'booting'
    this.tell('boot')
    this.bootSince = this.engine.now
    this.engine.scheduleAt(
      this.engine.now,
      bootKind,
      0,
      owner,
      () => {
        const result = this.bootFunction?.()
        if (!isThenable(result)) return this.booted(owner)
        result.then(
          () => this.booted(owner),
          (error: unknown) => this.engine.fail(error),
        )
      },
      this,
    )
  }

  private booted(owner: Owner): void {
    this.engine.suspended?.called('the end of a boot function')
    if (owner !== this.owner || !owner.alive) return
    this.bootSince = undefined
    if (this.state === 'booting') this.becomeUp()
  }

  private becomeUp(): void {
    this.state = 'running'
    this.tell('up')
    for (const listener of this.listeners) listener.up()
  }

  private perform<T>(task: () => T | PromiseLike<T>, entry: Task): void {
    const done = (settle: (value: never) => void, value: unknown): void => {
      this.engine.suspended?.called('the end of node.run')
      if (!this.tasks.delete(entry)) return
      this.engine.data?.add('result of run', value)
      this.engine.settle(entry.caller, settle, value as never)
    }
    let result: T | PromiseLike<T>
    try {
      result = task()
    } catch (error) {
      done(entry.reject as (value: never) => void, error)
      return
    }
    if (isThenable(result)) {
      result.then(
        (value) => done(entry.resolve, value),
        (error: unknown) => done(entry.reject as (value: never) => void, error),
      )
    } else {
      done(entry.resolve, result)
    }
  }

  private describe({ name }: Task): string {
    return `run ${name || 'task'} on ${this.id}`
  }

  private *waits(): Iterable<Wait> {
    for (const task of this.tasks) {
      yield { owner: task.caller.id, what: this.describe(task), since: task.since, stack: task.stack, isUnderWay: true }
    }
    if (this.owner.alive && this.bootSince !== undefined) {
      yield { owner: this.id, what: `boot of ${this.id}`, since: this.bootSince, isUnderWay: true }
    }
    if (this.isStopping)
      yield { owner: this.id, what: `stop of ${this.id}`, since: this.stoppingSince, isUnderWay: true }
  }
}
