import { callText, describeRecord } from '../../../src/story/words.ts'
import type { TraceRecord } from '../../../src/trace/records.ts'
import { type Axis, firstAtLeast, ticksOf } from './axis.ts'
import { recordAt } from './filter.ts'
import { Labels, fitting, mono } from './labels.ts'
import type { Journey, Model, Span } from './model.ts'
import type { Palette } from './palette.ts'

/** Room for the names of the lanes, and for the axis, in CSS pixels. */
export const gutter = 132
export const axisHeight = 28

/** Everything that a picture depends on. */
export interface Scene {
  readonly model: Model
  readonly axis: Axis
  readonly palette: Palette
  readonly width: number
  readonly height: number
  /** Positions of the axis at both edges. */
  readonly domain: readonly [number, number]
  readonly shown: Uint8Array
  readonly selected: number | undefined
  readonly hovered: number | undefined
  /** Causes and effects of the selected record; undefined: nothing is selected. */
  readonly lit: ReadonlySet<number> | undefined
}

/** Vertical middle of a lane. */
export function laneY(lanes: number, lane: number, height: number): number {
  const room = (height - axisHeight) / Math.max(lanes, 1)
  return axisHeight + room * (lane + 0.5)
}

/** Horizontal place of a position of the axis. */
export function xOf({ domain, width }: Pick<Scene, 'domain' | 'width'>, at: number): number {
  return gutter + ((at - domain[0]) / (domain[1] - domain[0])) * (width - gutter)
}

export function draw(context: CanvasRenderingContext2D, scene: Scene): void {
  const { width, height, palette } = scene
  context.clearRect(0, 0, width, height)
  context.font = font
  context.textBaseline = 'middle'
  context.save()
  context.beginPath()
  context.rect(gutter, 0, width - gutter, height)
  context.clip()
  drawGrid(context, scene)
  for (const span of scene.model.spans) drawSpan(context, scene, span)
  drawLanes(context, scene)
  const labels = new Labels(context, scene.width)
  drawMarks(context, scene, labels)
  drawJourneys(context, scene, labels)
  drawSelection(context, scene)
  drawFailure(context, scene)
  context.restore()
  drawNames(context, scene)
  context.fillStyle = palette.line
  context.fillRect(gutter - 0.5, 0, 1, height)
}

const font = '12px ui-sans-serif, system-ui, "Segoe UI", sans-serif'

function drawGrid(context: CanvasRenderingContext2D, { axis, model, domain, width, height, palette }: Scene): void {
  for (const { x, text } of ticksOf(axis, model.records, domain, width - gutter)) {
    const place = Math.round(gutter + x) + 0.5
    context.fillStyle = palette.line
    context.globalAlpha = 0.6
    context.fillRect(place, axisHeight - 6, 1, height)
    context.globalAlpha = 1
    context.fillStyle = palette.muted
    context.font = mono
    context.fillText(text, place + 5, 12)
  }
  context.fillStyle = palette.line
  context.fillRect(0, axisHeight, width, 1)
}

function drawLanes(context: CanvasRenderingContext2D, { model, width, height, palette }: Scene): void {
  context.fillStyle = palette.lane
  model.lanes.forEach((_, lane) => {
    context.fillRect(gutter, Math.round(laneY(model.lanes.length, lane, height)), width - gutter, 1)
  })
}

function drawNames(context: CanvasRenderingContext2D, { model, height, palette }: Scene): void {
  context.fillStyle = palette.surface
  context.fillRect(0, axisHeight + 1, gutter - 1, height)
  context.font = `600 ${font}`
  context.fillStyle = palette.text
  model.lanes.forEach((node, lane) => {
    const y = laneY(model.lanes.length, lane, height)
    context.fillText(fitting(context, node, gutter - 28), 16, y)
  })
}

function drawSpan(context: CanvasRenderingContext2D, scene: Scene, span: Span): void {
  const { model, axis, height, palette, width } = scene
  const left = Math.max(xOf(scene, axis.at[span.from] as number), gutter)
  const right = Math.min(xOf(scene, axis.at[span.to] as number), width)
  if (right < gutter || left > width) return
  const count = model.lanes.length
  const room = (height - axisHeight) / count
  const lanes = span.lanes.length === 0 ? model.lanes.map((_, lane) => lane) : span.lanes
  const isDown = span.kind === 'down' || span.kind === 'paused'
  context.fillStyle = isDown ? palette.down : palette.cut
  if (isDown) {
    for (const lane of lanes) {
      const top = laneY(count, lane, height) - Math.min(room * 0.32, 18)
      hatched(context, left, top, Math.max(right - left, 2), Math.min(room * 0.64, 36))
    }
    return
  }
  const [first, last] = [Math.min(...lanes), Math.max(...lanes)]
  const top = laneY(count, first, height) - room * 0.42
  const bottom = laneY(count, last, height) + room * 0.42
  context.globalAlpha = 0.16
  context.fillRect(left, top, Math.max(right - left, 2), bottom - top)
  context.globalAlpha = 0.7
  context.fillRect(left, top, 1.5, bottom - top)
  context.fillRect(right - 1.5, top, 1.5, bottom - top)
  context.globalAlpha = 1
  context.font = font
  context.fillText(fitting(context, span.text, right - left - 14), left + 8, top + 10)
}

