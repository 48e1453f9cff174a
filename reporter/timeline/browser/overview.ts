import { type Scene, gutter } from './scene.ts'

/** The whole run in one strip: a row per lane, the stronger the more happens, with faults, the failure and the window. */
export class Overview {
  private readonly canvas: HTMLCanvasElement
  /** All but the window: drawn again only when something of it has changed. */
  private readonly still = document.createElement('canvas')
  private drawn: readonly unknown[] = []

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas
  }

  draw(scene: Scene): void {
    const { width, axis, shown, palette } = scene
    const ratio = devicePixelRatio
    const height = this.canvas.clientHeight
    const context = this.canvas.getContext('2d')
    if (context === null || width === 0 || height === 0) return
    const depends = [width, height, ratio, axis, shown, palette]
    if (depends.some((one, place) => one !== this.drawn[place])) {
      this.drawn = depends
      for (const canvas of [this.canvas, this.still]) {
        canvas.width = Math.round(width * ratio)
        canvas.height = Math.round(height * ratio)
      }
      const still = this.still.getContext('2d')
      still?.setTransform(ratio, 0, 0, ratio, 0, 0)
      if (still !== null) drawStill(still, scene, height)
    }
    context.setTransform(1, 0, 0, 1, 0, 0)
    context.clearRect(0, 0, this.canvas.width, this.canvas.height)
    context.drawImage(this.still, 0, 0)
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    drawWindow(context, scene, height)
  }
}

function drawWindow(context: CanvasRenderingContext2D, scene: Scene, height: number): void {
  const { axis, domain, palette } = scene
  const left = placeOf(scene, Math.max(domain[0], axis.from))
  const right = Math.max(placeOf(scene, Math.min(domain[1], axis.to)), left + 4)
  context.fillStyle = palette.accent
  context.globalAlpha = 0.1
  context.fillRect(left, 1, right - left, height - 2)
  context.globalAlpha = 1
  context.strokeStyle = palette.accent
  context.lineWidth = 1.5
  context.strokeRect(left + 0.75, 1.75, right - left - 1.5, height - 3.5)
}

function placeOf({ axis, width }: Scene, at: number): number {
  return gutter + ((at - axis.from) / (axis.to - axis.from)) * (width - gutter)
}

const margin = 5

function drawStill(context: CanvasRenderingContext2D, scene: Scene, height: number): void {
  const { model, axis, palette, width } = scene
  const row = (height - margin * 2) / Math.max(model.lanes.length, 1)
  const at = (index: number): number => placeOf(scene, axis.at[index] ?? axis.to)
  for (const { kind, from, to, lanes } of model.spans) {
    const isRest = kind === 'down' || kind === 'paused'
    context.fillStyle = isRest ? palette.down : kind === 'clog' ? palette.fates.held : palette.cut
    context.globalAlpha = isRest ? 0.25 : 0.16
    for (const lane of lanes) context.fillRect(at(from), margin + lane * row, Math.max(at(to) - at(from), 1), row)
  }
  const places = Math.max(1, Math.floor((width - gutter) / 2))
  const counts = countsOf(scene, places)
  const most = counts.reduce((all, count) => Math.max(all, count), 1)
  context.fillStyle = palette.fates.delivered
  counts.forEach((count, cell) => {
    if (count === 0) return
    context.globalAlpha = 0.2 + 0.8 * Math.sqrt(count / most)
    const x = gutter + ((cell % places) / places) * (width - gutter)
    context.fillRect(x, margin + Math.floor(cell / places) * row + row * 0.15, 2, Math.max(row * 0.7, 1))
  })
  context.globalAlpha = 1
  context.fillStyle = palette.fates.lost
  if (model.failure >= 0) context.fillRect(at(model.failure) - 1, 1, 2, height - 2)
}

/** How many records there are at each place of each lane. */
function countsOf({ axis, shown, model }: Scene, places: number): Float64Array {
  const counts = new Float64Array(places * model.lanes.length)
  const whole = axis.to - axis.from
  axis.at.forEach((at, index) => {
    if (shown[index] !== 1) return
    const place = Math.min(places - 1, Math.floor(((at - axis.from) / whole) * places))
    const cell = (model.laneOf[index] ?? 0) * places + place
    counts[cell] = (counts[cell] ?? 0) + 1
  })
  return counts
}
