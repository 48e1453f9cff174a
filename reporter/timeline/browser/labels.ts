/** Font of what records say. */
export const mono = '11px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace'

type Box = readonly [left: number, top: number, right: number, bottom: number]

/** Widest label, in CSS pixels, and the height of a line. */
const [widest, line] = [170, 14] as const

/** Texts of one picture: none covers another; one that finds no room is left out, and a click still tells it. */
export class Labels {
  private readonly context: CanvasRenderingContext2D
  private readonly width: number
  private readonly taken: Box[] = []

  constructor(context: CanvasRenderingContext2D, width: number) {
    this.context = context
    this.width = width
  }

  /** Near a sign: below or above it, to its right, at the right edge of the picture to its left. */
  beside(text: string, x: number, y: number): void {
    if (text === '') return
    const { context } = this
    context.font = mono
    const shown = fitting(context, text, widest)
    const wide = context.measureText(shown).width
    const left = x + 7 + wide > this.width - 4 ? x - 7 - wide : x + 7
    for (const offset of [16, -16, 30, -30, 44, -44]) {
      if (!this.take([left, y + offset - line / 2, left + wide, y + offset + line / 2])) continue
      context.fillText(shown, left, y + offset)
      return
    }
  }

  /** On a line, near its middle. */
  onLine(text: string, [x1, y1, x2, y2]: readonly [number, number, number, number], surface: string): void {
    const { context } = this
    context.font = mono
    const shown = fitting(context, text, widest)
    const wide = context.measureText(shown).width
    for (const share of [0.5, 0.34, 0.66, 0.22, 0.78]) {
      const [x, y] = [x1 + (x2 - x1) * share - wide / 2, y1 + (y2 - y1) * share]
      if (!this.take([x - 3, y - line / 2, x + wide + 3, y + line / 2])) continue
      const colour = context.fillStyle
      context.fillStyle = surface
      context.fillRect(x - 3, y - 8, wide + 6, 16)
      context.fillStyle = colour
      context.fillText(shown, x, y)
      return
    }
  }

  /** False: something is there already. */
  private take([left, top, right, bottom]: Box): boolean {
    const isFree = this.taken.every(([l, t, r, b]) => right < l || left > r || bottom <= t || top >= b)
    if (isFree) this.taken.push([left, top, right, bottom])
    return isFree
  }
}

/** The text, cut with an ellipsis to so many pixels; '' when there is no room at all. */
export function fitting(context: CanvasRenderingContext2D, text: string, room: number): string {
  if (room < 16) return ''
  if (context.measureText(text).width <= room) return text
  let [low, high] = [0, text.length]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (context.measureText(`${text.slice(0, middle)}…`).width <= room) low = middle
    else high = middle - 1
  }
  return low === 0 ? '' : `${text.slice(0, low)}…`
}
