import { drawJourneys } from './arrows.ts'
import { ticksOf } from './axis.ts'
import { drawSpans } from './bands.ts'
import { Labels, fitting, font, mono } from './labels.ts'
import { drawMarks, drawOperations } from './marks.ts'
import { type Scene, axisHeight, gutter, laneY, signY, xAt } from './scene.ts'

/** The picture of a run. */
export function draw(context: CanvasRenderingContext2D, scene: Scene): void {
  const { width, height, palette } = scene
  context.globalAlpha = 1
  context.setLineDash([])
  context.fillStyle = palette.surface
  // Sizes in CSS pixels may be fractions; what shone through at an edge would add up from picture to picture.
  context.fillRect(0, 0, width + 1, height + 1)
  context.textBaseline = 'middle'
  context.lineJoin = 'round'
  context.save()
  context.beginPath()
  context.rect(gutter, axisHeight, width - gutter, height - axisHeight)
  context.clip()
  drawLanes(context, scene)
  drawSpans(context, scene)
  const labels = new Labels(context, scene)
  drawOperations(context, scene, labels)
  drawJourneys(context, scene, labels)
  drawFailure(context, scene)
  drawMarks(context, scene, labels)
  drawSelection(context, scene)
  labels.draw()
  context.restore()
  drawNames(context, scene)
  drawAxis(context, scene)
}

function drawLanes(context: CanvasRenderingContext2D, scene: Scene): void {
  const { model, axis, domain, width, height, palette } = scene
  context.fillStyle = palette.line
  context.globalAlpha = 0.7
  for (const { x } of ticksOf(axis, model.records, domain, width - gutter)) {
    context.fillRect(Math.round(gutter + x), axisHeight, 1, height)
  }
  context.globalAlpha = 1
  context.fillStyle = palette.lane
  model.lanes.forEach((_, lane) => context.fillRect(gutter, Math.round(laneY(scene, lane)), width - gutter, 1))
}

function drawAxis(context: CanvasRenderingContext2D, { axis, model, domain, width, palette }: Scene): void {
  context.fillStyle = palette.surface
  context.fillRect(0, 0, width, axisHeight)
  context.font = mono
  for (const { x, text } of ticksOf(axis, model.records, domain, width - gutter)) {
    const place = Math.round(gutter + x)
    context.fillStyle = palette.lane
    context.fillRect(place, axisHeight - 6, 1, 6)
    context.fillStyle = palette.muted
    if (place + 4 + context.measureText(text).width < width - 2) context.fillText(text, place + 4, 13)
  }
  context.fillStyle = palette.line
  context.fillRect(0, axisHeight - 1, width, 1)
}

function drawNames(context: CanvasRenderingContext2D, scene: Scene): void {
  const { model, height, palette } = scene
  context.fillStyle = palette.surface
  context.fillRect(0, axisHeight, gutter, height)
  context.font = `600 ${font}`
  model.lanes.forEach((node, lane) => {
    context.fillStyle = node === 'test' || node === 'chaos' ? palette.muted : palette.text
    context.fillText(fitting(context, node, gutter - 30), 20, laneY(scene, lane))
  })
  context.fillStyle = palette.line
  context.fillRect(gutter - 1, axisHeight, 1, height)
}

/** A ring around what is under the pointer, and around what is selected. */
function drawSelection(context: CanvasRenderingContext2D, scene: Scene): void {
  const { selected, hovered, palette } = scene
  for (const index of new Set([hovered, selected])) {
    if (index === undefined) continue
    context.strokeStyle = palette.accent
    context.globalAlpha = index === selected ? 1 : 0.6
    context.lineWidth = 2
    context.beginPath()
    context.arc(xAt(scene, index), signY(scene, index), 9, 0, Math.PI * 2)
    context.stroke()
  }
  context.globalAlpha = 1
}

function drawFailure(context: CanvasRenderingContext2D, scene: Scene): void {
  const { model, height, palette } = scene
  if (model.failure < 0) return
  context.fillStyle = palette.fates.lost
  context.globalAlpha = 0.5
  context.fillRect(Math.round(xAt(scene, model.failure)), axisHeight, 1, height)
  context.globalAlpha = 1
}
