import { type Scene, gutter } from './draw.ts'

/** The whole run in one strip: how much happens when, and which part of it is seen. */
export function drawOverview(canvas: HTMLCanvasElement, scene: Scene): void {
  const { width, axis, domain, palette, model } = scene
  const ratio = devicePixelRatio
  const height = 36
  canvas.width = Math.round(width * ratio)
  canvas.height = height * ratio
  const context = canvas.getContext('2d')
  if (context === null) return
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  const room = width - gutter
  const whole = axis.to - axis.from
  const xAt = (at: number): number => gutter + ((at - axis.from) / whole) * room
  const counts = countsOf(scene, Math.max(1, Math.floor(room / 3)))
  const most = Math.max(...counts, 1)
  context.fillStyle = palette.muted
  context.globalAlpha = 0.55
  counts.forEach((count, place) => {
    const tall = count === 0 ? 0 : Math.max(1.5, (count / most) * (height - 14))
    context.fillRect(gutter + (place / counts.length) * room, height - 5 - tall, room / counts.length - 0.6, tall)
  })
  context.globalAlpha = 1
  context.fillStyle = palette.failure
  if (model.failure >= 0) context.fillRect(xAt(axis.at[model.failure] as number) - 1, 4, 2, height - 8)
  const [left, right] = [xAt(Math.max(domain[0], axis.from)), xAt(Math.min(domain[1], axis.to))]
  context.fillStyle = palette.accent
  context.globalAlpha = 0.14
  context.fillRect(left, 2, Math.max(right - left, 3), height - 4)
  context.globalAlpha = 1
  context.strokeStyle = palette.accent
  context.lineWidth = 1.5
  context.strokeRect(left, 2, Math.max(right - left, 3), height - 4)
}

function countsOf({ axis, shown }: Scene, places: number): number[] {
  const counts = Array.from({ length: places }, () => 0)
  const whole = axis.to - axis.from
  axis.at.forEach((at, index) => {
    if (shown[index] !== 1) return
    const place = Math.min(places - 1, Math.floor(((at - axis.from) / whole) * places))
    counts[place] = (counts[place] ?? 0) + 1
  })
  return counts
}
