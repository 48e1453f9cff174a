import type { FaultScript, Moved } from '../chaos/script.ts'
import { groupThousands } from '../engine/format.ts'
import { type Schema, also, check, list, object, record, rule, whole } from '../engine/schema.ts'
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

const count = whole({ min: 0 }, 'it must be a whole number, 0 or more')

const planned: Schema<PlannedOperation> = object<PlannedOperation>(
  {
    index: count,
    name: rule((value) => typeof value === 'string', 'it must be the name of an operation'),
    at: count,
    argument: rule(() => true, ''),
  },
  { required: ['index', 'name', 'at'] },
)

const moved: Schema<Moved> = object<Moved>(
  { at: count, lasts: count },
  { allowed: 'it must say { at, lasts } in virtual µs, whole numbers' },
)

const planSchema: Schema<ReplayPlan> = object<ReplayPlan>(
  {
    faults: listOf(
      'keys',
      bounds.faults,
      rule<string>((key) => typeof key === 'string', 'it must be the key of a fault'),
    ),
    moved: record(moved, 'it must be an object of { at, lasts } by keys of faults'),
    operations: listOf('{ index, name, at, argument }', bounds.operations, planned),
    nodes: whole({ min: 0, max: bounds.nodes }, `it must be a whole number from 0 to ${groupThousands(bounds.nodes)}`),
  },
  { allowed: 'it must be a plan printed by a failure' },
)

function listOf<T>(words: string, most: number, one: Schema<T>): Schema<readonly T[]> {
  const allowed = `it must be a list of ${words}, at most ${groupThousands(most)}`
  return also(list(one, allowed), ({ length }) => (length > most ? allowed : undefined))
}

/** Checks a plan that was read from a file or the environment; throws SimulationError (BAD_INPUT). */
export function checkReplayPlan(given: unknown, where: string): ReplayPlan {
  check(planSchema, given, where)
  for (const { name, argument } of given.operations ?? []) copyPlainData(argument, `${where} argument of ${name}`)
  return given
}

/** The faults of a plan, for the decision point; undefined: they are drawn. */
export function scriptOf(plan: ReplayPlan | undefined): FaultScript | undefined {
  return plan?.faults && { keys: new Set(plan.faults), moved: plan.moved ?? {} }
}
