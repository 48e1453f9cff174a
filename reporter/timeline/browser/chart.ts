import { select } from 'd3-selection'
import { type D3ZoomEvent, type ZoomBehavior, zoom, zoomIdentity } from 'd3-zoom'
import { type Axis, type AxisMode, axisOf } from './axis.ts'
import { draw } from './draw.ts'
import { type Layout, layoutOf } from './layout.ts'
import type { Model } from './model.ts'
import { Overview } from './overview.ts'
import { type Palette, readPalette } from './palette.ts'
import { pick } from './pick.ts'
import { relatedTo } from './related.ts'
import { type Places, type Scene, axisHeight, gutter } from './scene.ts'

/** What a chart tells whoever shows it. */
export interface ChartEvents {
  selected(index: number | undefined): void
  hovered(index: number | undefined, x: number, y: number): void
}

/** How many records a window shows that goes to one of them. */
const windowed = 36

/** The picture of one run: draws it, and moves through it by mouse, touch and calls. */
export class Chart {
  readonly model: Model
  readonly canvas: HTMLCanvasElement
  private readonly strip: HTMLCanvasElement
  private readonly overview: Overview
  private readonly events: ChartEvents
  private readonly behaviour: ZoomBehavior<HTMLCanvasElement, unknown>
  private axis: Axis
  private shown: Uint8Array
  private selected: number | undefined
  private hovered: number | undefined
  private lit: ReadonlySet<number> | undefined
  private near: ReadonlySet<number> | undefined
  private domain: [number, number]
  private layout: Layout
  private palette: Palette
  private readonly places: Places = new Map()
  /** How far the lanes are scrolled up, where they have not all got room; and where a drag has been. */
  private scrolled = 0
  private dragged: number | undefined
  private frame = 0
  private size = { width: 0, height: 0 }

  constructor(model: Model, parent: HTMLElement, events: ChartEvents) {
    this.model = model
    this.events = events
    this.axis = axisOf(model.records, 'even')
    this.domain = [this.axis.from, this.axis.to]
    this.shown = new Uint8Array(model.records.length).fill(1)
    this.canvas = document.createElement('canvas')
    this.canvas.className = 'chart'
    this.canvas.tabIndex = 0
    this.canvas.setAttribute('role', 'application')
    this.canvas.setAttribute('aria-label', labelOf(model))
    this.canvas.setAttribute('aria-keyshortcuts', 'ArrowLeft ArrowRight + - Home End F')
    this.strip = document.createElement('canvas')
    this.strip.className = 'overview'
    this.strip.setAttribute('aria-hidden', 'true')
    this.overview = new Overview(this.strip)
    this.layout = layoutOf(model, 0)
    this.palette = readPalette(document.documentElement)
    parent.append(this.canvas, this.strip)
    this.behaviour = this.zooming()
    this.listen()
    new ResizeObserver(() => this.resize()).observe(this.canvas)
  }

  /** Shows which records; the others are not drawn and cannot be picked. */
  filter(shown: Uint8Array): void {
    this.shown = shown
    this.redraw()
  }

  select(index: number | undefined, lit: ReadonlySet<number> | undefined): void {
    this.selected = index
    this.lit = lit
    this.redraw()
  }

  setMode(mode: AxisMode): void {
    const middle = this.selected ?? this.nearest((this.domain[0] + this.domain[1]) / 2)
    this.axis = axisOf(this.model.records, mode)
    this.behaviour.scaleExtent([1, this.deepest()])
    this.around(middle)
  }

  /** All of the run. */
  fit(): void {
    select(this.canvas).call(this.behaviour.transform, zoomIdentity)
  }

  /** A window around a record, in which its neighbours can be read. */
  around(index: number, share = 0.5): void {
    const { at, from, to } = this.axis
    const first = Math.max(0, index - Math.round(windowed * share))
    const last = Math.min(at.length - 1, first + windowed)
    const span = Math.max((at[last] as number) - (at[first] as number), (to - from) / this.deepest())
    const room = span * 1.08
    const start = Math.max(from, Math.min((at[index] as number) - room * share, to - room))
    this.show(start, Math.min(start + room, to))
  }

  /** Moves the window only when the record is out of it. */
  reveal(index: number): void {
    this.scrollTo(this.model.laneOf[index] ?? 0)
    const at = this.axis.at[index] as number
    const margin = (this.domain[1] - this.domain[0]) * 0.04
    if (at > this.domain[0] + margin && at < this.domain[1] - margin) return this.redraw()
    const half = (this.domain[1] - this.domain[0]) / 2
    this.show(at - half, at + half)
  }

  zoomBy(factor: number): void {
    select(this.canvas).call(this.behaviour.scaleBy, factor)
  }

  /** `share` of the window, to the right when positive. */
  panBy(share: number): void {
    const width = this.size.width - gutter
    const { scale } = this.transform()
    select(this.canvas).call(this.behaviour.translateBy, (-share * width) / scale, 0)
  }

  /** The colours have changed. */
  recolour(): void {
    this.palette = readPalette(document.documentElement)
    this.redraw()
  }

  /** Moves the lanes up by so many pixels, where they have not all got room. */
  scrollBy(pixels: number): void {
    const most = Math.max(0, this.layout.total - (this.size.height - axisHeight))
    this.scrolled = Math.min(Math.max(this.scrolled + pixels, 0), most)
    this.redraw()
  }

  redraw(): void {
    if (this.frame !== 0) return
    this.frame = requestAnimationFrame(() => {
      this.frame = 0
      this.paint()
    })
  }

  /** Draws at once; returns how long it took, ms. */
  paint(): number {
    const started = performance.now()
    const context = this.canvas.getContext('2d')
    if (context === null || this.size.width === 0) return 0
    const ratio = devicePixelRatio
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    const scene = this.scene()
    draw(context, scene)
    this.overview.draw(scene)
    return performance.now() - started
  }

