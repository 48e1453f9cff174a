import { expect, test } from 'vitest'
import {
  formatCount,
  formatDuration,
  formatForeign,
  formatIterations,
  formatSeconds,
  formatShare,
  truncate,
} from '../../reporter/format.ts'
import { codeBlock, escapeMarkdown } from '../../reporter/github.ts'
import { maskTimes } from '../helpers/run-vitest.ts'

test('counts have separators in every locale', () => {
  expect([0, 999, 1000, 61_204, 1_234_567].map(formatCount)).toEqual(['0', '999', '1,000', '61,204', '1,234,567'])
})

test('durations read well at every size', () => {
  const hour = 3_600_000
  expect([0, 412, 999.7, 14_250, 59_999, 191_000, 6.2 * hour, 76.5 * hour].map(formatDuration)).toEqual([
    '0 ms',
    '412 ms',
    '0.9s',
    '14.2s',
    '59.9s',
    '3m 11s',
    '6h 12m',
    '3d 4h',
  ])
  expect([400, 1100, 2000, 180_000, 191_999].map(formatSeconds)).toEqual(['0.4s', '1.1s', '2s', '180s', '191s'])
})

test('a share never rounds to all or nothing', () => {
  expect([0, 0.0001, 0.003, 0.29, 0.9999, 1].map(formatShare)).toEqual([
    '0 %',
    '<0.1 %',
    '0.3 %',
    '29 %',
    '99.9 %',
    '100 %',
  ])
})

test('iterations name the plan unless it was met', () => {
  expect(formatIterations(10, 10, true)).toBe('10 iterations')
  expect(formatIterations(38, 1000, true)).toBe('38 of 1,000')
  expect(formatIterations(1000, 1000, false)).toBe('1,000 of 1,000')
  expect(formatIterations(1, null, false)).toBe('1 iteration')
})

test('foreign text is one printable line', () => {
  expect(formatForeign('\u001b[31ma\u001b[0m\r\n\u0007b\u202ec\u2028')).toBe('a b c')
  expect(truncate('keeps its invariants under', 22)).toBe('keeps its invariants…')
  expect(truncate('👩 short', 20)).toBe('👩 short')
})

test('markdown cannot be left', () => {
  expect(escapeMarkdown('a|b <i> [x](y) `c` $d$ &amp; \\')).toBe(
    'a\\|b &lt;i&gt; \\[x\\]\\(y\\) \\`c\\` \\$d\\$ &amp;amp; \\\\',
  )
  expect(codeBlock("-t '````$'")).toBe("`````sh\n-t '````$'\n`````")
})

test('masks real times and keeps virtual ones', () => {
  expect(maskTimes('6h 12m virtual in 14.2s (1,571×)')).toBe('6h 12m virtual in <time>')
  expect(maskTimes('412 ms virtual · 1.2s virtual in 412 ms (3×)')).toBe('412 ms virtual · 1.2s virtual in <time>')
  expect(maskTimes('✓ a 12ms · 191s, slow after 180s · SLOW [> 180s] b')).toBe(
    '✓ a <time> · <time>, slow after 180s · SLOW [> 180s] b',
  )
})
