import { fitting, mono } from './labels.ts'
import { type Scene, axisHeight, gutter, laneY, xAt } from './scene.ts'
import type { Span } from './spans.ts'

/** Faults that last: links that are cut, nodes that are down or paused. */
export function drawSpans(context: CanvasRenderingContext2D, scene: Scene): void {
  for (const span of scene.model.spans) {
    const left = Math.max(xAt(scene, span.from), gutter)
    const right = Math.min(Math.max(xAt(scene, span.to), left + 2), scene.width)
    if (right <= gutter || left >= scene.width || xAt(scene, span.to) < gutter) continue
    if (span.kind === 'down' || span.kind === 'paused') drawRest(context, scene, span, left, right)
    else drawCut(context, scene, span, left, right)
  }
  context.globalAlpha = 1
}

/** A hatched lane: nobody is there; a pause has a lighter one. */
function drawRest(context: CanvasRenderingContext2D, scene: Scene, span: Span, left: number, right: number): void {
  const { layout, palette } = scene
  context.lineWidth = 1
  for (const lane of span.lanes) {
    const half = Math.min((layout.room[lane] ?? 0) * 0.36, 16)
    const top = laneY(scene, lane) - half
    const strength = span.kind === 'down' ? 1 : 0.5
    context.fillStyle = context.strokeStyle = palette.down
    context.globalAlpha = 0.13 * strength
    context.fillRect(left, top, right - left, half * 2)
    context.globalAlpha = 0.45 * strength
    hatch(context, left, top, right - left, half * 2)
  }
}

function hatch(context: CanvasRenderingContext2D, x: number, y: number, width: number, height: number): void {
  const gap = 7
  context.save()
  context.beginPath()
  context.rect(x, y, width, height)
  context.clip()
  context.beginPath()
  // Lines start at multiples of the gap, so that they stand still while the picture moves below them.
  for (let start = Math.floor((x - height) / gap) * gap; start < x + width; start += gap) {
    context.moveTo(start, y + height)
    context.lineTo(start + height, y)
  }
  context.stroke()
  context.restore()
}

/** A band over all lanes that it parts, stronger over those of the first side. */
function drawCut(context: CanvasRenderingContext2D, scene: Scene, span: Span, left: number, right: number): void {
  const { layout, palette, model, scrolled } = scene
  const { record } = span
  const colour = span.kind === 'clog' ? palette.fates.held : palette.cut
  const first = new Set(record.type === 'fault' ? record.nodes : [])
  let highest = Infinity
  context.fillStyle = colour
  for (const lane of span.lanes) {
    const top = axisHeight + (layout.top[lane] ?? 0) - scrolled
    const room = layout.room[lane] ?? 0
    context.globalAlpha = first.has(model.lanes[lane] ?? '') ? 0.15 : 0.06
    context.fillRect(left, top, right - left, room)
    context.globalAlpha = right - left > 4 ? 0.5 : 0.15
    context.fillRect(left, top, 1, room)
    context.fillRect(right - 1, top, 1, room)
    highest = Math.min(highest, top)
  }
  context.globalAlpha = 1
  name(context, span.text, left, right, highest + 9, colour)
}

/** Says what a band is, where it is wide enough. */
function name(
  context: CanvasRenderingContext2D,
  text: string,
  left: number,
  right: number,
  y: number,
  colour: string,
): void {
  context.font = mono
  const shown = fitting(context, text, right - left - 12)
  if (shown.length < Math.min(text.length, 5)) return
  context.fillStyle = colour
  context.fillText(shown, left + 6, y)
}
