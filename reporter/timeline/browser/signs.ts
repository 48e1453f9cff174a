import type { TraceRecord } from '../../../src/trace/records.ts'
import type { Palette } from './palette.ts'

/** The sign of a record: its shape says as much as its colour. */
export function drawSign(
  context: CanvasRenderingContext2D,
  palette: Palette,
  record: TraceRecord,
  x: number,
  y: number,
): void {
  context.beginPath()
  switch (record.type) {
    case 'storage':
      context.fillStyle = record.outcome === 'ok' ? palette.storage : palette.fates.lost
      context.rect(x - 4, y - 4, 8, 8)
      break
    case 'actor':
      context.fillStyle = record.action === 'throw' ? palette.fates.lost : palette.actor
      diamond(context, x, y, 5)
      break
    case 'log':
      context.fillStyle = palette.log
      context.rect(x - 1.5, y - 6, 3, 12)
      break
    case 'check':
      if (!record.holds) return ring(context, palette.fates.lost, x, y)
      context.fillStyle = palette.good
      context.arc(x, y, 3, 0, Math.PI * 2)
      break
    case 'failure':
      context.fillStyle = palette.fates.lost
      context.arc(x, y, 6, 0, Math.PI * 2)
      break
    case 'timeout':
      context.fillStyle = palette.fates.late
      triangle(context, x, y)
      break
    case 'node':
      context.fillStyle = record.action === 'boot' || record.action === 'up' ? palette.good : palette.down
      context.arc(x, y, 4.5, 0, Math.PI * 2)
      break
    case 'fault':
      context.fillStyle = palette.cut
      context.arc(x, y, 4.5, 0, Math.PI * 2)
      break
    default:
      context.fillStyle = palette.muted
      context.arc(x, y, record.type === 'timer' ? 1.5 : 2, 0, Math.PI * 2)
  }
  context.fill()
}

function ring(context: CanvasRenderingContext2D, colour: string, x: number, y: number): void {
  context.strokeStyle = colour
  context.lineWidth = 2
  context.arc(x, y, 4, 0, Math.PI * 2)
  context.stroke()
}

function diamond(context: CanvasRenderingContext2D, x: number, y: number, size: number): void {
  context.moveTo(x, y - size)
  context.lineTo(x + size, y)
  context.lineTo(x, y + size)
  context.lineTo(x - size, y)
}

function triangle(context: CanvasRenderingContext2D, x: number, y: number): void {
  context.moveTo(x, y - 5)
  context.lineTo(x + 5, y + 4)
  context.lineTo(x - 5, y + 4)
}
