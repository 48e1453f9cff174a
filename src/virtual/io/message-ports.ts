import workerThreads from 'node:worker_threads'
import type { Engine } from '../../engine/engine.ts'
import { eventKind } from '../../engine/event.ts'
import type { Owner } from '../../engine/owner.ts'
import { simulating } from '../simulating.ts'

const messageKind = eventKind<unknown>('port message')

type Listener = (value: unknown) => void
type WebListener = (event: Event) => void

/** What both kinds of ends have: listeners in the style of the web and of Node, and messages that wait for them. */
abstract class Receiver extends EventTarget {
  onmessage: ((event: MessageEvent) => void) | null = null
  onmessageerror: ((event: MessageEvent) => void) | null = null
  protected readonly engine: Engine
  protected readonly owner: Owner
  protected isClosed = false
  private readonly nodeListeners = new Map<Listener, WebListener>()

  constructor(engine: Engine) {
    super()
    this.engine = engine
    this.owner = engine.owner
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  hasRef(): boolean {
    return false
  }

  on(type: string, listener: Listener): this {
    const call: WebListener = (event) => listener(type === 'message' ? (event as MessageEvent).data : event)
    this.nodeListeners.set(listener, call)
    this.addEventListener(type, call)
    return this
  }

  addListener(type: string, listener: Listener): this {
    return this.on(type, listener)
  }

  once(type: string, listener: Listener): this {
    const once: Listener = (value) => {
      this.off(type, once)
      listener(value)
    }
    return this.on(type, once)
  }

  off(type: string, listener: Listener): this {
    const call = this.nodeListeners.get(listener)
    if (call !== undefined) this.removeEventListener(type, call)
    return this
  }

  removeListener(type: string, listener: Listener): this {
    return this.off(type, listener)
  }

  /** Copies a message now and hands it over in an event of the receiver's. */
  receive(message: unknown, transfer: readonly unknown[]): void {
    const data: unknown = structuredClone(message, { transfer: transfer as never })
    const { engine, owner } = this
    engine.scheduleAt(engine.now, messageKind, messageKind.code, owner, () => this.hear(data), undefined)
  }

  protected hear(data: unknown): void {
    if (this.isClosed) return
    const event = new MessageEvent('message', { data })
    this.onmessage?.(event)
    this.dispatchEvent(event)
  }
}

/** One end of a virtual MessageChannel. Messages wait until somebody listens, as in Node. */
class Port extends Receiver {
  other: Port | undefined
  private hasStarted = false
  private waiting: unknown[] = []
  private handler: ((event: MessageEvent) => void) | null = null

  constructor(engine: Engine) {
    super(engine)
    Object.defineProperty(this, 'onmessage', {
      get: () => this.handler,
      set: (handler: ((event: MessageEvent) => void) | null) => {
        this.handler = handler
        if (handler !== null) this.start()
      },
    })
  }

  postMessage(message: unknown, transfer: readonly unknown[] | { transfer?: readonly unknown[] } = []): void {
    const list = Array.isArray(transfer) ? transfer : ((transfer as { transfer?: unknown[] }).transfer ?? [])
    if (!this.isClosed) this.other?.receive(message, list)
  }

  start(): void {
    this.hasStarted = true
    for (const data of this.waiting.splice(0)) super.hear(data)
  }

  close(): void {
    if (this.isClosed) return
    const { other } = this
    this.isClosed = true
    this.dispatchEvent(new Event('close'))
    other?.close()
  }

  override on(type: string, listener: Listener): this {
    super.on(type, listener)
    if (type === 'message') this.start()
    return this
  }

  protected override hear(data: unknown): void {
    if (this.hasStarted) super.hear(data)
    else this.waiting.push(data)
  }
}

class Channel {
  readonly port1: Port
  readonly port2: Port

  constructor(engine: Engine) {
    this.port1 = new Port(engine)
    this.port2 = new Port(engine)
    this.port1.other = this.port2
    this.port2.other = this.port1
  }
}

/** The open channels of one simulation, by name. */
const broadcasts = new WeakMap<Engine, Map<string, Set<Broadcast>>>()

class Broadcast extends Receiver {
  readonly name: string

  constructor(engine: Engine, name: string) {
    super(engine)
    this.name = name
    this.members().add(this)
  }

  postMessage(message: unknown): void {
    if (this.isClosed) throw new DOMException('BroadcastChannel is closed.', 'InvalidStateError')
    for (const other of this.members()) if (other !== this) other.receive(message, [])
  }

  close(): void {
    this.isClosed = true
    this.members().delete(this)
  }

  private members(): Set<Broadcast> {
    let byName = broadcasts.get(this.engine)
    if (byName === undefined) broadcasts.set(this.engine, (byName = new Map()))
    let members = byName.get(this.name)
    if (members === undefined) byName.set(this.name, (members = new Set()))
    return members
  }
}

/** Makes a class whose instances are virtual inside a simulation. */
function virtualClass(
  key: 'MessageChannel' | 'BroadcastChannel',
  make: (engine: Engine, args: unknown[]) => object,
): void {
  const original = workerThreads[key] as unknown as new (...args: unknown[]) => object
  const replacement = new Proxy(original, {
    construct(target, args: unknown[], newTarget) {
      const engine = simulating(`new ${key}`)
      return engine === undefined ? (Reflect.construct(target, args, newTarget) as object) : make(engine, args)
    },
  })
  Object.assign(workerThreads, { [key]: replacement })
  const { enumerable = false } = Object.getOwnPropertyDescriptor(globalThis, key) ?? {}
  Object.defineProperty(globalThis, key, { value: replacement, writable: true, configurable: true, enumerable })
}

/** Lets channels carry messages in virtual time: between parts of a node, and between nodes of one simulation. */
export function installMessagePorts(): void {
  virtualClass('MessageChannel', (engine) => new Channel(engine))
  virtualClass('BroadcastChannel', (engine, [name]) => new Broadcast(engine, String(name)))
}
