import type { SeedModules } from '../modules/seed-modules.ts'
import { isSameError, isSameRun } from '../shrink/same-failure.ts'
import type { IterationResult } from '../world/iteration-result.ts'

/** The modules of the code under test, as far as one of them may be why a seed ran in two ways. */
export interface ModuleSuspects {
  readonly testFile: string
  /** Each after those that it imports. */
  readonly names: readonly string[]
  /** They are evaluated once for all seeds, as the test wants it. */
  readonly isShared: boolean
  /** The modules of a run in which the first `count` are the ordinary ones, which go on from run to run. */
  share(count: number): SeedModules
}

/** Runs the seed once more with other modules; what it keeps is compared. */
type Run = (modules: () => SeedModules) => Promise<IterationResult>

/**
 * Says in which module the state is that makes a seed run in two ways, or where else it must be; '' when that is not known.
 *
 * It runs the seed again, each time with fewer modules evaluated anew: the first one whose ordinary self makes two runs
 * differ is it, because all that it imports has been tried before.
 */
export async function blame(suspects: ModuleSuspects, run: Run): Promise<string> {
  const { names, testFile, isShared, share } = suspects
  if (names.length === 0) return ''
  const differs = async (count: number): Promise<boolean> => {
    const modules = (): SeedModules => share(count)
    return !isSame(await run(modules), await run(modules))
  }
  if (await differs(0)) return elsewhere(testFile, names.length)
  // It ran in two ways all the same: what differed is over (a cache that only the first run has filled).
  if (!isShared || !(await differs(names.length))) return ''
  let [same, different] = [0, names.length]
  while (different - same > 1) {
    const middle = (same + different) >> 1
    if (await differs(middle)) different = middle
    else same = middle
  }
  const culprit = names[different - 1] ?? ''
  return (
    `${culprit} keeps state from run to run: where it is evaluated anew, the runs are the same; ` +
    "set modules: 'seed', or reset it in the body"
  )
}

function elsewhere(testFile: string, count: number): string {
  const imported = count === 1 ? 'the module that it imports was' : `the ${count} modules that it imports were`
  return (
    `what survives is kept by ${testFile} itself (a variable outside the body), a mock or the global object, ` +
    `unless it is not simulated: ${imported} evaluated anew for each run, and it ran in two ways all the same`
  )
}

function isSame(one: IterationResult, two: IterationResult): boolean {
  if (!isSameRun(one, two)) return false
  const [first, second] = [one.failure, two.failure]
  return first === undefined || second === undefined ? first === second : isSameError(first, second)
}
