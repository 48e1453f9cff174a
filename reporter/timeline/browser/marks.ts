import { operationText } from '../../../src/story/words.ts'
import type { TraceRecord } from '../../../src/trace/records.ts'
import { firstAtLeast } from './axis.ts'
import { type Labels, fitting, mono } from './labels.ts'
import { rowHeight } from './layout.ts'
import type { Operation } from './operations.ts'
import { type Scene, gutter, laneY, rowY, signY, xAt } from './scene.ts'
import { drawSign } from './signs.ts'

/** More records in sight than this are drawn in part; more than this have no text. */
const [crowd, told] = [4_000, 90] as const

/** A sign for each record that is in sight. */
export function drawMarks(context: CanvasRenderingContext2D, scene: Scene, labels: Labels): void {
  const { model, axis, domain, shown, lit, palette } = scene
  const first = firstAtLeast(axis.at, domain[0])
  const last = firstAtLeast(axis.at, domain[1] + Number.EPSILON)
  const step = Math.max(1, Math.ceil((last - first) / crowd))
  for (let index = first; index < last; index++) {
    const record = model.records[index] as TraceRecord
    if (shown[index] !== 1 || (index % step !== 0 && !isRare(record))) continue
    const isLit = lit === undefined || lit.has(index)
    const [x, y] = [xAt(scene, index), signY(scene, index)]
    context.globalAlpha = isLit ? 1 : 0.16
    if (record.type !== 'operation') drawSign(context, palette, record, x, y)
    if (last - first > told) continue
    labels.reserve(x - 6, y - 6, x + 6, y + 6)
    if (!isLit || !speaks(record)) continue
    const [line = ''] = model.textOf(index).split('\n')
    labels.beside(index, line, isBad(record) ? palette.fates.lost : palette.muted, x, y)
  }
  context.globalAlpha = 1
}

/** Operations as bars from their start to their end. */
export function drawOperations(context: CanvasRenderingContext2D, scene: Scene, labels: Labels): void {
  const { shown, lit } = scene
  context.font = mono
  // Of those that are narrower than a pixel, one is drawn in each row of each pixel.
  const last = new Map<number, number>()
  for (const operation of scene.model.operations) {
    const { start, stop } = operation
    if (shown[start] !== 1 && shown[stop] !== 1) continue
    const [left, right] = [xAt(scene, start), xAt(scene, stop)]
    if (right < gutter || left > scene.width) continue
    const pixel = Math.round(left)
    if (right - left < 1 && last.get(operation.row) === pixel) continue
    last.set(operation.row, pixel)
    const isLit = lit === undefined || lit.has(start) || lit.has(stop)
    drawOperation(context, scene, labels, operation, left, right, isLit)
  }
  context.globalAlpha = 1
}

function drawOperation(
  context: CanvasRenderingContext2D,
  scene: Scene,
  labels: Labels,
  operation: Operation,
  left: number,
  right: number,
  isLit: boolean,
): void {
  const { model, palette, layout } = scene
  const { row, record, stop } = operation
  const y = rowY(scene, laneY(scene, model.lanes.indexOf('test')), row)
  const hasRow = row < layout.rows
  const high = hasRow ? rowHeight - 3 : 2
  const top = hasRow ? y - high / 2 : y - rowHeight / 2 - 1
  context.fillStyle = colourOf(operation, scene)
  context.globalAlpha = isLit ? 0.16 : 0.05
  context.fillRect(left, top, Math.max(right - left, 1), high)
  context.globalAlpha = isLit ? 1 : 0.2
  if (right - left > 6) context.fillRect(left, top, 2, high)
  if (right - left > 6 && stop >= 0) context.fillRect(right - 2, top, 2, high)
  if (!hasRow) return
  labels.reserve(left, top, right, top + high)
  const from = Math.max(left, gutter) + 6
  const text = fitting(context, operationText(record), Math.min(right, scene.width) - from - 5)
  if (text.length < 3) return
  context.fillStyle = palette.text
  context.fillText(text, from, y + 0.5)
}

function colourOf({ record, stop }: Operation, { palette }: Scene): string {
  if (stop < 0) return palette.muted
  if (record.outcome === 'failed') return palette.fates.lost
  return record.outcome === 'unknown' ? palette.fates.late : palette.operation
}

/** Records whose sign does not say enough, and no message says more. */
function speaks(record: TraceRecord): boolean {
  switch (record.type) {
    case 'storage':
    case 'log':
    case 'failure':
    case 'timeout':
    case 'fault':
      return true
    case 'actor':
      return record.action !== 'active'
    case 'node':
      return record.action !== 'up'
    case 'check':
      return !record.holds
    default:
      return false
  }
}

function isBad(record: TraceRecord): boolean {
  return record.type === 'failure' || (record.type === 'check' && !record.holds)
}

/** Records that no crowd hides. */
function isRare(record: TraceRecord): boolean {
  return record.type === 'fault' || record.type === 'node' || isBad(record)
}
