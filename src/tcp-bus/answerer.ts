import { describeError } from '../engine/describe-error.ts'
import { SimulationError, badInput } from '../engine/errors.ts'
import { rootNameOf } from '../bus/errors.ts'
import type { Handler } from '../bus/handler.ts'
import type { Frame } from './frames.ts'

type Request = Extract<Frame, { readonly kind: 'request' }>
type OneWay = Extract<Frame, { readonly kind: 'one-way' }>
type Answer = Extract<Frame, { readonly kind: 'result' | 'failure' }>

/** Answers of requests with an idempotency key that are remembered. */
const remembered = 10_000

/** Finds the handler of a message, and makes an answer of what comes of it. */
export class Answerer {
  private readonly id: string
  private readonly handlers = new Map<string, Handler>()
  private readonly byKey = new Map<string, Promise<Answer>>()

  constructor(id: string) {
    this.id = id
  }

  handle(method: string, handler: Handler): void {
    if (typeof handler !== 'function') {
      throw badInput(`bus.handle('${method}') handler`, handler, 'it must be a function (payload, context) => result')
    }
    if (this.handlers.has(method)) {
      throw new SimulationError('DUPLICATE_HANDLER', `bus '${this.id}' has a handler for '${method}' already`)
    }
    this.handlers.set(method, handler)
  }

  async answer(from: string, request: Request): Promise<Answer> {
    const { id, key } = request
    if (key === undefined) return this.perform(from, request)
    let known = this.byKey.get(key)
    if (known === undefined) {
      const [oldest] = this.byKey.keys()
      if (this.byKey.size >= remembered && oldest !== undefined) this.byKey.delete(oldest)
      this.byKey.set(key, (known = this.perform(from, request)))
    }
    return { ...(await known), id }
  }

  /** An error of a one-way handler is nobody's: it is thrown where nobody catches it. */
  async take(from: string, { method, payload }: OneWay): Promise<void> {
    await this.find(from, method)(payload as never, { from, method, correlationId: 0 })
  }

  private async perform(from: string, { id, method, payload }: Request): Promise<Answer> {
    try {
      const result: unknown = await this.find(from, method)(payload as never, { from, method, correlationId: id })
      return { kind: 'result', id, payload: result }
    } catch (error) {
      const { name, message } = describeError(error)
      return { kind: 'failure', id, name, message, rootName: rootNameOf(error) }
    }
  }

  private find(from: string, method: string): Handler {
    const handler = this.handlers.get(method)
    if (handler !== undefined) return handler
    const handles = [...this.handlers.keys()].map((name) => `'${name}'`).join(', ') || 'nothing'
    throw new SimulationError(
      'NO_HANDLER',
      `bus '${this.id}' has no handler for '${method}' (from '${from}'); it handles ${handles}`,
    )
  }
}
