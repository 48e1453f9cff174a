import type { SiteKind } from '../../reporter/contract.ts'

/** How a call of an assertion or buggify function is catalogued. */
export interface SiteFunction {
  readonly kind: SiteKind
  /** Which argument is the name. */
  readonly nameAt: number
}

const comparisons = ['LessThan', 'LessThanOrEqual', 'GreaterThan', 'GreaterThanOrEqual']

export const siteFunctions: ReadonlyMap<string, SiteFunction> = new Map<string, SiteFunction>([
  ['always', { kind: 'always', nameAt: 1 }],
  ['alwaysOrUnreachable', { kind: 'alwaysOrUnreachable', nameAt: 1 }],
  ['sometimes', { kind: 'sometimes', nameAt: 1 }],
  ['reachable', { kind: 'reachable', nameAt: 0 }],
  ['unreachable', { kind: 'unreachable', nameAt: 0 }],
  ...comparisons.map((name): [string, SiteFunction] => [`always${name}`, { kind: 'always', nameAt: 2 }]),
  ...comparisons.map((name): [string, SiteFunction] => [`sometimes${name}`, { kind: 'sometimes', nameAt: 2 }]),
  ['sometimesAll', { kind: 'sometimes', nameAt: 1 }],
  ['sometimesEach', { kind: 'sometimes', nameAt: 0 }],
  ['buggify', { kind: 'buggify', nameAt: 0 }],
  ['buggifyDelay', { kind: 'buggify', nameAt: 0 }],
  ['buggifyValue', { kind: 'buggify', nameAt: 0 }],
])
