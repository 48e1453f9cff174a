import { SimulationError, show } from '../engine/errors.ts'
import type { RandomStream } from '../random/stream.ts'
import type { Alphabet, DrawView, Operation } from './operation.ts'

/** One operation with its weight in this seed. */
export interface Weighted<Sim, Node> {
  readonly name: string
  readonly weight: number
  // eslint-disable-next-line typescript/no-explicit-any -- each operation has an argument type of its own
  readonly operation: Operation<any, Sim, Node>
}

/** Share of the operations that a swarm leaves out. */
const leftOut = 0.25

/** A swarm changes weights by up to this factor, in both directions: 2^3. */
const octaves = 3

/**
 * The operations of an alphabet with their weights in this seed.
 *
 * `swarm`: some are off and the others' weights differ wildly (swarm testing, Groce et al., 2012; TigerBeetle does the
 * same). Undefined: no swarm.
 */
export function weigh<Sim, Node>(
  alphabet: Alphabet<Sim, Node>,
  swarm: RandomStream | undefined,
): readonly Weighted<Sim, Node>[] {
  const all = Object.entries(alphabet).map(([name, operation]) => ({ name, weight: operation.weight ?? 1, operation }))
  const usual = all.filter(({ weight }) => weight > 0)
  if (swarm === undefined) return usual
  const drawn = all.map((one) => {
    const factor = 2 ** swarm.between(-octaves, octaves)
    return { ...one, weight: swarm.chance(leftOut) ? 0 : one.weight * factor }
  })
  const on = drawn.filter(({ weight }) => weight > 0)
  return on.length > 0 ? on : usual
}

/** Chooses one of those that are enabled, by weight; undefined: none is. */
export function choose<Sim, Node>(
  all: readonly Weighted<Sim, Node>[],
  view: DrawView<Node>,
): Weighted<Sim, Node> | undefined {
  const isAlways = all.every(({ operation }) => operation.enabled === undefined)
  const open = isAlways ? all : all.filter((one) => isEnabled(one, view))
  // No draw when the choice is forced.
  if (open.length <= 1) return open[0]
  let total = 0
  for (const { weight } of open) total += weight
  let at = view.random.float() * total
  for (const one of open) {
    if (at < one.weight) return one
    at -= one.weight
  }
  return open.at(-1)
}

/** A promise is neither true nor false, and would count as true. */
function isEnabled<Sim, Node>({ name, operation }: Weighted<Sim, Node>, view: DrawView<Node>): boolean {
  if (operation.enabled === undefined) return true
  const answer: unknown = operation.enabled(view)
  if (typeof answer === 'boolean') return answer
  const text = `enabled of operation '${name}' answered ${show(answer)}: it must answer true or false, synchronously`
  throw new SimulationError('BAD_CONDITION', text)
}
