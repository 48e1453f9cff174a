import { formatMillis } from '../engine/format.ts'
import { printableLine } from '../engine/printable.ts'
import type { FateRecord, FaultRecord, NodeRecord, SendRecord, TraceRecord } from '../trace/records.ts'
import { type ById, byId, callText, describeRecord } from './words.ts'

/** Widest diagram, in characters; a line of a failure is indented by four more. */
const widest = 112

/** Width of the column of times, with the blank behind it. */
const timeWidth = 13

/** Narrowest and widest column of a node. */
const [narrow, wide] = [16, 34] as const

/** A column. */
interface Lane {
  readonly node: string
  readonly at: number
}

/**
 * A sequence diagram of some records in lines of text: a column for each node, an arrow for each message, ✗ for what
 * was lost, a shaded edge while links are cut, ☠ for a crash. Undefined: there are too many nodes for it.
 */
export function sequenceDiagram(
  records: readonly TraceRecord[],
  all: readonly TraceRecord[],
  nodes: readonly string[],
): string[] | undefined {
  const drawing = Drawing.of(records, byId(all), nodes)
  return drawing?.lines()
}

class Drawing {
  private readonly records: readonly TraceRecord[]
  private readonly all: ById
  private readonly lanes: readonly Lane[]
  private readonly width: number
  private readonly down = new Set<string>()
  private readonly cuts = new Set<number>()
  private readonly output: string[] = []

  static of(records: readonly TraceRecord[], all: ById, nodes: readonly string[]): Drawing | undefined {
    const used = nodesOf(records, all)
    const order = ['test', ...nodes].filter((node, place, list) => used.has(node) && list.indexOf(node) === place)
    const room = Math.floor((widest - timeWidth) / Math.max(order.length, 1))
    if (order.length < 2 || room < narrow) return undefined
    const width = Math.min(room, wide)
    const lanes = order.map((node, place) => ({ node, at: timeWidth + place * width + 2 }))
    return new Drawing(records, all, lanes, width)
  }

  constructor(records: readonly TraceRecord[], all: ById, lanes: readonly Lane[], width: number) {
    this.records = records
    this.all = all
    this.lanes = lanes
    this.width = width
  }

  lines(): string[] {
    this.head()
    this.records.forEach((record, place) => this.draw(record, place))
    return this.output.map((line) => line.trimEnd())
  }

  private head(): void {
    const row = this.blank(false)
    for (const { node, at } of this.lanes) write(row, Math.max(0, at - 1), cut(node, this.width - 2))
    this.output.push(row.join(''))
  }

  private draw(record: TraceRecord, place: number): void {
    switch (record.type) {
      case 'send':
        // Told at its arrival when nothing comes between.
        if (!this.isNext(record, place)) this.note(record, record.from, `${callText(record)} ▷ ${record.to}`)
        return
      case 'deliver':
      case 'drop':
      case 'late':
        return this.arrow(record)
      case 'node':
        return this.life(record)
      case 'fault':
        return this.band(record)
      case 'operation':
        return this.note(record, record.node, `${record.action === 'start' ? '▸' : '◂'} ${this.text(record)}`)
      case 'failure':
        return this.note(record, record.node, `✗ ${record.message.split('\n')[0] ?? ''}`)
      case 'duplicate':
        return this.note(record, this.senderOf(record), this.text(record))
      default:
        return this.note(record, record.node, this.text(record))
    }
  }

  /** True when the next record that is drawn is the arrival of this message. */
  private isNext({ message }: SendRecord, place: number): boolean {
    const next = this.records[place + 1]
    return next !== undefined && (next.type === 'deliver' || next.type === 'drop') && next.message === message
  }

