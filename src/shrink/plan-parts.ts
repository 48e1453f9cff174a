import type { PlannedOperation } from '../workload/planned-operation.ts'
import type { ReplayPlan } from '../world/replay-plan.ts'
import type { IterationResult } from '../world/iteration-result.ts'

/** One part of a plan: the key of a fault, or an operation. */
export type Part = string | PlannedOperation

/** Without what that run never came to: it runs the same without it. */
export function trimmed(plan: ReplayPlan, { faults, failure }: IterationResult): ReplayPlan {
  const injected = new Set(faults.map(({ key }) => key))
  const end = failure?.time ?? Infinity
  const lasts = new Map(faults.map((fault) => [fault.key, fault.lasts]))
  const moved = Object.entries(plan.moved ?? {})
    .filter(([key]) => injected.has(key))
    // What is shorter than it may be lasts longer than the plan says.
    .map(([key, one]) => [key, one.at === undefined ? one : { ...one, lasts: lasts.get(key) }])
  const { moved: _moved, ...rest } = plan
  return {
    ...rest,
    // In the order in which they happen.
    ...(plan.faults && { faults: [...injected] }),
    ...(moved.length > 0 && { moved: Object.fromEntries(moved) }),
    ...(plan.operations && { operations: plan.operations.filter(({ at }) => at <= end) }),
  }
}

/** Every subset of so many, the first ones first. */
export function* subsets<T>(all: readonly T[], count: number, from = 0): Iterable<readonly T[]> {
  if (count === 0) yield []
  else
    for (let i = from; i < all.length; i++)
      for (const rest of subsets(all, count - 1, i + 1)) yield [all[i] as T, ...rest]
}

/** Every fault and operation. */
export function elementsOf({ faults = [], operations = [] }: ReplayPlan): readonly Part[] {
  return [...faults, ...operations]
}

export function without(plan: ReplayPlan, part: Part): ReplayPlan {
  return {
    ...plan,
    ...(plan.faults && { faults: plan.faults.filter((one) => one !== part) }),
    ...(plan.operations && { operations: plan.operations.filter((one) => one !== part) }),
  }
}

/** The same plan, which runs the same way, with the other names of its faults (see Names). `run`: of that plan. */
export function renamed(plan: ReplayPlan, run: IterationResult, by: 'time' | 'number'): ReplayPlan {
  if (plan.faults === undefined) return plan
  const names = new Map<string, string>()
  for (const { key, alias } of run.faults) {
    if (alias === undefined) continue
    const byTime = / #[\d.]+$/.test(key) ? key : alias
    const byNumber = byTime === key ? alias : key
    const name = by === 'time' ? byTime : byNumber
    names.set(key, name).set(alias, name)
  }
  const name = (key: string): string => names.get(key) ?? key
  return {
    ...plan,
    faults: plan.faults.map(name),
    ...(plan.moved && {
      moved: Object.fromEntries(Object.entries(plan.moved).map(([key, moved]) => [name(key), moved])),
    }),
  }
}
