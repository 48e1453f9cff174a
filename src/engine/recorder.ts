import type { ActorRecord, RecordBase, TraceRecord } from '../trace/records.ts'
import { showFully } from './errors.ts'
import type { SimEvent } from './event.ts'
import type { Failure } from './failure.ts'
import type { Owner } from './owner.ts'

/** Longest text of a value: ten screens of a terminal would not make a failure clearer. */
const longestText = 1_000

/** What was recorded of a run, for people. */
export interface Told {
  readonly records: readonly TraceRecord[]
  /** Nodes in order of creation. */
  readonly nodes: readonly string[]
  /** How many of the oldest records were left out. */
  readonly left: number
}

/** What a recorder reads of the engine. */
export interface RecordedEngine {
  readonly now: number
  readonly executed: number
  readonly owner: Owner
}

/** Fields of a record but those that the recorder fills in; `node`, `life` and `cause` where it would fill in others. */
type Fields<R extends TraceRecord> = R extends TraceRecord
  ? Omit<R, keyof RecordBase> & Partial<Pick<RecordBase, 'node' | 'life' | 'cause'>>
  : never

/** Kinds of events that are told as a timer; all others are told by what they do. */
const timers: ReadonlySet<string> = new Set(['timer', 'sleep', 'immediate', 'start'])

/**
 * Makes the records of one run, each with the one that led to it.
 *
 * An event inherits its cause from the moment at which it was scheduled, and what one event records leads from one to
 * the next: so a cause follows the code through timers, promises and messages as an asynchronous context would.
 */
export class Recorder {
  /** How many of the oldest were left out. */
  private left = 0
  /** Id of the latest record of the present event, or of what caused the event; 0: there is none. */
  private last = 0
  private readonly engine: RecordedEngine
  private readonly most: number
  private readonly all: TraceRecord[] = []
  private readonly causes = new WeakMap<SimEvent, number>()
  private readonly faults = new WeakMap<object, number>()
  /** Cuts that last, with their texts. */
  private readonly cuts = new Map<number, string>()
  /** The event and owner of the latest reading of a clock. */
  private latestReading = ''
  private readonly holds = new Map<number, number>()
  private readonly lives = new WeakMap<Owner, { readonly node: string; readonly life: number }>()

  /** Keeps the last `most` records, at least. */
  constructor(engine: RecordedEngine, most: number) {
    this.engine = engine
    this.most = most
  }

  /** What there is to tell. */
  told(nodes: readonly { readonly id: string }[]): Told {
    return { records: this.all, nodes: nodes.map(({ id }) => id), left: this.left }
  }

  /** An event was put into the queue. */
  scheduled(event: SimEvent): void {
    this.causes.set(event, this.last)
  }

  /** An event begins. */
  begins(event: SimEvent): void {
    this.last = this.causes.get(event) ?? 0
    const { name } = event.kind
    if (!timers.has(name)) return
    this.lead({ type: 'timer', name, ...this.whose(event.owner) })
  }

  /** What that owner does is told of this life of a node. */
  belongs(owner: Owner, node: string, life: number): void {
    this.lives.set(owner, { node, life })
  }

  /** Adds a record that what follows in this event is caused by; returns its id. */
  lead(fields: Fields<TraceRecord>): number {
    this.last = this.add(fields)
    return this.last
  }

  /** Adds a record that nothing follows from; returns its id. */
  add(fields: Fields<TraceRecord>): number {
    const { engine, last, all, most } = this
    const id = this.left + all.length + 1
    const cause = fields.cause ?? last
    all.push({
      id,
      at: engine.now,
      event: engine.executed,
      ...this.whose(engine.owner),
      ...fields,
      ...(cause > 0 && { cause }),
    } as TraceRecord)
    if (all.length >= most * 2) this.left += all.splice(0, all.length - most).length
    return id
  }

  /** The record of that id, to complete it; undefined: it was left out. */
  private find(id: number): TraceRecord | undefined {
    return this.all[id - this.left - 1]
  }

