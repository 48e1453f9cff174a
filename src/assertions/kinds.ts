/** Every kind of site and every function of the SDK, one row each: what the verdict, the transform and the report know. */
import type * as sdk from './sdk.ts'

/** How a site is counted. */
export type SiteKind = 'always' | 'alwaysOrUnreachable' | 'sometimes' | 'reachable' | 'unreachable' | 'buggify'

/** What a kind of site asks of a run. */
interface SiteKindRules {
  /** It must be evaluated at least once. */
  readonly mustRun: boolean
  /** It must be true, or visited, at least once over all iterations. */
  readonly isGoal: boolean
}

const siteKinds: Readonly<Record<SiteKind, SiteKindRules>> = {
  always: { mustRun: true, isGoal: false },
  alwaysOrUnreachable: { mustRun: false, isGoal: false },
  sometimes: { mustRun: true, isGoal: true },
  reachable: { mustRun: true, isGoal: true },
  unreachable: { mustRun: false, isGoal: false },
  buggify: { mustRun: false, isGoal: false },
}

// A report may hold kinds of another version of this package: these ask nothing.
const rulesOf = (kind: SiteKind): SiteKindRules | undefined => siteKinds[kind]

/** A site of this kind must be evaluated at least once: `always`, `sometimes`, `reachable`. */
export const mustRun = ({ kind }: { readonly kind: SiteKind }): boolean => rulesOf(kind)?.mustRun === true

/** A site of this kind must be reached at least once over all iterations: `sometimes`, `reachable`. */
export const isGoal = ({ kind }: { readonly kind: SiteKind }): boolean => rulesOf(kind)?.isGoal === true

/** How a call of an assertion or buggify function is catalogued. */
export interface SiteFunction {
  readonly kind: SiteKind
  /** Which argument is the name. */
  readonly nameAt: number
}

// A function of the SDK without a row here does not compile.
const functions: Readonly<Record<keyof typeof sdk, SiteFunction>> = {
  always: { kind: 'always', nameAt: 1 },
  alwaysOrUnreachable: { kind: 'alwaysOrUnreachable', nameAt: 1 },
  sometimes: { kind: 'sometimes', nameAt: 1 },
  reachable: { kind: 'reachable', nameAt: 0 },
  unreachable: { kind: 'unreachable', nameAt: 0 },
  alwaysLessThan: { kind: 'always', nameAt: 2 },
  alwaysLessThanOrEqual: { kind: 'always', nameAt: 2 },
  alwaysGreaterThan: { kind: 'always', nameAt: 2 },
  alwaysGreaterThanOrEqual: { kind: 'always', nameAt: 2 },
  sometimesLessThan: { kind: 'sometimes', nameAt: 2 },
  sometimesLessThanOrEqual: { kind: 'sometimes', nameAt: 2 },
  sometimesGreaterThan: { kind: 'sometimes', nameAt: 2 },
  sometimesGreaterThanOrEqual: { kind: 'sometimes', nameAt: 2 },
  sometimesAll: { kind: 'sometimes', nameAt: 1 },
  sometimesEach: { kind: 'sometimes', nameAt: 0 },
  buggify: { kind: 'buggify', nameAt: 0 },
  buggifyDelay: { kind: 'buggify', nameAt: 0 },
  buggifyValue: { kind: 'buggify', nameAt: 0 },
}

/** By the name under which code imports them. */
export const siteFunctions: ReadonlyMap<string, SiteFunction> = new Map(Object.entries(functions))
