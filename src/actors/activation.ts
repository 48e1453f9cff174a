import { isA } from '../engine/describe-error.ts'
import type { Engine } from '../engine/engine.ts'
import { eventKind } from '../engine/event.ts'
import type { Wait } from '../engine/failure.ts'
import type { Owner } from '../engine/owner.ts'
import { isThenable } from '../engine/thenable.ts'
import type { ActorType } from './actor.ts'
import type { CallFate, CallLink } from './actor-call.ts'
import { Refused } from './errors.ts'
import type { Registration } from './directory/registration.ts'

/** 'loading': the factory runs; 'active': takes turns; 'closing': its hooks run; 'gone'. */
export type ActivationState = 'loading' | 'active' | 'closing' | 'gone'

/** One message, or one run of a timer's callback. */
interface Turn {
  readonly method: string | typeof timerTurn
  readonly payload: unknown
  readonly chain: readonly CallLink[]
  /** Undefined: a timer's. */
  readonly fate: CallFate | undefined
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

const turnKind = eventKind<string>('turn', (actor) => actor)
const noLinks: readonly CallLink[] = []
const hooksRun = Symbol('hooks')
const timerTurn = Symbol('timer')

/** How an activation is to end. */
export interface Ending {
  /** False: the registration goes with the node's lease. */
  readonly unregister: boolean
  readonly hooks: boolean
}

/** What an activation asks and tells its node. */
export interface ActivationOwner {
  readonly engine: Engine
  /** On whose behalf the actor's code runs. */
  readonly code: Owner
  /** True while the lease lasts under which the activation is registered. */
  mayRun(activation: Activation): boolean
  /** A message reached an activation that is gone: our own rule is broken. */
  handledAfterEnd(activation: Activation): void
  /** Work began, or ended, that no message waits for. */
  busy(change: 1 | -1): void
}

/** One life of one actor on one node: its methods, and the turns that wait. */
export class Activation {
  readonly id: string
  readonly type: ActorType
  readonly registration: Registration
  /** Later activations of the same actor have a higher one. */
  readonly fence: number
  state: ActivationState = 'loading'
  /** Virtual time of the last message, µs. */
  lastUsed: number
  /** The chain of calls that the present turn belongs to. */
  private chain: readonly CallLink[] = noLinks
  /** Reentrant turns are under way together: nobody can tell which of them makes a call. */
  private interleaved = false
  /** Number of the present turn. */
  private turns = 0
  /** What is under way, for a report of who waits: a method, '' for a timer's turn; and since when. */
  private doing: string | typeof hooksRun | typeof timerTurn = hooksRun
  private doingSince: number
  readonly hooks: (() => unknown)[] = []
  readonly timers = new Set<() => void>()
  private readonly owner: ActivationOwner
  private readonly engine: Engine
  private readonly waiting: Turn[] = []
  private methods: Readonly<Record<string, (payload: never) => unknown>> = {}
  private running = 0
  private whenIdle: (() => void) | undefined

  constructor(owner: ActivationOwner, id: string, type: ActorType, registration: Registration, fence: number) {
    this.owner = owner
    this.engine = owner.engine
    this.id = id
    this.type = type
    this.registration = registration
    this.fence = fence
    this.lastUsed = this.doingSince = this.engine.now
  }

  /** The factory has settled: turns begin. */
  begin(methods: object): void {
    this.methods = methods as typeof this.methods
    this.state = 'active'
    this.engine.recorder?.actor('active', this.id)
    this.continue()
  }

  /** Takes a message: the result when the turn ends at once, else a promise of it. */
  call(method: string, payload: unknown, chain: readonly CallLink[], fate?: CallFate): unknown {
    this.lastUsed = this.engine.now
    if (this.mustWait) {
      return new Promise((resolve, reject) => {
        this.waiting.push({ method, payload, chain, fate, resolve, reject })
      })
    }
    return this.turn(method, payload, chain, fate)
  }

  /** True when a call from `chain` would wait for ever for the turn that it comes from. */
  isWaitedForBy(chain: readonly CallLink[]): boolean {
    const { reentrant } = this.type
    // A reentrant one takes calls at any time, until it closes.
    if (this.running === 0 || (reentrant && this.state !== 'closing')) return false
    return chain.some(
      ({ activation, turn }) => activation === this.registration.activation && (reentrant || turn === this.turns),
    )
  }

  /** True while a turn is under way or waits. */
  get isBusy(): boolean {
    return this.running > 0 || this.waiting.length > 0
  }

  /** What keeps the activation from going on, when it is not idle. */
  *waits(node: string): Iterable<Wait> {
    const { id, doing, state, doingSince: since } = this
    if (state === 'loading') yield { owner: node, what: `factory of actor ${id}`, since, isUnderWay: true }
    else if (this.running === 0) return
    else if (doing === hooksRun)
      yield { owner: node, what: `deactivation hooks of actor ${id}`, since, isUnderWay: true }
    else {
      const what = doing === timerTurn ? `a timer's turn of actor ${id}` : `${id}.${doing}`
      yield { owner: node, what, since, isUnderWay: true }
    }
  }

  /** The chain of a call that the present turn makes. */
  chainOfCall(): readonly CallLink[] {
    if (this.interleaved) return noLinks
    return [...this.chain, { actor: this.id, activation: this.registration.activation, turn: this.turns }]
  }

