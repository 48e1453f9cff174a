import type { Model } from './model.ts'

/** Where lanes are, below the axis, in CSS pixels. */
export interface Layout {
  /** Top, line and height of each lane. */
  readonly top: Float64Array
  readonly line: Float64Array
  readonly room: Float64Array
  readonly total: number
  /** Rows of operations that have room; the others share the last one as thin lines. */
  readonly rows: number
}

/** Height of a row of operations with the gap to the next one. */
export const rowHeight = 18

/** Least height of a lane: when the picture is too low for it, the lanes scroll. */
const lowest = 28

export function layoutOf(model: Model, height: number): Layout {
  const { lanes, operations } = model
  const wanted = operations.reduce((most, { row }) => Math.max(most, row + 1), 0)
  const rows = Math.min(wanted, height < 320 ? 1 : height < 480 ? 3 : 4)
  const extra = rows * rowHeight
  const weights = lanes.map((lane) => (lane === 'chaos' ? 0.75 : 1))
  const sum = weights.reduce((all, weight) => all + weight, 0)
  const unit = Math.max(lowest, (height - extra) / Math.max(sum, 1))
  const top = new Float64Array(lanes.length)
  const line = new Float64Array(lanes.length)
  const room = new Float64Array(lanes.length)
  let total = 0
  weights.forEach((weight, lane) => {
    const above = lanes[lane] === 'test' ? extra : 0
    top[lane] = total
    room[lane] = above + weight * unit
    line[lane] = total + above + weight * unit * (above > 0 ? 0.36 : 0.5)
    total += above + weight * unit
  })
  return { top, line, room, total, rows }
}
