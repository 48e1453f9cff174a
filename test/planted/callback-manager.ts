/**
 * Request and response over one-way messages, as users write them: a table of callbacks by correlation id.
 *
 * One is correct; the others have the two bugs that such code usually has.
 */
import type { SimulationNode as Node } from '../../src/world/door.ts'

interface Callback {
  resolve(value: unknown): void
  reject(error: Error): void
  readonly timer: ReturnType<typeof setTimeout>
}

interface Envelope {
  readonly id: number
  readonly from: string
  readonly body: unknown
}

export class CallbackManager {
  protected readonly callbacks = new Map<number, Callback>()
  protected readonly node: Node
  /** Outcomes that were reported, by correlation id: more than one is a bug. */
  readonly outcomes = new Map<number, number>()
  private ids = 0

  constructor(node: Node) {
    this.node = node
    node.bus.handle('response', ({ id, body }: Envelope) => this.received(id, body))
  }

  get pending(): number {
    return this.callbacks.size
  }

  request(to: string, body: unknown, timeoutMs: number): Promise<unknown> {
    const id = ++this.ids
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.timedOut(id), timeoutMs)
      this.callbacks.set(id, { resolve, reject, timer })
      this.node.bus
        .send(to, 'request', { id, from: this.node.id, body })
        .catch((error: Error) => this.failed(id, error))
    })
  }

  protected received(id: number, body: unknown): void {
    const callback = this.take(id)
    if (callback === undefined) return
    this.report(id)
    callback.resolve(body)
  }

  protected timedOut(id: number): void {
    this.failed(id, new Error('timed out'))
  }

  protected failed(id: number, error: Error): void {
    const callback = this.take(id)
    if (callback === undefined) return
    this.report(id)
    callback.reject(error)
  }

  /** Whoever takes the callback is the one who may call it. */
  protected take(id: number): Callback | undefined {
    const callback = this.callbacks.get(id)
    this.callbacks.delete(id)
    clearTimeout(callback?.timer)
    return callback
  }

  protected report(id: number): void {
    this.outcomes.set(id, (this.outcomes.get(id) ?? 0) + 1)
  }
}

/** Looks the callback up, awaits something, and calls it: meanwhile the timeout has done the same. */
export class LosesTheRace extends CallbackManager {
  protected override received(id: number, body: unknown): void {
    const callback = this.callbacks.get(id)
    if (callback !== undefined) void this.decode(id, body, callback)
  }

  private async decode(id: number, body: unknown, callback: Callback): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 1))
    this.take(id)
    this.report(id)
    callback.resolve(body)
  }
}

/** Sends again after a timeout, and puts the correlation id back though the response may have come by then. */
export class ReinsertsTheId extends CallbackManager {
  private readonly again = new Set<number>()

  protected override timedOut(id: number): void {
    const callback = this.callbacks.get(id)
    if (callback === undefined || this.again.has(id)) {
      super.timedOut(id)
      return
    }
    this.again.add(id)
    const back = (): void => {
      this.callbacks.set(id, callback)
    }
    // The second attempt; when it cannot be sent the first one's answer is all that is left to wait for.
    this.node.bus.send('server', 'request', { id, from: this.node.id, body: 'again' }).then(
      () => setTimeout(back, 1),
      (error: Error) => this.failed(id, error),
    )
  }
}

/** Answers what a callback manager asks, as often as it is asked. */
export function answering(node: Node): void {
  node.bus.handle('request', ({ id, from, body }: Envelope) => {
    node.bus.send(from, 'response', { id, from: node.id, body }).catch(() => undefined)
  })
}