  /** Runs `callback` as a turn, after those that wait. What it throws fails the simulation. */
  runTurn(callback: () => unknown): void {
    const fail = (error: unknown): void => {
      if (!isA(error, Refused)) this.engine.fail(error)
    }
    if (this.mustWait || this.state === 'loading') {
      this.waiting.push({
        method: timerTurn,
        payload: callback,
        chain: noLinks,
        fate: undefined,
        resolve: () => {},
        reject: fail,
      })
      return
    }
    if (!this.owner.mayRun(this)) return
    try {
      const result = this.turn(timerTurn, callback, noLinks, undefined)
      if (isThenable(result)) result.then(undefined, fail)
    } catch (error) {
      fail(error)
    }
  }

  /** Takes no message any more; resolves when no turn is under way. */
  drain(): Promise<void> {
    this.state = 'closing'
    if (this.running === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.whenIdle = resolve
    })
  }

  /** Runs the hooks as the last turn; what one throws fails the simulation. */
  async runHooks(): Promise<void> {
    this.running++
    this.turns++
    this.interleaved = false
    this.doing = hooksRun
    this.doingSince = this.engine.now
    for (const hook of this.hooks) {
      try {
        await hook()
      } catch (error) {
        this.engine.fail(error)
      }
    }
    this.running--
  }

  /** The end: timers die; what waits is refused, so that it is routed again. */
  end(): void {
    this.engine.recorder?.actor('deactivate', this.id)
    const waiting = this.vanish()
    for (const turn of waiting) turn.reject(new Refused())
  }

  /** The end together with the node: whoever waits here is dead, too. Returns what waited. */
  vanish(): readonly Turn[] {
    this.state = 'gone'
    for (const cancel of [...this.timers]) cancel()
    return this.waiting.splice(0)
  }

  /** Messages take their turns in the order in which they came. */
  private get mustWait(): boolean {
    return !this.type.reentrant && (this.running > 0 || this.waiting.length > 0)
  }

  private turn(
    method: string | typeof timerTurn,
    payload: unknown,
    chain: readonly CallLink[],
    fate: CallFate | undefined,
  ): unknown {
    if (this.state === 'gone') this.owner.handledAfterEnd(this)
    if (fate !== undefined) fate.ran = true
    this.interleaved = this.running > 0
    this.chain = chain
    this.doing = method
    this.doingSince = this.engine.now
    this.running++
    this.turns++
    const { recorder } = this.engine
    if (method !== timerTurn) recorder?.actor('call', this.id, payload, method)
    let result: unknown
    try {
      result =
        method === timerTurn ? (payload as () => unknown)() : this.method(method).call(this.methods, payload as never)
    } catch (error) {
      recorder?.actor('throw', this.id, error, nameOf(method))
      this.over()
      throw error
    }
    if (!isThenable(result)) {
      recorder?.actor('return', this.id, result, nameOf(method))
      this.over()
      return result
    }
    const isTimer = method === timerTurn
    if (isTimer) this.owner.busy(1)
    const over = (): void => {
      if (isTimer) this.owner.busy(-1)
      else this.lastUsed = this.engine.now
      this.over()
    }
    return result.then(
      (value) => {
        recorder?.actor('return', this.id, value, nameOf(method))
        over()
        return value
      },
      (error: unknown) => {
        recorder?.actor('throw', this.id, error, nameOf(method))
        over()
        throw error
      },
    )
  }

  private method(name: string): (payload: never) => unknown {
    const { methods } = this
    const method = methods[name]
    if (typeof method === 'function' && (Object.hasOwn(methods, name) || isOfItsClass(name))) return method
    throw new TypeError(`actor ${this.id} has no method '${name}'; it has ${methodNames(methods).join(', ')}`)
  }

  private over(): void {
    if (--this.running > 0) return
    this.chain = noLinks
    this.whenIdle?.()
    this.continue()
  }

  private continue(): void {
    if (this.waiting.length === 0 || this.state !== 'active') return
    this.engine.scheduleAt(this.engine.now, turnKind, 0, this.owner.code, () => this.nextTurn(), this.id)
  }

  private nextTurn(): void {
    if (this.running > 0 || this.state !== 'active') return
    // A lease that has ended ends this activation: what waits is refused.
    if (!this.owner.mayRun(this)) return
    const turn = this.waiting.shift()
    if (turn === undefined) return
    if (turn.fate?.refused === true) {
      // A copy whose caller has been told that the call did not run: it is refused again, where it came in.
      turn.reject(new Refused())
      this.continue()
      return
    }
    try {
      turn.resolve(this.turn(turn.method, turn.payload, turn.chain, turn.fate))
    } catch (error) {
      turn.reject(error)
    }
  }
}

function nameOf(method: string | typeof timerTurn): string {
  return method === timerTurn ? 'timer' : method
}

/** False for what every object has. */
function isOfItsClass(name: string): boolean {
  return !(name in Object.prototype)
}

/** Own ones and those of its classes. */
function methodNames(methods: Readonly<Record<string, unknown>>): string[] {
  const names = Object.keys(methods).filter((name) => typeof methods[name] === 'function')
  let above = Object.getPrototypeOf(methods) as object | null
  while (above !== null && above !== Object.prototype) {
    names.push(...Object.getOwnPropertyNames(above).filter((name) => isOfItsClass(name)))
    above = Object.getPrototypeOf(above) as object | null
  }
  return names
}
