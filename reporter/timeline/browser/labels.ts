import { type Scene, gutter, laneY } from './scene.ts'

/** Fonts of names, and of what records say. */
export const font = '12px ui-sans-serif, system-ui, "Segoe UI", sans-serif'
export const mono = '11px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace'

type Box = readonly [left: number, top: number, right: number, bottom: number]

/** Widest label, in CSS pixels, and the height of a line. */
const [widest, line] = [168, 14] as const

/** Places beside a sign, in pixels below it, and on a line, as shares of it. */
const offsets = [15, -15, 29, -29, 43, -43]
const shares = [0.5, 0.35, 0.65, 0.22, 0.78]

interface Label {
  /** Tells it from others from picture to picture. */
  readonly key: number
  readonly text: string
  readonly colour: string
  /** Where it may stand; undefined: not there. */
  place(slot: number, wide: number): readonly [number, number] | undefined
  readonly slots: number
}

/** Texts of one picture: none covers another or a sign; one that finds no room is left out, and a pointer still tells it. */
export class Labels {
  private readonly context: CanvasRenderingContext2D
  private readonly scene: Scene
  private readonly taken: Box[] = []
  private readonly all: Label[] = []

  constructor(context: CanvasRenderingContext2D, scene: Scene) {
    this.context = context
    this.scene = scene
  }

  /** Room of a sign. */
  reserve(left: number, top: number, right: number, bottom: number): void {
    this.taken.push([left, top, right, bottom])
  }

  /** Near a sign: below or above it in its lane, to its right, at the right edge of the picture to its left. */
  beside(index: number, text: string, colour: string, x: number, y: number): void {
    const { width, layout, model } = this.scene
    const reach = Math.max((layout.room[model.laneOf[index] ?? 0] ?? 0) * 0.5, 16)
    const place: Label['place'] = (slot, wide) => {
      const offset = offsets[slot] as number
      if (Math.abs(offset) > reach) return undefined
      const left = x + 6 + wide > width - 4 ? Math.max(gutter + 4, x - 6 - wide) : x - 4
      return [left, y + offset]
    }
    this.all.push({ key: index, text, colour, place, slots: offsets.length })
  }

  /** On the line of a message, between lanes. */
  onLine(index: number, text: string, colour: string, ends: readonly [number, number, number, number]): void {
    const { scene } = this
    const [x1, y1, x2, y2] = ends
    const place: Label['place'] = (slot, wide) => {
      const share = shares[slot] as number
      const [middle, y] = [x1 + (x2 - x1) * share, y1 + (y2 - y1) * share]
      if (middle < gutter || middle > scene.width) return undefined
      if (scene.model.lanes.some((_, lane) => Math.abs(laneY(scene, lane) - y) < 9)) return undefined
      return [Math.min(Math.max(middle - wide / 2, gutter + 4), scene.width - wide - 4), y]
    }
    this.all.push({ key: -1 - index, text, colour, place, slots: shares.length })
  }

  /** Draws those that find room: first those that had a place before, then those beside signs, the latest first. */
  draw(): void {
    const { context } = this
    const { places, palette } = this.scene
    const before = new Map(places)
    places.clear()
    context.font = mono
    context.strokeStyle = palette.surface
    context.lineWidth = 3.5
    const rank = ({ key }: Label): number => (before.has(key) ? 0 : key >= 0 ? 1 : 2)
    for (const label of this.all.toSorted((a, b) => rank(a) - rank(b) || Math.abs(b.key) - Math.abs(a.key))) {
      if (label.text === '') continue
      const shown = fitting(context, label.text, widest)
      const found = this.find(label, context.measureText(shown).width, before.get(label.key))
      if (found === undefined) continue
      context.fillStyle = label.colour
      context.strokeText(shown, ...found)
      context.fillText(shown, ...found)
    }
  }

  private find(label: Label, wide: number, before: number | undefined): readonly [number, number] | undefined {
    for (let turn = before === undefined ? 0 : -1; turn < label.slots; turn++) {
      const slot = turn < 0 ? (before as number) : turn
      const at = label.place(slot, wide)
      if (at === undefined) continue
      const [x, y] = at
      if (!this.take([x - 4, y - line / 2, x + wide + 4, y + line / 2])) continue
      this.scene.places.set(label.key, slot)
      return at
    }
    return undefined
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
