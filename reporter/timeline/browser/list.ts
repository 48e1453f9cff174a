import { groupThousands } from '../../../src/engine/format.ts'
import type { TraceRecord } from '../../../src/trace/records.ts'
import type { Model } from './model.ts'

/** Height of a row, in CSS pixels; the style sheet has the same. */
const rowHeight = 26

/** Browsers draw no box higher than some 33 million pixels; this stays far below. */
const spareRows = 12

/** The records as a list of text: the same as the picture, for the keyboard and for those who do not see it. */
export class RecordList {
  private readonly box: HTMLElement
  private readonly inner: HTMLElement
  private readonly heading: HTMLElement
  private readonly choose: (index: number) => void
  private model: Model | undefined
  private rows: Int32Array = new Int32Array(0)
  private selected: number | undefined
  private wanted = ''

  constructor(box: HTMLElement, heading: HTMLElement, choose: (index: number) => void) {
    this.box = box
    this.heading = heading
    this.choose = choose
    this.inner = document.createElement('div')
    this.inner.className = 'rows'
    this.inner.setAttribute('role', 'presentation')
    box.append(this.inner)
    box.setAttribute('role', 'listbox')
    box.setAttribute('aria-label', 'Records')
    box.tabIndex = 0
    box.addEventListener('scroll', () => this.render(), { passive: true })
    box.addEventListener('keydown', (event) => this.key(event))
    new ResizeObserver(() => this.render()).observe(box)
  }

  /** Shows the records that a filter lets through, and marks in them what was searched for. */
  show(model: Model, shown: Uint8Array, wanted: string): void {
    this.model = model
    this.wanted = wanted.trim().toLowerCase()
    const rows: number[] = []
    shown.forEach((isShown, index) => {
      if (isShown === 1) rows.push(index)
    })
    this.rows = Int32Array.from(rows)
    const all = groupThousands(model.records.length)
    this.heading.textContent =
      rows.length === model.records.length ? `${all} records` : `${groupThousands(rows.length)} of ${all} records`
    this.inner.style.height = `${rows.length * rowHeight}px`
    this.render()
  }

  select(index: number | undefined): void {
    this.selected = index
    const row = index === undefined ? -1 : this.rows.indexOf(index)
    if (row >= 0) {
      const top = row * rowHeight
      const { scrollTop, clientHeight } = this.box
      if (top < scrollTop || top + rowHeight > scrollTop + clientHeight) this.box.scrollTop = top - clientHeight / 2
    }
    this.render()
  }

  /** The shown record `by` rows further; undefined: there is none. */
  step(by: number): number | undefined {
    const row = this.selected === undefined ? -1 : this.rows.indexOf(this.selected)
    if (row >= 0) return this.rows[row + by]
    return by > 0 ? this.rows[0] : this.rows.at(-1)
  }

  private key(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(this.box.clientHeight / rowHeight) - 1)
    const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page }
    const edge = event.key === 'Home' ? this.rows[0] : event.key === 'End' ? this.rows.at(-1) : undefined
    const by = steps[event.key]
    const found = edge ?? (by === undefined ? undefined : (this.step(by) ?? (by > 0 ? this.rows.at(-1) : this.rows[0])))
    if (found === undefined) return
    event.preventDefault()
    event.stopPropagation()
    this.choose(found)
  }

  private render(): void {
    const { model, box, rows } = this
    if (model === undefined) return
    const first = Math.max(0, Math.floor(box.scrollTop / rowHeight) - spareRows)
    const last = Math.min(rows.length, Math.ceil((box.scrollTop + box.clientHeight) / rowHeight) + spareRows)
    const elements: HTMLElement[] = []
    for (let row = first; row < last; row++) elements.push(this.row(model, row))
    this.inner.replaceChildren(...elements)
    const isThere = elements.some(({ id }) => id === `record-${this.selected}`)
    if (isThere) box.setAttribute('aria-activedescendant', `record-${this.selected}`)
    else box.removeAttribute('aria-activedescendant')
  }

  private row(model: Model, row: number): HTMLElement {
    const index = this.rows[row] as number
    const record = model.records[index] as TraceRecord
    const element = document.createElement('div')
    element.id = `record-${index}`
    element.className = `row type-${record.type}${isFailed(record) ? ' fails' : ''}`
    element.style.top = `${row * rowHeight}px`
    element.setAttribute('role', 'option')
    element.setAttribute('aria-selected', String(index === this.selected))
    element.setAttribute('aria-setsize', String(this.rows.length))
    element.setAttribute('aria-posinset', String(row + 1))
    const sign = document.createElement('i')
    sign.className = 'sign'
    element.append(
      cell('time', millisOf(record.at)),
      sign,
      cell('node', record.node),
      cell('what', ...marked(model.textOf(index), this.wanted)),
    )
    element.addEventListener('click', () => this.choose(index))
    return element
  }
}

function cell(className: string, ...content: readonly (string | Node)[]): HTMLElement {
  const element = document.createElement('span')
  element.className = className
  element.append(...content)
  return element
}

/** '1,204.0': in a column, all with one digit behind the point. */
function millisOf(micros: number): string {
  const tenths = Math.round(micros / 100)
  return `${groupThousands(Math.floor(tenths / 10))}.${tenths % 10}`
}

/** The text with what was searched for marked, once. */
function marked(text: string, wanted: string): (string | Node)[] {
  const at = wanted === '' ? -1 : text.toLowerCase().indexOf(wanted)
  if (at < 0) return [text]
  const mark = document.createElement('mark')
  mark.textContent = text.slice(at, at + wanted.length)
  // What stands far behind would be cut off: then the row begins shortly before it.
  const before = at > 14 ? `…${text.slice(at - 8, at)}` : text.slice(0, at)
  return [before, mark, text.slice(at + wanted.length)]
}

function isFailed(record: TraceRecord): boolean {
  return record.type === 'check' ? !record.holds : record.type === 'storage' && record.outcome !== 'ok'
}
