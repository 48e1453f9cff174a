import { formatMillis } from '../engine/format.ts'
import { printableLine } from '../engine/printable.ts'
import type { FateRecord, FaultRecord, NodeRecord, SendRecord, TraceRecord } from '../trace/records.ts'
import type { FoldRecord, StoryRecord } from './story-record.ts'
import { type ById, byId, callText, describeRecord, foldText } from './words.ts'

/** Widest diagram, in characters; a line of a failure is indented by four more. */
const widest = 112

/** Width of the column of times, with the blank behind it. */
const timeWidth = 13

/** Narrowest and widest column of a node; what a message says has room beside its arrow. */
const [narrow, wide] = [9, 34] as const

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
  records: readonly StoryRecord[],
  all: readonly TraceRecord[],
  nodes: readonly string[],
): string[] | undefined {
  const drawing = Drawing.of(records, byId(all), nodes)
  return drawing?.lines()
}

class Drawing {
  private readonly records: readonly StoryRecord[]
  private readonly all: ById
  private readonly lanes: readonly Lane[]
  private readonly width: number
  private readonly down = new Set<string>()
  private readonly cuts = new Set<number>()
  private readonly output: string[] = []

  static of(records: readonly StoryRecord[], all: ById, nodes: readonly string[]): Drawing | undefined {
    const order = lanesOf(records, all, nodes)
    const room = Math.floor((widest - timeWidth) / Math.max(order.length, 1))
    if (order.length < 2 || room < narrow) return undefined
    const width = Math.min(room, wide)
    const lanes = order.map((node, place) => ({ node, at: timeWidth + place * width + 2 }))
    return new Drawing(records, all, lanes, width)
  }

