import type { Engine } from '../engine/engine.ts'
import { eventKind } from '../engine/event.ts'
import { isThenable } from '../nodes/node.ts'
import type { ActorType } from './actor.ts'
import type { Registration } from './registration.ts'

/** 'loading': the factory runs; 'active': takes turns; 'closing': its hooks run; 'gone'. */
export type ActivationState = 'loading' | 'active' | 'closing' | 'gone'

interface Turn {
  readonly method: string
  readonly payload: unknown
  readonly chain: readonly string[]
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

const turnKind = eventKind<string>('turn', (actor) => actor)

/** What an activation tells its node. */
export interface ActivationOwner {
  readonly engine: Engine
  /** A message reached an activation that is gone: our own rule is broken. */
  handledAfterEnd(activation: Activation): void
}

/** The activation ended before it came to this message. */
export class Refused extends Error {}

/** One life of one actor on one node: its methods, and the turns that wait. */
export class Activation {
  readonly id: string
  readonly type: ActorType
  readonly registration: Registration
  state: ActivationState = 'loading'
  /** Virtual time of the last turn, µs. */
  lastUsed: number
  /** The chain of calls that the present turn belongs to; empty while reentrant turns interleave. */
  chain: readonly string[] = []
  readonly hooks: (() => unknown)[] = []
  readonly timers = new Set<() => void>()
  private readonly owner: ActivationOwner
  private readonly engine: Engine
  private readonly waiting: Turn[] = []
  private methods: Readonly<Record<string, (payload: never) => unknown>> = {}
  private running = 0
  private whenIdle: (() => void) | undefined

  constructor(owner: ActivationOwner, id: string, type: ActorType, registration: Registration) {
    this.owner = owner
    this.engine = owner.engine
    this.id = id
    this.type = type
    this.registration = registration
    this.lastUsed = this.engine.now
  }

  /** The factory has settled: turns begin. */
  begin(methods: object): void {
    this.methods = methods as typeof this.methods
    this.state = 'active'
  }

  /** Takes a message: the result when the turn ends at once, else a promise of it. */
  call(method: string, payload: unknown, chain: readonly string[]): unknown {
    this.lastUsed = this.engine.now
    if (this.running > 0 && !this.type.reentrant) {
      return new Promise((resolve, reject) => {
        this.waiting.push({ method, payload, chain, resolve, reject })
      })
    }
    return this.turn(method, payload, chain)
  }

  /** True while a turn is under way that a call from `chain` would wait for for ever. */
  isWaitedForBy(chain: readonly string[]): boolean {
    return !this.type.reentrant && this.running > 0 && chain.includes(this.id)
  }

  /** Runs `callback` as a turn, after those that wait. */
  runTurn(callback: () => unknown): void {
    const fail = (error: unknown): void => this.engine.fail(error)
    if (this.running > 0 && !this.type.reentrant) {
      this.waiting.push({ method: '', payload: callback, chain: [], resolve: () => {}, reject: fail })
      return
    }
    try {
      const result = this.turn('', callback, [])
      if (isThenable(result)) result.then(undefined, fail)
    } catch (error) {
      fail(error)
    }
  }

  /** Resolves when no turn is under way; messages that still wait are given back. */
  drain(): Promise<void> {
    this.state = 'closing'
    if (this.running === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.whenIdle = resolve
    })
  }

  /** The end: timers die; what waits is refused, so that it is routed again. */
  end(): void {
    this.state = 'gone'
    for (const cancel of this.timers) cancel()
    this.timers.clear()
    for (const turn of this.waiting.splice(0)) turn.reject(new Refused())
  }

  private turn(method: string, payload: unknown, chain: readonly string[]): unknown {
    if (this.state === 'gone') this.owner.handledAfterEnd(this)
    this.running++
    this.chain = this.type.reentrant ? [] : chain
    let result: unknown
    try {
      result = method === '' ? (payload as () => unknown)() : this.method(method)(payload as never)
    } catch (error) {
      this.over()
      throw error
    }
    if (!isThenable(result)) {
      this.over()
      return result
    }
    return result.then(
      (value) => {
        this.over()
        return value
      },
      (error: unknown) => {
        this.over()
        throw error
      },
    )
  }

  private method(name: string): (payload: never) => unknown {
    const method = Object.hasOwn(this.methods, name) ? this.methods[name] : undefined
    if (typeof method === 'function') return method
    throw new TypeError(`actor ${this.id} has no method '${name}'; it has ${Object.keys(this.methods).join(', ')}`)
  }

  private over(): void {
    this.running--
    this.lastUsed = this.engine.now
    if (this.running > 0) return
    this.chain = []
    this.whenIdle?.()
    if (this.waiting.length > 0 && this.state === 'active') {
      this.engine.schedule(0, turnKind, 'turn', () => this.nextTurn(), this.id)
    }
  }

  private nextTurn(): void {
    if (this.running > 0 || this.state !== 'active') return
    const turn = this.waiting.shift()
    if (turn === undefined) return
    try {
      turn.resolve(this.turn(turn.method, turn.payload, turn.chain))
    } catch (error) {
      turn.reject(error)
    }
  }
}
