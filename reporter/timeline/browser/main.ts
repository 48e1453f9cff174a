/** The page of a timeline: reads the runs that were put into it, and shows them. */
import type { RecordedTrace, TraceRecord } from '../../../src/trace/records.ts'
import { formatMillis, groupThousands } from '../../../src/engine/format.ts'
import { Chart } from './chart.ts'
import { byId, connectCopy, connectFilters, connectTheme } from './controls.ts'
import { showDetails, titleOf } from './details.ts'
import { type Filter, choicesOf, everything, matching } from './filter.ts'
import { RecordList } from './list.ts'
import { type Model, modelOf } from './model.ts'

/** One run on the page. */
interface Shown {
  readonly model: Model
  readonly chart: Chart
  readonly box: HTMLElement
  matches: Uint8Array
}

async function readRuns(): Promise<readonly RecordedTrace[]> {
  const packed = byId('data').textContent.trim()
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0))
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  return (await new Response(stream).json()) as RecordedTrace[]
}

class Page {
  private readonly runs: readonly Shown[]
  private readonly list: RecordList
  private current: Shown
  private filter: Filter = everything
  private selected: number | undefined

  constructor(traces: readonly RecordedTrace[]) {
    this.list = new RecordList(byId('list'), byId('count'), (index) => this.choose(this.current, index))
    this.runs = traces.map((trace) => this.add(modelOf(trace)))
    this.current = this.runs.at(-1) as Shown
    connectFilters(choicesOf((this.runs[0] as Shown).model), (filter) => this.search(filter))
    connectTheme(() => this.runs.forEach(({ chart }) => chart.redraw()))
    connectCopy(() => this.current.model.trace.header.replay)
    this.connectButtons()
    document.addEventListener('keydown', (event) => this.key(event))
    this.view(this.runs.length > 1 ? 'minimal' : 'whole')
    const { failure } = this.current.model
    // At first nothing is dimmed: what led to a failure need not have caused it.
    if (failure >= 0) this.choose(this.current, failure, { moves: false, lights: false })
    else showDetails(byId('details'), this.current.model, undefined, () => {})
  }

  private add(model: Model): Shown {
    const box = document.createElement('section')
    box.className = 'run'
    box.dataset.run = model.trace.header.run
    const heading = document.createElement('h2')
    const { header, records } = model.trace
    heading.textContent = `${header.run === 'minimal' ? 'Minimal' : 'Whole'} run · ${groupThousands(records.length)} records · ${formatMillis(header.end)} virtual`
    box.append(heading)
    byId('charts').append(box)
    const chart = new Chart(model, box, {
      selected: (index) => this.choose(shown, index, { moves: false }),
      hovered: (index, x, y) => this.tip(model, index, x, y),
    })
    const shown: Shown = { model, chart, box, matches: matching(model, this.filter) }
    chart.filter(shown.matches)
    return shown
  }

  private view(which: string): void {
    for (const { box } of this.runs) box.hidden = which !== 'both' && box.dataset.run !== which
    for (const button of byId('views').querySelectorAll('button')) {
      button.setAttribute('aria-pressed', String(button.dataset.view === which))
    }
    const shown = this.runs.find(({ box }) => box.dataset.run === which)
    if (shown !== undefined) this.focus(shown)
  }

  private focus(shown: Shown): void {
    if (this.current !== shown) this.current.chart.select(undefined, undefined)
    this.current = shown
    for (const one of this.runs) one.box.classList.toggle('current', one === shown)
    this.list.show(shown.model, shown.matches)
  }

  private search(filter: Filter): void {
    this.filter = filter
    for (const shown of this.runs) {
      shown.matches = matching(shown.model, filter)
      shown.chart.filter(shown.matches)
    }
    this.list.show(this.current.model, this.current.matches)
    this.list.select(this.selected)
  }

