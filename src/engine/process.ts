import { EventEmitter } from 'node:events'

/** How a process of a simulation ends. */
export interface ProcessEnd {
  /** As a shell would show it: 0 to 255. */
  readonly code: number
  /** What nobody caught, whatever that is; undefined: it ended itself, or a signal did. */
  readonly thrown?: { readonly error: unknown }
}

/** What `process.exit` throws inside a simulation, so that nothing more of the process runs. It is no error of anybody's. */
export class ProcessExit extends Error {
  override readonly name = 'ProcessExit'
}

export type Environment = Record<string, string | undefined>

/** Of the process that runs the tests; set by whoever knows it. */
export const environment: { real: () => Environment } = { real: () => ({}) }

const ofTest: ProcessOrigin = { host: 'localhost', environment: () => environment.real() }

/** The processes of one simulation. */
export class Processes {
  /** The test's own; made when it is asked for. */
  test: VirtualProcess | undefined
  private lastPid = 1_000

  /** The process of the test body: as far as it goes, everybody's parent. */
  get ofTest(): VirtualProcess {
    return (this.test ??= new VirtualProcess(1_000, ofTest))
  }

  nextPid(): number {
    return ++this.lastPid
  }

  /** What a new process inherits. */
  inherited(): Environment {
    return this.test?.env ?? environment.real()
  }
}

/** Who has made a process: says what it finds, and is told of its end. */
export interface ProcessOrigin {
  /** Id of the node; undefined: it is the test's process. */
  readonly nodeId?: string
  readonly host: string
  environment(): Environment
  /** Returns false when nothing of it may end. */
  ended?(process: VirtualProcess, end: ProcessEnd): boolean
}

/** What code finds in the global `process`: of one incarnation of a node, or of the test itself. */
export class VirtualProcess {
  readonly pid: number
  private readonly origin: ProcessOrigin
  private ownEnv: Environment | undefined
  private ownEvents: EventEmitter | undefined

  constructor(pid: number, origin: ProcessOrigin) {
    this.pid = pid
    this.origin = origin
  }

  get host(): string {
    return this.origin.host
  }

  /** Id of the node that it is the process of; undefined: the test. */
  get nodeId(): string | undefined {
    return this.origin.nodeId
  }

  /** Its environment, a copy: what it writes there nobody else reads. */
  get env(): Environment {
    return (this.ownEnv ??= textsOnly({ ...this.origin.environment() }))
  }

  /** Who listens to signals and to its end. */
  get events(): EventEmitter {
    return (this.ownEvents ??= new EventEmitter().setMaxListeners(0))
  }

  hears(event: string): boolean {
    return (this.ownEvents?.listenerCount(event) ?? 0) > 0
  }

  /** Ends it; false: it has no end of its own. */
  exit(code: number): boolean {
    if (this.origin.ended === undefined) return false
    if (this.hears('exit')) this.events.emit('exit', code)
    return this.origin.ended(this, { code })
  }

  /** An error that nobody caught: true when the process has dealt with it, or has died of it. */
  catches(error: unknown): boolean {
    for (const event of ['uncaughtException', 'unhandledRejection']) {
      if (!this.hears(event)) continue
      this.events.emit(event, error, event)
      return true
    }
    return this.origin.ended?.(this, { code: 1, thrown: { error } }) ?? false
  }
}

/** Values of an environment are texts, as in Node. */
function textsOnly(values: Environment): Environment {
  return new Proxy(values, {
    set: (target, key, value: unknown) => {
      if (typeof key === 'string') target[key] = String(value)
      return true
    },
    defineProperty: (target, key, descriptor) => {
      const value: unknown = descriptor.value
      return Reflect.defineProperty(target, key, { ...descriptor, value: String(value) })
    },
  })
}