function hatched(context: CanvasRenderingContext2D, x: number, y: number, width: number, height: number): void {
  context.save()
  context.beginPath()
  context.rect(x, y, width, height)
  context.clip()
  context.globalAlpha = 0.14
  context.fillRect(x, y, width, height)
  context.globalAlpha = 0.5
  context.strokeStyle = context.fillStyle
  context.lineWidth = 1
  context.beginPath()
  const start = Math.floor(x / 8) * 8 - height
  const lines = Math.min(Math.ceil((width + height) / 8) + 2, 600)
  for (let i = 0; i < lines; i++) {
    context.moveTo(start + i * 8, y + height)
    context.lineTo(start + i * 8 + height, y)
  }
  context.stroke()
  context.restore()
}

function drawJourneys(context: CanvasRenderingContext2D, scene: Scene, labels: Labels): void {
  const { model, palette, lit, shown } = scene
  const visible = model.journeys.filter((one) => isVisible(one, scene) && isShown(one, scene))
  const isCrowded = visible.length > 1_500
  const hasLabels = visible.length <= 90
  for (const journey of visible) {
    const isLit = lit === undefined || lit.has(journey.start) || lit.has(journey.stop)
    context.globalAlpha = isLit ? (isCrowded ? 0.5 : 1) : 0.12
    context.strokeStyle = context.fillStyle = palette.fates[journey.fate]
    context.lineWidth = isCrowded ? 1 : lit !== undefined && isLit ? 2.2 : 1.4
    arrow(context, scene, journey, isCrowded)
    if (hasLabels && isLit && shown[journey.start] === 1) {
      labels.onLine(callText(journey.send), endsOf(scene, journey), palette.surface)
    }
  }
  context.globalAlpha = 1
  context.setLineDash([])
}

export function endsOf(scene: Scene, journey: Journey): [number, number, number, number] {
  const { model, axis, height } = scene
  const { from, to, fate } = journey
  const [start, stop] = placesOf(journey, axis)
  const count = model.lanes.length
  const [y1, y2] = [laneY(count, from, height), laneY(count, to, height)]
  const [x1, x2] = [xOf(scene, start), xOf(scene, stop)]
  // What is lost at its sending still shows its direction.
  return fate === 'lost' ? [x1, y1, x1 + Math.max((x2 - x1) * 0.7, 10), y1 + (y2 - y1) * 0.7] : [x1, y1, x2, y2]
}

function arrow(context: CanvasRenderingContext2D, scene: Scene, journey: Journey, isCrowded: boolean): void {
  const [x1, y1, x2, y2] = endsOf(scene, journey)
  context.setLineDash(journey.fate === 'under way' || journey.isCopy ? [4, 4] : [])
  context.beginPath()
  context.moveTo(x1, y1)
  context.lineTo(x2, y2)
  context.stroke()
  if (isCrowded) return
  context.setLineDash([])
  if (journey.fate === 'lost') return cross(context, x2, y2, 4)
  const angle = Math.atan2(y2 - y1, x2 - x1)
  context.beginPath()
  context.moveTo(x2, y2)
  context.lineTo(x2 - 8 * Math.cos(angle - 0.4), y2 - 8 * Math.sin(angle - 0.4))
  context.lineTo(x2 - 8 * Math.cos(angle + 0.4), y2 - 8 * Math.sin(angle + 0.4))
  context.fill()
}

function cross(context: CanvasRenderingContext2D, x: number, y: number, size: number): void {
  context.beginPath()
  context.moveTo(x - size, y - size)
  context.lineTo(x + size, y + size)
  context.moveTo(x + size, y - size)
  context.lineTo(x - size, y + size)
  context.stroke()
}

function placesOf({ start, stop }: Journey, axis: Axis): [number, number] {
  return [axis.at[start] as number, stop < 0 ? axis.to : (axis.at[stop] as number)]
}

export function isVisible(journey: Journey, { axis, domain }: Pick<Scene, 'axis' | 'domain'>): boolean {
  const [start, stop] = placesOf(journey, axis)
  return start <= domain[1] && stop >= domain[0]
}

function isShown({ start, stop }: Journey, { shown }: Scene): boolean {
  return shown[start] === 1 || (stop >= 0 && shown[stop] === 1)
}

