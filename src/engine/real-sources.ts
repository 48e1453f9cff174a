import { type AsyncHook, createHook, executionAsyncId } from 'node:async_hooks'
import { current } from './current.ts'
import { userFrames } from './stack.ts'

/** Real work that code of a simulation has begun. */
interface Source {
  /** Node's name for it: 'FSREQCALLBACK', 'WORKER'. */
  readonly type: string
  readonly error: Error
}

/** What Node makes all the time, and what begins nothing. */
const quiet = new Set([
  'PROMISE',
  'TickObject',
  'Microtask',
  'Immediate',
  'Timeout',
  'Simulation',
  'RANDOMBYTESREQUEST',
])

/**
 * Finds what has woken code in real time, by following asynchronous context. It costs as much as the simulation itself:
 * only the run that explains a failure has it.
 */
export class RealSources {
  private readonly sources = new Map<number, Source>()
  private readonly parents = new Map<number, number>()
  /** What code of the simulation has made. */
  private readonly own = new Set<number>()
  private readonly resolvers = new Map<number, number>()
  private readonly hook: AsyncHook

  constructor() {
    this.hook = createHook({
      init: (id, type, trigger) => {
        this.parents.set(id, trigger)
        if (current.engine === undefined) return
        this.own.add(id)
        if (!quiet.has(type)) this.sources.set(id, { type, error: new Error(type) })
      },
      promiseResolve: (id) => {
        const resolver = executionAsyncId()
        if (current.engine === undefined && resolver !== id) this.resolvers.set(id, resolver)
      },
    }).enable()
  }

  stop(): void {
    this.hook.disable()
  }

  /** What has led to the running code, and where it was begun; undefined: it is not known. */
  find(): string | undefined {
    const id = this.origin((one) => this.sources.has(one))
    const source = id === undefined ? undefined : this.sources.get(id)
    return source && describe(source)
  }

  /** True: the running code goes back to the simulation. */
  isOfSimulation(): boolean {
    return this.origin((id) => this.own.has(id)) !== undefined
  }

  /** The first of what has led to the running code for which that holds. */
  private origin(holds: (id: number) => boolean): number | undefined {
    let id: number | undefined = executionAsyncId()
    for (let steps = 0; id !== undefined && id !== 0 && steps < 10_000; steps++) {
      if (holds(id)) return id
      id = this.resolvers.get(id) ?? this.parents.get(id)
    }
    return undefined
  }
}

function describe({ type, error }: Source): string {
  const stack = error.stack ?? ''
  const [frame] = userFrames(stack)
  const inside = /^\s+at (?:async )?([\w.<> ]+) \((?:node:[\w/]+)/m.exec(stack.split('\n').slice(3).join('\n'))?.[1]
  const what = inside === undefined ? type : `${inside} (${type})`
  return frame === undefined ? what : `${what}, ${frame.trim()}`
}
