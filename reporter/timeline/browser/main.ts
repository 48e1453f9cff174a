/** The page of a timeline: reads the runs that were put into it, and shows them. */
import type { RecordedTrace, TraceRecord } from '../../../src/trace/records.ts'
import { formatMillis, groupThousands } from '../../../src/engine/format.ts'
import { factsOf } from '../facts.ts'
import { Chart } from './chart.ts'
import { byId, connectCopy, connectFilters, connectTheme } from './controls.ts'
import { counterpartOf } from './counterpart.ts'
import { showDetails } from './details.ts'
import { type Filter, choicesOf, chosen, everything, matching } from './filter.ts'
import { RecordList } from './list.ts'
import { type Model, modelOf } from './model.ts'
import { relatedTo } from './related.ts'
import { showTip } from './tooltip.ts'

/** One run on the page. */
interface Shown {
  readonly model: Model
  readonly chart: Chart
  readonly box: HTMLElement
  matches: Uint8Array
}

async function readRuns(): Promise<readonly RecordedTrace[]> {
  const packed = byId('data').textContent.trim()
  const text = atob(packed)
  const bytes = new Uint8Array(text.length)
  for (let index = 0; index < bytes.length; index++) bytes[index] = text.charCodeAt(index)
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  return (await new Response(stream).json()) as RecordedTrace[]
}

class Page {
  private readonly runs: readonly Shown[]
  private readonly list: RecordList
  private current: Shown
  private filter: Filter = everything
  private selected: number | undefined
  /** Whether what has nothing to do with the selected record is dimmed. */
  private lights = false

  constructor(traces: readonly RecordedTrace[]) {
    this.list = new RecordList(byId('list'), byId('count'), (index) => this.choose(this.current, index))
    this.runs = traces.map((trace) => this.add(modelOf(trace)))
    this.current = this.runs.at(-1) as Shown
    connectFilters(choicesOf((this.runs[0] as Shown).model), (filter) => this.search(filter))
    connectTheme(() => this.runs.forEach(({ chart }) => chart.recolour()))
    connectCopy(byId('command'), byId('copy'))
    this.connectButtons()
    this.tellFilters()
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
    const left = header.left > 0 ? ` (${groupThousands(header.left)} before them were left out)` : ''
    heading.append(
      element('span', 'name', header.run === 'minimal' ? 'Minimal run' : 'Whole run'),
      `${groupThousands(records.length)} records${left} · ${formatMillis(header.end)} virtual`,
    )
    box.append(heading)
    byId('charts').append(box)
    const chart = new Chart(model, box, {
      selected: (index) => this.choose(shown, index, { moves: false }),
      hovered: (index, x, y) => showTip(byId('tip'), model, index, x, y),
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
    const [before, { selected }] = [this.current, this]
    this.focus(this.runs.find(({ box }) => box.dataset.run === which) ?? before)
    if (selected === undefined) return
    // A selection goes along to the other run, where the same has happened there.
    const twin = this.current === before ? selected : counterpartOf(before.model, selected, this.current.model)
    this.choose(this.current, twin, { lights: this.lights })
  }

  private focus(shown: Shown): void {
    for (const { chart } of this.runs) if (chart !== shown.chart) chart.select(undefined, undefined)
    this.current = shown
    for (const one of this.runs) one.box.classList.toggle('current', one === shown)
    const { header } = shown.model.trace
    const facts = factsOf(header)
    byId('facts').replaceChildren(...facts.map((fact) => element('span', '', fact)))
    byId('facts').title = facts.join(' · ')
    byId('command').textContent = header.replay
    byId<HTMLButtonElement>('failure').disabled = shown.model.failure < 0
    this.list.show(shown.model, shown.matches, this.filter.text)
  }

  private search(filter: Filter): void {
    this.filter = filter
    for (const shown of this.runs) {
      shown.matches = matching(shown.model, filter)
      shown.chart.filter(shown.matches)
    }
    this.list.show(this.current.model, this.current.matches, filter.text)
    this.list.select(this.selected)
    this.tellFilters()
  }

  private tellFilters(): void {
    const count = chosen(this.filter)
    byId('filtered').textContent = count === 0 ? '' : String(count)
    byId<HTMLButtonElement>('clear').disabled = count === 0 && this.filter.text === ''
  }

  /** Selects a record everywhere; `moves`: goes to it; `lights`: dims what has nothing to do with it. */
  private choose(shown: Shown, index: number | undefined, { moves = true, lights = true } = {}): void {
    if (shown !== this.current) this.focus(shown)
    this.selected = index
    this.lights = lights
    const { model, chart } = shown
    chart.select(index, index === undefined || !lights ? undefined : relatedTo(model, index))
    this.list.select(index)
    showDetails(byId('details'), model, index, (other) => this.choose(shown, other))
    this.selectTwin(shown, index)
    if (index === undefined) return
    if (moves) chart.reveal(index)
    const record = model.records[index] as TraceRecord
    byId('live').textContent = `${formatMillis(record.at)}, ${record.node}: ${model.textOf(index)}`
  }

  /** While both runs are shown, what happened in one is looked for in the other one. */
  private selectTwin(shown: Shown, index: number | undefined): void {
    const other = this.runs.find((one) => one !== shown && !one.box.hidden)
    if (other === undefined || shown.box.hidden) return
    const twin = index === undefined ? undefined : counterpartOf(shown.model, index, other.model)
    other.chart.select(twin, twin === undefined || !this.lights ? undefined : relatedTo(other.model, twin))
    if (twin !== undefined) other.chart.reveal(twin)
  }

  /** To the failure, as the page has opened. */
  private jump(): void {
    const { model } = this.current
    if (model.failure < 0) return
    this.choose(this.current, model.failure, { moves: false, lights: false })
    for (const { chart, box } of this.runs) {
      if (!box.hidden && chart.model.failure >= 0) chart.around(chart.model.failure, 0.92)
    }
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
    const scale = byId<HTMLButtonElement>('scale')
    scale.addEventListener('click', () => {
      const isTime = scale.getAttribute('aria-pressed') !== 'true'
      scale.setAttribute('aria-pressed', String(isTime))
      for (const { chart } of this.runs) chart.setMode(isTime ? 'time' : 'even')
    })
    const filters = byId('filters')
    filters.addEventListener('click', () => {
      filters.setAttribute('aria-expanded', String(filters.getAttribute('aria-expanded') !== 'true'))
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
      ArrowUp: () => chart.scrollBy(-40),
      ArrowDown: () => chart.scrollBy(40),
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

function element(tag: string, className: string, text: string): HTMLElement {
  const made = document.createElement(tag)
  made.className = className
  made.textContent = text
  return made
}

const traces = await readRuns()
new Page(traces)
// Two frames later the picture is there, too: that is the time from opening the page until a person sees it.
requestAnimationFrame(() =>
  requestAnimationFrame(() => {
    performance.mark('ready')
    document.documentElement.dataset.ready = 'true'
  }),
)
