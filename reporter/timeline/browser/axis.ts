import { scaleLinear } from 'd3-scale'
import { formatMillis } from '../../../src/engine/format.ts'
import type { TraceRecord } from '../../../src/trace/records.ts'

/** 'even': each record takes the same room, so that what happens close together can be read; 'time': to scale. */
export type AxisMode = 'even' | 'time'

/** Where records are along the axis, before zooming. */
export interface Axis {
  readonly mode: AxisMode
  /** Position of each record, growing. */
  readonly at: Float64Array
  readonly from: number
  readonly to: number
}

export function axisOf(records: readonly TraceRecord[], mode: AxisMode): Axis {
  const at = Float64Array.from(records, (record, index) => (mode === 'even' ? index : record.at))
  const last = at.at(-1) ?? 0
  const margin = mode === 'even' ? Math.max(1, last * 0.01) : Math.max((last - (at[0] ?? 0)) * 0.01, 1)
  return { mode, at, from: (at[0] ?? 0) - margin, to: last + margin }
}

/** First index whose position is at least `value`. */
export function firstAtLeast(at: Float64Array, value: number): number {
  let [low, high] = [0, at.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((at[middle] as number) < value) low = middle + 1
    else high = middle
  }
  return low
}

export interface Tick {
  readonly x: number
  readonly text: string
}

/** Marks of the axis for the visible part, about one each 110 pixels. */
export function ticksOf(
  axis: Axis,
  records: readonly TraceRecord[],
  domain: readonly [number, number],
  width: number,
): Tick[] {
  const scale = scaleLinear([...domain], [0, width])
  const wanted = Math.max(2, Math.floor(width / 110))
  if (axis.mode === 'time') return scale.ticks(wanted).map((value) => ({ x: scale(value), text: formatMillis(value) }))
  const step = Math.max(1, Math.ceil((domain[1] - domain[0]) / wanted))
  const first = Math.max(0, Math.ceil(domain[0] / step) * step)
  const ticks: Tick[] = []
  for (let index = first; index < records.length && index <= domain[1]; index += step) {
    ticks.push({ x: scale(index), text: formatMillis((records[index] as TraceRecord).at) })
  }
  return ticks
}
