/** Failing seeds by what failed in them. */
import type { FailureSummary } from './contract.ts'
import type { ReportRow } from './model.ts'
import { isSeedFailure } from './words.ts'

/** One failing seed of a cause. */
export interface CauseFailure {
  /** Label of the simulation. */
  readonly test: string
  readonly seed: number
}

/** A cause, and the seeds that failed by it. */
export interface Cause {
  /** 'InvariantViolation: nothing is lost'. */
  readonly cause: string
  readonly failures: readonly CauseFailure[]
}

/** Failing seeds that look alike. */
export interface FailureGroup {
  readonly cause: string
  readonly failures: readonly { readonly row: ReportRow; readonly failure: FailureSummary }[]
}

/** Groups failing seeds by kind and name, and by their message where numbers and quoted values are left out; largest first. */
export function groupFailures(rows: readonly ReportRow[]): FailureGroup[] {
  const groups = new Map<string, { cause: string; failures: { row: ReportRow; failure: FailureSummary }[] }>()
  for (const row of rows) {
    for (const failure of row.failures.filter(isSeedFailure)) {
      const { kind, name, message } = failure
      const [line = ''] = message.split('\n')
      const shape = line.replaceAll(/'[^']*'|"[^"]*"|\d[\d,.]*/g, '…')
      const key = JSON.stringify([kind, name, shape])
      const group = groups.get(key) ?? { cause: causeText(kind, name, line), failures: [] }
      group.failures.push({ row, failure })
      groups.set(key, group)
    }
  }
  return [...groups.values()].toSorted((one, other) => other.failures.length - one.failures.length)
}

/** The groups as plain data. */
export const causesOf = (rows: readonly ReportRow[]): Cause[] =>
  groupFailures(rows).map(({ cause, failures }) => ({
    cause,
    failures: failures.map(({ row, failure }) => ({ test: row.label, seed: failure.seed })),
  }))

/** The name of an invariant says more than an example of its message; the name of an error says less. */
function causeText(kind: string, name: string, line: string): string {
  if (name === '' || name === kind) return kind
  return name.endsWith('Error') ? `${kind}: ${line}` : `${kind}: ${name}`
}