  /** Selects a record everywhere; `moves`: goes to it; `lights`: dims what has nothing to do with it. */
  private choose(shown: Shown, index: number | undefined, { moves = true, lights = true } = {}): void {
    if (shown !== this.current) this.focus(shown)
    this.selected = index
    const { model, chart } = shown
    const lit = index === undefined || !lights ? undefined : relatedTo(model, index)
    chart.select(index, lit)
    this.list.select(index)
    showDetails(byId('details'), model, index, (other) => this.choose(shown, other))
    if (index === undefined) return
    if (moves) chart.reveal(index)
    const record = model.records[index] as TraceRecord
    byId('live').textContent = `${formatMillis(record.at)}, ${record.node}: ${titleOf(model, record)}`
  }

  private tip(model: Model, index: number | undefined, x: number, y: number): void {
    const tip = byId('tip')
    tip.hidden = index === undefined
    if (index === undefined) return
    const record = model.records[index] as TraceRecord
    tip.textContent = `${formatMillis(record.at)} · ${record.node}\n${titleOf(model, record)}`
    const left = Math.min(x + 14, innerWidth - tip.offsetWidth - 8)
    const top = y + 18 + tip.offsetHeight > innerHeight ? y - tip.offsetHeight - 10 : y + 18
    tip.style.transform = `translate(${Math.max(8, left)}px, ${top}px)`
  }

  private jump(): void {
    const { model, chart } = this.current
    if (model.failure < 0) return
    this.choose(this.current, model.failure, { moves: false })
    chart.around(model.failure, 0.92)
  }

  private step(by: number): void {
    const found = this.list.step(by)
    if (found !== undefined) this.choose(this.current, found)
  }

  private connectButtons(): void {
    const act: Readonly<Record<string, () => void>> = {
      'zoom-in': () => this.current.chart.zoomBy(2),
      'zoom-out': () => this.current.chart.zoomBy(0.5),
      fit: () => this.current.chart.fit(),
      failure: () => this.jump(),
      previous: () => this.step(-1),
      next: () => this.step(1),
    }
    for (const [id, action] of Object.entries(act)) byId(id).addEventListener('click', action)
    byId<HTMLButtonElement>('failure').disabled = this.current.model.failure < 0
    const scale = byId<HTMLButtonElement>('scale')
    scale.addEventListener('click', () => {
      const isTime = scale.getAttribute('aria-pressed') !== 'true'
      scale.setAttribute('aria-pressed', String(isTime))
      for (const { chart } of this.runs) chart.setMode(isTime ? 'time' : 'even')
    })
    byId('views').hidden = this.runs.length < 2
    for (const button of byId('views').querySelectorAll('button')) {
      button.addEventListener('click', () => this.view(button.dataset.view ?? 'whole'))
    }
  }

  private key(event: KeyboardEvent): void {
    const target = event.target as HTMLElement
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const isField = target.matches('input, select, textarea')
    if (event.key === 'Escape') {
      if (isField) target.blur()
      else this.choose(this.current, undefined)
      return
    }
    if (isField && event.key === 'Enter') return this.step(1)
    if (isField) return
    const { chart } = this.current
    const keys: Readonly<Record<string, () => void>> = {
      '/': () => byId('search').focus(),
      f: () => this.jump(),
      n: () => this.step(1),
      p: () => this.step(-1),
      '+': () => chart.zoomBy(1.6),
      '=': () => chart.zoomBy(1.6),
      '-': () => chart.zoomBy(1 / 1.6),
      '0': () => chart.fit(),
      ArrowLeft: () => chart.panBy(-0.15),
      ArrowRight: () => chart.panBy(0.15),
      Home: () => this.edge(0),
      End: () => this.edge(this.current.model.records.length - 1),
    }
    const action = keys[event.key]
    if (action === undefined) return
    event.preventDefault()
    action()
  }

  private edge(index: number): void {
    this.current.chart.reveal(index)
  }
}

/** A record with its causes, its effects and theirs, as far as a person can follow. */
function relatedTo(model: Model, index: number): ReadonlySet<number> {
  const found = new Set([index, ...model.causes(index)])
  const queue = [index]
  for (const one of queue) {
    if (found.size > 2_000) break
    for (const effect of model.effects(one)) {
      if (found.has(effect)) continue
      found.add(effect)
      queue.push(effect)
    }
  }
  return found
}

const traces = await readRuns()
new Page(traces)
document.documentElement.dataset.ready = 'true'