  /** A fault was injected; `fault`: the object that tells it from others. */
  fault(fault: object, fields: { family: string; text: string; key: string; lasts?: number }): void {
    this.faults.set(fault, this.lead({ type: 'fault', ...fields }))
  }

  /** Links were cut between two sides, by a fault or by the test; returns the id to tell the end by. */
  cut(
    fault: object | undefined,
    family: 'partition' | 'clog' | 'hold',
    sides: string,
    nodes: readonly string[],
    others: readonly string[],
    hold?: number,
  ): number {
    const known = fault === undefined ? undefined : this.faults.get(fault)
    const text = `${family} ${sides}`
    const id = known ?? this.lead({ type: 'fault', family, text })
    const record = this.find(id)
    if (record !== undefined) Object.assign(record, { nodes, others })
    this.cuts.set(id, text)
    if (hold !== undefined) this.holds.set(hold, id)
    return id
  }

  /** What `cut` has told is over. */
  heals(id: number): void {
    const text = this.cuts.get(id)
    if (text === undefined) return
    this.cuts.delete(id)
    this.lead({ type: 'fault', family: 'heal', text: `end of ${text}`, ends: id })
  }

  healsAll(): void {
    for (const id of this.cuts.keys()) this.heals(id)
  }

  released(hold: number): void {
    const id = this.holds.get(hold)
    if (id !== undefined) this.heals(id)
  }

  /** Code of a node read its wall clock. */
  clock(reading: number, off: number): void {
    const { executed, owner } = this.engine
    const occasion = `${executed} ${owner.id}`
    if (Math.abs(off) < 1_000 || occasion === this.latestReading) return
    this.latestReading = occasion
    this.add({ type: 'clock', reading, off })
  }

  operation(
    { index, name, argument }: { index: number; name: string; argument?: unknown },
    end: { outcome: 'ok' | 'failed' | 'unknown'; value: unknown } | undefined,
  ): void {
    const args = argument === undefined ? undefined : textOf(argument)
    const fields = { type: 'operation', index, name, ...(args !== undefined && { args }) } as const
    if (end === undefined) this.lead({ ...fields, action: 'start' })
    else {
      const value = end.outcome === 'ok' ? textOf(end.value) : String(end.value)
      this.lead({ ...fields, action: 'end', outcome: end.outcome, ...(value !== '' && { value }) })
    }
  }

  /** `node` or `by`: whose use it is, when the code that runs now is another's. */
  storage(use: {
    action: string
    of: string
    node?: string
    by?: Owner
    key?: string
    value?: unknown
    outcome?: string
  }): void {
    const { action, of, key, by, outcome = 'ok' } = use
    const value = textOf(use.value)
    const shown = { ...(key !== undefined && { key }), ...(value !== '' && { value }) }
    this.lead({
      type: 'storage',
      action,
      storage: of,
      ...shown,
      outcome,
      ...(use.node !== undefined && { node: use.node }),
      ...(by !== undefined && this.whose(by)),
    })
  }

  actor(action: ActorRecord['action'], actor: string, content?: unknown, method?: string): void {
    const value = textOf(content)
    const shown = { ...(method !== undefined && { method }), ...(value !== '' && { value }) }
    this.lead({ type: 'actor', action, actor, ...shown })
  }

  /** An assertion or invariant was evaluated; `details`: a function of them is not called here. */
  check(kind: string, name: string, isTrue: boolean, details?: unknown): void {
    const value = typeof details === 'function' ? '' : typeof details === 'string' ? details : textOf(details)
    this.add({ type: 'check', kind, name, holds: isTrue, ...(value !== '' && { value }) })
  }

  failed({ kind, name, message }: Failure): void {
    this.add({ type: 'failure', kind, name, message })
  }

  private whose(owner: Owner): Pick<RecordBase, 'node' | 'life'> {
    return this.lives.get(owner) ?? { node: owner.id }
  }
}

/** A value as text, for people; runs no code of the value. */
export function textOf(value: unknown): string {
  if (value === undefined) return ''
  const text = typeof value === 'string' ? `'${value}'` : showFully(value)
  return cutText(text)
}

/** No longer than a record may have it. */
export function cutText(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText - 1)}…` : text
}