function drawMarks(context: CanvasRenderingContext2D, scene: Scene, labels: Labels): void {
  const { model, axis, domain, shown, lit, height } = scene
  const first = firstAtLeast(axis.at, domain[0])
  const last = firstAtLeast(axis.at, domain[1] + Number.EPSILON)
  const isCrowded = last - first > 4_000
  const step = isCrowded ? Math.ceil((last - first) / 4_000) : 1
  const hasLabels = last - first <= 90
  for (let index = first; index < last; index += step) {
    if (shown[index] !== 1) continue
    const record = model.records[index] as TraceRecord
    const x = xOf(scene, axis.at[index] as number)
    const y = laneY(model.lanes.length, model.laneOf[index] as number, height)
    context.globalAlpha = lit === undefined || lit.has(index) ? 1 : 0.18
    mark(context, scene, record, x, y)
    if (!hasLabels || context.globalAlpha < 1) continue
    context.fillStyle = record.type === 'failure' ? scene.palette.failure : scene.palette.muted
    labels.beside(noteOf(scene, record), x, y)
  }
  context.globalAlpha = 1
}

function drawSelection(context: CanvasRenderingContext2D, scene: Scene): void {
  const { model, axis, selected, hovered, height } = scene
  for (const index of [hovered, selected]) {
    if (index === undefined) continue
    const x = xOf(scene, axis.at[index] as number)
    const y = laneY(model.lanes.length, model.laneOf[index] as number, height)
    context.strokeStyle = scene.palette.accent
    context.lineWidth = 2
    context.beginPath()
    context.arc(x, y, 9, 0, Math.PI * 2)
    context.stroke()
  }
}

const told: ReadonlySet<string> = new Set([
  'storage',
  'operation',
  'log',
  'node',
  'failure',
  'timeout',
  'actor',
  'fault',
])

/** What a record says beside its sign; '' when its sign or a message says enough. */
function noteOf({ model }: Scene, record: TraceRecord): string {
  if (!told.has(record.type) || (record.type === 'node' && record.action === 'up')) return ''
  const byId = { get: (id: number) => recordAt(model, id) } as ReadonlyMap<number, TraceRecord>
  const [line = ''] = describeRecord(record, byId).split('\n')
  return line.replace(/^operation \d+: /, '')
}

/** A sign for each type: its shape says as much as its colour. */
function mark(context: CanvasRenderingContext2D, scene: Scene, record: TraceRecord, x: number, y: number): void {
  const { palette } = scene
  context.beginPath()
  switch (record.type) {
    case 'storage':
      context.fillStyle = record.outcome === 'ok' ? palette.storage : palette.failure
      context.rect(x - 4, y - 4, 8, 8)
      break
    case 'actor':
      context.fillStyle = palette.actor
      diamond(context, x, y, 5)
      break
    case 'operation':
      context.fillStyle = record.outcome === 'failed' ? palette.failure : palette.operation
      triangle(context, x, y, record.action === 'start' ? 1 : -1)
      break
    case 'log':
      context.fillStyle = palette.log
      context.rect(x - 1.5, y - 6, 3, 12)
      break
    case 'check':
      context.fillStyle = record.holds ? palette.good : palette.failure
      context.arc(x, y - 11, 3, 0, Math.PI * 2)
      break
    case 'failure':
    case 'timeout':
      context.fillStyle = record.type === 'failure' ? palette.failure : palette.fates.late
      context.arc(x, y, record.type === 'failure' ? 6 : 4, 0, Math.PI * 2)
      break
    case 'node':
    case 'fault':
      context.fillStyle = record.type === 'node' && record.action === 'boot' ? palette.good : palette.cut
      context.arc(x, y, 4.5, 0, Math.PI * 2)
      break
    case 'timer':
      context.fillStyle = palette.muted
      context.arc(x, y, 1.5, 0, Math.PI * 2)
      break
    default:
      context.fillStyle = palette.muted
      context.arc(x, y, 2, 0, Math.PI * 2)
  }
  context.fill()
}

function diamond(context: CanvasRenderingContext2D, x: number, y: number, size: number): void {
  context.moveTo(x, y - size)
  context.lineTo(x + size, y)
  context.lineTo(x, y + size)
  context.lineTo(x - size, y)
}

function triangle(context: CanvasRenderingContext2D, x: number, y: number, direction: 1 | -1): void {
  context.moveTo(x - 4 * direction, y - 5)
  context.lineTo(x + 5 * direction, y)
  context.lineTo(x - 4 * direction, y + 5)
}

function drawFailure(context: CanvasRenderingContext2D, scene: Scene): void {
  const { model, axis, height, palette } = scene
  if (model.failure < 0) return
  context.fillStyle = palette.failure
  context.globalAlpha = 0.5
  context.fillRect(xOf(scene, axis.at[model.failure] as number) - 0.75, axisHeight, 1.5, height)
  context.globalAlpha = 1
}