  private arrow(record: FateRecord): void {
    const send = this.all.get(record.send)
    const from = send?.type === 'send' ? this.lanes.find(({ node }) => node === send.from) : undefined
    const to = send?.type === 'send' ? this.lanes.find(({ node }) => node === send.to) : undefined
    if (send?.type !== 'send' || from === undefined || to === undefined || from === to) {
      return this.note(record, record.node, this.text(record))
    }
    const row = this.blank(true)
    const [left, right] = from.at < to.at ? [from.at, to.at] : [to.at, from.at]
    for (let i = left + 1; i < right; i++) row[i] = '─'
    const isLost = record.type === 'drop'
    const head = from.at < to.at ? right - 1 : left + 1
    row[head] = isLost ? '✗' : from.at < to.at ? '▶' : '◀'
    write(row, left + 3, ` ${cut(callText(send), right - left - 8)} `)
    const why = record.type === 'late' ? 'too late: nobody waits for it' : record.reason
    if (why !== undefined) write(row, right + 2, ` ${why}`)
    this.push(record, row)
  }

  private senderOf(record: FateRecord): string {
    const send = this.all.get(record.send)
    return send?.type === 'send' ? send.from : record.node
  }

  private life(record: NodeRecord): void {
    const { action, node } = record
    const symbols = { crash: '☠', wipe: '☠', stop: '■', pause: '‖', resume: '▸', boot: '○', up: '●' } as const
    if (action === 'boot') this.down.delete(node)
    this.note(record, node, this.text(record), symbols[action])
    if (action === 'crash' || action === 'stop' || action === 'wipe') this.down.add(node)
  }

  private band(record: FaultRecord): void {
    const { ends, nodes } = record
    if (nodes !== undefined) this.cuts.add(record.id)
    if (ends === undefined && nodes === undefined) return this.note(record, record.node, this.text(record))
    const row = this.blank(true)
    const text = ` ${cut(this.text(record), this.end() - timeWidth - 8)} `
    for (let i = timeWidth; i < this.end(); i++) row[i] = '░'
    write(row, timeWidth + 3, text)
    if (ends !== undefined) this.cuts.delete(ends)
    this.push(record, row)
  }

  /** A line that says something at one node's column. */
  private note(record: TraceRecord, node: string, text: string, symbol?: string): void {
    const lane = this.lanes.find((one) => one.node === node)
    const at = lane?.at ?? timeWidth
    const row = this.blank(true)
    if (symbol !== undefined) row[at] = symbol
    const start = lane === undefined ? at : at + 2
    const room = widest - start
    // What has no room to the right of the last columns stands to their left.
    if (room < printableLine(text).length && at - timeWidth > room) {
      const shown = cut(text, at - timeWidth - 3)
      write(row, at - shown.length - 2, ` ${shown}`)
    } else write(row, start, `${cut(text, room)} `)
    this.push(record, row)
  }

  private push({ at }: TraceRecord, row: string[]): void {
    write(row, 0, formatMillis(at).padStart(timeWidth - 2))
    this.output.push(row.join(''))
  }

  /** A line of bars; none for a node that is down. */
  private blank(hasBars: boolean): string[] {
    const row: string[] = Array.from({ length: this.end() }, () => ' ')
    if (!hasBars) return row
    if (this.cuts.size > 0) row[timeWidth - 1] = '░'
    for (const { node, at } of this.lanes) row[at] = this.down.has(node) ? ' ' : '│'
    return row
  }

  private end(): number {
    return timeWidth + this.lanes.length * this.width
  }

  private text(record: TraceRecord): string {
    const text = describeRecord(record, this.all)
    return record.type === 'operation' ? text.slice(text.indexOf(': ') + 2) : text
  }
}

/** Nodes that take part: those that do something, and both ends of each message. */
function nodesOf(records: readonly TraceRecord[], all: ById): ReadonlySet<string> {
  const found = new Set<string>()
  for (const record of records) {
    const send = record.type === 'send' ? record : 'send' in record ? all.get(record.send) : undefined
    if (send?.type === 'send') {
      found.add(send.from)
      found.add(send.to)
    } else found.add(record.node)
  }
  return found
}

function write(row: string[], at: number, text: string): void {
  let place = at
  for (const character of printableLine(text)) row[place++] = character
}

function cut(text: string, most: number): string {
  const room = Math.max(most, 4)
  const line = printableLine(text)
  return line.length > room ? `${line.slice(0, room - 1)}…` : line
}