  private scene(): Scene {
    const { model, axis, layout, palette, size, scrolled, domain, shown, selected, hovered, lit, near, places } = this
    return { model, axis, layout, palette, ...size, scrolled, domain, shown, selected, hovered, lit, near, places }
  }

  private scrollTo(lane: number): void {
    const top = axisHeight + (this.layout.top[lane] ?? 0) - this.scrolled
    const bottom = top + (this.layout.room[lane] ?? 0)
    if (top < axisHeight) this.scrollBy(top - axisHeight)
    else if (bottom > this.size.height) this.scrollBy(bottom - this.size.height)
  }

  /** Shows this part, moved so that it lies within the run. */
  private show(from: number, to: number): void {
    const { axis } = this
    const whole = axis.to - axis.from
    const width = Math.max(this.size.width - gutter, 1)
    const span = Math.min(Math.max(to - from, whole / this.deepest()), whole)
    const scale = whole / span
    const start = Math.min(Math.max(from, axis.from), axis.to - span)
    const x = gutter - gutter * scale - ((start - axis.from) / whole) * width * scale
    select(this.canvas).call(this.behaviour.transform, zoomIdentity.translate(x, 0).scale(scale))
  }

  private transform(): { readonly scale: number } {
    return { scale: (this.axis.to - this.axis.from) / (this.domain[1] - this.domain[0]) }
  }

  /** So many times the whole run; then two records are wide apart. */
  private deepest(): number {
    return Math.max(8, this.axis.mode === 'even' ? this.model.records.length / 4 : (this.axis.to - this.axis.from) / 2)
  }

  private nearest(at: number): number {
    const found = this.axis.at.findIndex((one) => one >= at)
    return found < 0 ? this.model.records.length - 1 : found
  }

  private zooming(): ZoomBehavior<HTMLCanvasElement, unknown> {
    return zoom<HTMLCanvasElement, unknown>()
      .scaleExtent([1, this.deepest()])
      .extent(() => [
        [gutter, 0],
        [Math.max(this.size.width, gutter + 1), this.size.height],
      ])
      .translateExtent([
        [gutter, -Infinity],
        [gutter + 1, Infinity],
      ])
      .on('start', () => (this.dragged = undefined))
      .on('zoom', ({ transform, sourceEvent }: D3ZoomEvent<HTMLCanvasElement, unknown>) => {
        const { axis } = this
        // Only a drag moves the lanes up and down: a wheel zooms the time alone.
        if (sourceEvent instanceof MouseEvent && sourceEvent.type === 'mousemove') {
          if (this.dragged !== undefined) this.scrollBy(this.dragged - transform.y)
          this.dragged = transform.y
        }
        const width = Math.max(this.size.width - gutter, 1)
        const whole = axis.to - axis.from
        const from = axis.from + ((transform.invertX(gutter) - gutter) / width) * whole
        this.domain = [from, from + whole / transform.k]
        this.redraw()
      })
  }

  private listen(): void {
    const { canvas, events } = this
    select(canvas).call(this.behaviour).on('dblclick.zoom', null)
    canvas.addEventListener('pointermove', (event) => {
      const { offsetX, offsetY } = event
      const found = event.buttons === 0 ? pick(this.scene(), offsetX, offsetY) : undefined
      canvas.style.cursor = found === undefined ? 'grab' : 'pointer'
      if (found !== this.hovered) {
        this.hovered = found
        this.near = found === undefined ? undefined : relatedTo(this.model, found)
        this.redraw()
      }
      events.hovered(found, event.clientX, event.clientY)
    })
    canvas.addEventListener('pointerleave', () => {
      this.hovered = this.near = undefined
      events.hovered(undefined, 0, 0)
      this.redraw()
    })
    canvas.addEventListener('click', ({ offsetX, offsetY }) => events.selected(pick(this.scene(), offsetX, offsetY)))
    this.strip.addEventListener('pointerdown', (event) => this.dragOverview(event))
  }

  /** The strip below: a drag moves the window. */
  private dragOverview(start: PointerEvent): void {
    const { strip, axis } = this
    const go = ({ offsetX }: PointerEvent): void => {
      const at = axis.from + ((offsetX - gutter) / (this.size.width - gutter)) * (axis.to - axis.from)
      const half = (this.domain[1] - this.domain[0]) / 2
      this.show(at - half, at + half)
    }
    strip.setPointerCapture(start.pointerId)
    strip.addEventListener('pointermove', go)
    strip.addEventListener('pointerup', () => strip.removeEventListener('pointermove', go), { once: true })
    go(start)
  }

  private resize(): void {
    const { domain } = this
    const { width, height } = this.canvas.getBoundingClientRect()
    if (width === 0) return
    const isFirst = this.size.width === 0
    this.size = { width, height }
    this.layout = layoutOf(this.model, height - axisHeight)
    this.scrollBy(0)
    const ratio = devicePixelRatio
    this.canvas.width = Math.round(width * ratio)
    this.canvas.height = Math.round(height * ratio)
    this.behaviour.translateExtent([
      [gutter, -Infinity],
      [Math.max(width, gutter + 1), Infinity],
    ])
    if (isFirst) this.around(this.model.failure < 0 ? 0 : this.model.failure, this.model.failure < 0 ? 0 : 0.92)
    else this.show(domain[0], domain[1])
    this.paint()
  }
}

function labelOf({ trace, lanes, records, failure }: Model): string {
  const { run, seed } = trace.header
  const end = failure < 0 ? '' : ', ends with a failure'
  return `Timeline of the ${run} run of seed ${seed}: ${records.length} records of ${lanes.length} lanes${end}. The list of records says the same as text.`
}
