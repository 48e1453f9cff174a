/** What made-up traces are told of: a network that loses, copies and holds messages, between nodes that crash. */
import type { RandomStream } from '../../src/random/stream.ts'
import type { TraceRecord } from '../../src/trace/records.ts'
import type { MadeUpClock } from './made-up-clock.ts'

export const nodes = ['client', 'gateway', 'store', 'worker', 'mailer'] as const
export type NodeName = (typeof nodes)[number]

type Fields = Record<string, unknown> & { type: TraceRecord['type'] }

interface Call {
  readonly from: NodeName
  readonly to: NodeName
  readonly method: string
  readonly payload: string
  readonly cause: number | undefined
  readonly background?: true
}

/** Told the record that the answer has come, or that none will. */
type Answered = (cause: number, value: string | undefined) => void
export type Answer = (cause: number, value: string) => void
export type Handler = (call: Call, delivered: number, answer: Answer) => void

interface Message extends Call {
  readonly message: number
  readonly send: number
}

export class MadeUpNetwork {
  readonly records: TraceRecord[] = []
  readonly lives = new Map<string, number>(nodes.map((node) => [node, 1]))
  readonly down = new Set<string>()
  handler: Handler = () => {}
  private cut: { readonly side: readonly string[]; readonly held: (() => void)[] } | undefined
  private messages = 0
  private requests = 0
  private readonly clock: MadeUpClock
  private readonly random: RandomStream

  constructor(clock: MadeUpClock, random: RandomStream) {
    this.clock = clock
    this.random = random
  }

  add(node: string, fields: Fields, cause?: number): number {
    const { now, event } = this.clock
    const id = this.records.length + 1
    const life = this.lives.get(node)
    const base = {
      id,
      at: now,
      event,
      node,
      ...(life !== undefined && { life }),
      ...(cause !== undefined && { cause }),
    }
    this.records.push({ ...base, ...fields } as TraceRecord)
    return id
  }

  oneWay(call: Call): void {
    const message = ++this.messages
    const { background } = call
    const send = this.send(call, { message, kind: 'one-way', ...(background && { background }) })
    this.travel({ ...call, message, send }, () => {})
  }

  request(call: Call, timeout: number, answered: Answered): void {
    const request = ++this.requests
    const message = ++this.messages
    const send = this.send(call, { message, kind: 'request', request })
    let isOpen = true
    const { from, to, method } = call
    this.travel({ ...call, message, send }, (delivered) => {
      this.handler(call, delivered, (cause, payload) => {
        if (this.down.has(to)) return
        const back = { from: to, to: from, method, payload, cause } as const
        const number = ++this.messages
        const answer = this.send(back, { message: number, kind: 'response', request })
        this.travel({ ...back, message: number, send: answer }, (arrived) => {
          if (isOpen) answered(arrived, payload)
          else this.add(from, { type: 'late', message: number, send: answer }, answer)
          isOpen = false
        })
      })
    })
    this.clock.after(timeout, () => {
      if (!isOpen) return
      isOpen = false
      answered(this.add(from, { type: 'timeout', request, method, to, reason: 'timeout' }, send), undefined)
    })
  }

  /** Links between two sides hold what is sent. */
  split(side: readonly string[]): void {
    this.cut = { side, held: [] }
  }

  join(): void {
    const held = this.cut?.held ?? []
    this.cut = undefined
    for (const release of held) release()
  }

  private send(call: Call, fields: Record<string, unknown>): number {
    const { from, to, method, payload, cause } = call
    return this.add(from, { type: 'send', method, from, to, payload, ...fields }, cause)
  }

  private travel(message: Message, arrives: (delivered: number) => void): void {
    const { random, clock } = this
    const { message: number, send, from, to } = message
    const fate = (type: TraceRecord['type'], reason?: string): number =>
      this.add(to, { type, message: number, send, ...(reason !== undefined && { reason }) }, send)
    const go = (): void =>
      clock.after(random.between(800, 9_000), () => {
        if (this.down.has(to)) fate('drop', `${to} is down`)
        else arrives(fate('deliver'))
      })
    if (random.chance(0.03)) return void fate('drop', 'loss')
    if (random.chance(0.02)) {
      fate('duplicate')
      go()
    }
    const { cut } = this
    const isCut = cut !== undefined && cut.side.includes(from) !== cut.side.includes(to)
    if (!isCut) return go()
    if (random.chance(0.4)) return void fate('drop', 'partition')
    fate('hold', 'blocked link')
    cut.held.push(go)
  }
}
