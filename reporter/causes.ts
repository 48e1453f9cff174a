/** Failing tests by what failed in them. */
import type { ReportRow } from './model.ts'
import { isSeedFailure } from './words.ts'

/** A cause, and the tests that failed by it. */
export interface Cause {
  /** 'InvariantViolation: nothing is lost'. */
  readonly cause: string
  readonly tests: readonly string[]
}

/** Groups failing seeds by kind and name, and by their message where numbers and quoted values are left out. */
export function causesOf(rows: readonly ReportRow[]): Cause[] {
  const groups = new Map<string, { cause: string; tests: string[] }>()
  for (const { label, failures } of rows) {
    for (const { kind, name, message } of failures.filter(isSeedFailure)) {
      const [line = ''] = message.split('\n')
      const shape = line.replaceAll(/'[^']*'|"[^"]*"|\d[\d,.]*/g, '…')
      const group = groups.get(`${kind} ${name} ${shape}`) ?? { cause: causeText(kind, name, line), tests: [] }
      group.tests.push(label)
      groups.set(`${kind} ${name} ${shape}`, group)
    }
  }
  return [...groups.values()].toSorted((one, other) => other.tests.length - one.tests.length)
}

/** The name of an invariant says more than an example of its message; the name of an error says less. */
function causeText(kind: string, name: string, line: string): string {
  return name.endsWith('Error') ? `${kind}: ${line}` : `${kind}: ${name}`
}
