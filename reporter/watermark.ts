/** The closest value that a numeric assertion has seen, over several tests or slices. */
import type { SiteCount } from './contract.ts'

/** A value, and what was asked of it. */
export interface Watermark {
  readonly watermark: number | undefined
  readonly bound: string | undefined
}

type Counted = Pick<SiteCount, 'kind' | 'watermark' | 'bound'>

/** The closer of two; when a report of another version does not say what was asked, only a value that both have. */
export function closestOf(a: Counted, b: Counted): Watermark {
  if (b.watermark === undefined || a.watermark === b.watermark) return markOf(a)
  if (a.watermark === undefined) return markOf(b)
  if (a.bound === undefined || b.bound === undefined) return { watermark: undefined, bound: undefined }
  const isUpperBound = a.bound.startsWith('<')
  // An `always` is closest where it nearly breaks, a `sometimes` where it nearly holds.
  const upward = isUpperBound === (a.kind === 'always')
  return markOf(a.watermark > b.watermark === upward ? a : b)
}

const markOf = ({ watermark, bound }: Counted): Watermark => ({ watermark, bound })
