import type { Axis } from './axis.ts'
import type { Journey } from './journeys.ts'
import { type Layout, rowHeight } from './layout.ts'
import type { Model } from './model.ts'
import type { Palette } from './palette.ts'

/** Room for the names of the lanes, and for the axis, in CSS pixels. */
export const gutter = 116
export const axisHeight = 28

/** The places of labels in the last picture, so that none jumps to and fro while the picture moves. */
export type Places = Map<number, number>

/** Everything that a picture depends on. */
export interface Scene {
  readonly model: Model
  readonly axis: Axis
  readonly layout: Layout
  readonly palette: Palette
  readonly width: number
  readonly height: number
  /** By how many pixels the lanes are scrolled up. */
  readonly scrolled: number
  /** Positions of the axis at both edges. */
  readonly domain: readonly [number, number]
  readonly shown: Uint8Array
  readonly selected: number | undefined
  readonly hovered: number | undefined
  /** Causes and effects of the selected record; undefined: nothing is dimmed. */
  readonly lit: ReadonlySet<number> | undefined
  /** Those of the record under the pointer. */
  readonly near: ReadonlySet<number> | undefined
  /** Where labels stood in the last picture. */
  readonly places: Places
}

/** Vertical place of the line of a lane. */
export function laneY({ layout, scrolled }: Scene, lane: number): number {
  return axisHeight + (layout.line[lane] ?? 0) - scrolled
}

/** Vertical place of the sign of a record: operations have rows of their own above the line. */
export function signY(scene: Scene, index: number): number {
  const y = laneY(scene, scene.model.laneOf[index] ?? 0)
  const record = scene.model.records[index]
  return record?.type === 'operation' ? rowY(scene, y, scene.model.rowOf[index] ?? 0) : y
}

/** Vertical middle of a row of operations above the line of their lane. */
export function rowY({ layout }: Scene, y: number, row: number): number {
  return y - 18 - Math.max(0, Math.min(row, layout.rows - 1)) * rowHeight
}

/** Horizontal place of a position of the axis. */
export function xOf({ domain, width }: Pick<Scene, 'domain' | 'width'>, at: number): number {
  return gutter + ((at - domain[0]) / (domain[1] - domain[0])) * (width - gutter)
}

/** Horizontal place of a record; of -1 the end of the run. */
export function xAt(scene: Scene, index: number): number {
  return xOf(scene, scene.axis.at[index] ?? scene.axis.to)
}

export function isVisible(journey: Journey, { axis, domain }: Pick<Scene, 'axis' | 'domain'>): boolean {
  const start = axis.at[journey.start] as number
  const stop = journey.stop < 0 ? axis.to : (axis.at[journey.stop] as number)
  return start <= domain[1] && stop >= domain[0]
}

/** Longest line of a message that has not arrived, in CSS pixels. */
const stub = 90

/** Both ends of the line of a message. */
export function endsOf(scene: Scene, { start, stop, from, to, fate }: Journey): [number, number, number, number] {
  const [x1, y1] = [xAt(scene, start), laneY(scene, from)]
  const [x2, y2] = [xAt(scene, stop), laneY(scene, to)]
  // What never arrives shows its direction only.
  if (fate === 'lost') return [x1, y1, x1 + Math.max((x2 - x1) * 0.7, 10), y1 + (y2 - y1) * 0.7]
  if (stop >= 0) return [x1, y1, x2, y2]
  const room = xAt(scene, scene.axis.at.length - 1) - x1
  return [x1, y1, x1 + Math.min(Math.max(room * 0.7, 10), stub), y1 + (y2 - y1) * 0.6]
}
