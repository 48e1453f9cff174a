import type { FaultScript, Moved } from '../chaos/script.ts'
import { badInput } from '../engine/errors.ts'
import { groupThousands } from '../engine/format.ts'
import { copyPlainData } from '../workload/plain-data.ts'
import type { PlannedOperation } from '../workload/planned-operation.ts'

/** What a seed is to do instead of everything it draws: a minimal failure, as plain data. */
export interface ReplayPlan {
  /** Keys of the faults that happen, and of what slows or shuffles; undefined: all that are drawn. */
  readonly faults?: readonly string[]
  /** By key: when and how long some of them happen instead of what was drawn, virtual µs. */
  readonly moved?: Readonly<Record<string, Moved>>
  /** The operations of its workloads; undefined: they are drawn. */
  readonly operations?: readonly PlannedOperation[]
  /** Nodes n1 … nN instead of what the test's option says. */
  readonly nodes?: number
}

/** What a plan may hold at most; more than a failure's plan ever has, and little enough to run. */
const bounds = { faults: 10_000, operations: 10_000, nodes: 10_000 } as const

/** Checks a plan that was read from a file or the environment; throws SimulationError (BAD_INPUT). */
export function checkReplayPlan(given: unknown, where: string): ReplayPlan {
  const plan = given as ReplayPlan | null
  if (plan === null || typeof plan !== 'object') throw badInput(where, given, 'it must be a plan printed by a failure')
  const { faults, moved, operations, nodes } = plan
  if (faults !== undefined) {
    const isKey = (key: unknown): boolean => typeof key === 'string'
    checkList(faults, `${where} faults`, bounds.faults, isKey, 'keys')
  }
  if (operations !== undefined) {
    checkList(operations, `${where} operations`, bounds.operations, isOperation, '{ index, name, at, argument }')
    for (const { name, argument } of operations) copyPlainData(argument, `${where} argument of ${name}`)
  }
  if (moved !== undefined) {
    if (moved === null || typeof moved !== 'object' || Array.isArray(moved)) {
      throw badInput(`${where} moved`, moved, movedWords)
    }
    for (const [key, one] of Object.entries(moved)) {
      if (!isMoved(one)) throw badInput(`${where} moved['${key}']`, one, movedWords)
    }
  }
  if (nodes !== undefined && !(isCount(nodes) && nodes <= bounds.nodes)) {
    throw badInput(`${where} nodes`, nodes, `it must be a whole number from 0 to ${groupThousands(bounds.nodes)}`)
  }
  return plan
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0

function isOperation(given: unknown): boolean {
  const one = given as Partial<PlannedOperation> | null
  return typeof one?.name === 'string' && isCount(one.index) && isCount(one.at)
}

function checkList(given: unknown, where: string, most: number, isOne: (one: unknown) => boolean, words: string): void {
  if (!Array.isArray(given)) throw badInput(where, given, `they must be a list of ${words}`)
  if (given.length > most) {
    throw badInput(`number of ${where}`, given.length, `there may be at most ${groupThousands(most)}`)
  }
  const wrong = given.findIndex((one) => !isOne(one))
  if (wrong >= 0) throw badInput(`${where}[${wrong}]`, given[wrong], `they must be a list of ${words}`)
}

const movedWords = 'it must say { at, lasts } in virtual µs, whole numbers, for keys of faults'

function isMoved(given: unknown): boolean {
  const one = given as Moved | null
  if (one === null || typeof one !== 'object') return false
  return (one.at === undefined || isCount(one.at)) && (one.lasts === undefined || isCount(one.lasts))
}

/** The faults of a plan, for the decision point; undefined: they are drawn. */
export function scriptOf(plan: ReplayPlan | undefined): FaultScript | undefined {
  return plan?.faults && { keys: new Set(plan.faults), moved: plan.moved ?? {} }
}