  constructor(records: readonly StoryRecord[], all: ById, lanes: readonly Lane[], width: number) {
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

  private draw(record: StoryRecord, place: number): void {
    switch (record.type) {
      case 'send':
        // Told at its arrival when nothing comes between.
        if (!this.isNext(record, place)) this.note(record, record.from, `${callText(record)} ▷ ${record.to}`)
        return
      case 'deliver':
      case 'drop':
      case 'late':
        return this.arrow(record)
      case 'fold':
        return this.repeats(record)
      case 'node':
        return this.life(record)
      case 'fault':
        return this.band(record)
      case 'operation':
        return this.note(record, record.node, `${record.action === 'start' ? '▸' : '◂'} ${this.text(record)}`)
      case 'failure':
        return this.fails(record, record.message.split('\n')[0] ?? '')
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
    const head = record.type === 'drop' ? '✗' : from.at < to.at ? '▶' : '◀'
    const why = record.type === 'late' ? 'too late' : record.reason
    this.line(record, [from, to], head, callText(send), why)
  }

  private repeats(record: FoldRecord): void {
    const from = this.lanes.find(({ node }) => node === record.node)
    const to = this.lanes.find(({ node }) => node === record.to)
    if (from === undefined || to === undefined) return this.note(record, record.node, foldText(record))
    const head = record.lost !== undefined ? '✗' : from.at < to.at ? '▶' : '◀'
    this.line(record, [from, to], head, foldText(record))
  }

  /** A line from one column to another, with a text in it; or beside it, where there is more room. */
  private line(record: StoryRecord, [from, to]: readonly [Lane, Lane], head: string, text: string, why?: string): void {
    const row = this.blank(true)
    const [left, right] = from.at < to.at ? [from.at, to.at] : [to.at, from.at]
    for (let i = left + 1; i < right; i++) row[i] = '─'
    row[from.at < to.at ? right - 1 : left + 1] = head
    const inside = right - left - 8
    const tail = why === undefined ? '' : `  ${why}`
    const [before, behind] = [left - timeWidth - 2, widest - right - 2]
    const outside = Math.max(before, behind)
    const fitsInside = widthOf(text) <= inside && widthOf(tail) <= behind
    if (fitsInside || (inside >= outside && widthOf(text + tail) > outside)) {
      write(row, left + 3, ` ${cut(text, inside)} `)
      if (why !== undefined) write(row, right + 2, ` ${cut(why, behind)}`)
      this.push(record, row)
    } else this.beside(record, row, [left, right], text, tail)
  }

  /** Draws a line with a text to the right of two columns; to their left where only there is room. */
  private beside(
    record: StoryRecord,
    row: string[],
    [left, right]: readonly [number, number],
    text: string,
    tail = '',
  ): void {
    const start = right + 2
    const [before, behind] = [left - timeWidth - 2, widest - start]
    if (widthOf(text + tail) > behind && before > behind) {
      const lines = wrapped(text, tail, before)
      const at = left - 2 - Math.max(...lines.map((one) => one.length))
      return this.rows(
        record,
        row,
        at,
        lines.map((one) => ` ${one}`),
      )
    }
    this.rows(
      record,
      row,
      start,
      wrapped(text, tail, behind).map((one) => `${one} `),
    )
  }

  private rows(record: StoryRecord, row: string[], at: number, [line = '', rest]: readonly string[]): void {
    write(row, at, line)
    this.push(record, row)
    if (rest === undefined) return
    const second = this.blank(true)
    write(second, at, rest)
    this.output.push(second.join(''))
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
  private note(record: StoryRecord, node: string, text: string, symbol?: string): void {
    const lane = this.lanes.find((one) => one.node === node)
    const row = this.blank(true)
    // What has no column begins where none is.
    const at = lane?.at ?? timeWidth - 2
    if (symbol !== undefined && lane !== undefined) row[at] = symbol
    const tail = record.type === 'storage' && record.outcome !== 'ok' ? `: ${record.outcome}` : ''
    this.beside(record, row, [at, at], tail === '' ? text : text.slice(0, -tail.length), tail)
  }

  /** The failure is never cut for want of room in a column. */
  private fails(record: TraceRecord, message: string): void {
    const lane = this.lanes.find(({ node }) => node === record.node)
    const text = `✗ ${message}`
    if (lane !== undefined && widthOf(text) <= widest - lane.at - 2) return this.note(record, record.node, text)
    const whose = record.node === 'test' ? '' : `${record.node}: `
    const row = this.blank(true)
    write(row, timeWidth, `✗ ${whose}${message} `)
    this.push(record, row)
  }

  private push({ at }: StoryRecord, row: string[]): void {
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

  private text(record: StoryRecord): string {
    const text = describeRecord(record, this.all)
    return record.type === 'operation' ? text.slice(text.indexOf(': ') + 2) : text
  }
}

/** Nodes that take part: those that do something, and both ends of each message. */
function nodesOf(records: readonly StoryRecord[], all: ById): ReadonlySet<string> {
  const found = new Set<string>()
  for (const record of records) {
    const send = record.type === 'send' ? record : 'send' in record ? all.get(record.send) : undefined
    if (send?.type === 'send') {
      found.add(send.from)
      found.add(send.to)
    } else found.add(record.node)
    if (record.type === 'fold' && record.to !== undefined) found.add(record.to)
  }
  return found
}

/** Columns in their order. A test that only sees the failure, or whose options make faults, needs none. */
function lanesOf(records: readonly StoryRecord[], all: ById, nodes: readonly string[]): readonly string[] {
  const used = nodesOf(records, all)
  const order = [...new Set(nodes)].filter((node) => node !== 'test' && used.has(node))
  const telling = records.filter(({ type }) => type !== 'failure' && type !== 'fault')
  const isIdle = order.length > 1 && !nodesOf(telling, all).has('test')
  return isIdle || !used.has('test') ? order : ['test', ...order]
}

/** A text in one line or two: values are what a failure is about, and a third line would bury the arrows. */
function wrapped(text: string, tail: string, room: number): readonly string[] {
  const [line, end] = [printableLine(text), printableLine(tail)]
  if (line.length + end.length <= room) return [line + end]
  // Between two fields or words rather than inside a number.
  const gap = Math.max(line.lastIndexOf(',', room - 1), line.lastIndexOf(' ', room - 1)) + 1
  const first = gap > room / 3 ? gap : Math.min(room, line.length)
  const rest = cut(line.slice(first).trimStart(), room - end.length)
  return [line.slice(0, first), rest === '' ? end.trimStart() : rest + end]
}

function widthOf(text: string): number {
  return printableLine(text).length
}

function write(row: string[], at: number, text: string): void {
  let place = at
  for (const character of printableLine(text)) row[place++] = character
}

/** The beginning of a text that is too long, and its end: there are numbers of requests, and what was added to a list. */
function cut(text: string, most: number): string {
  const room = Math.max(most, 4)
  const line = printableLine(text)
  if (line.length <= room) return line
  const end = Math.floor((room - 1) / 3)
  return `${line.slice(0, room - 1 - end)}…${line.slice(line.length - end)}`
}
