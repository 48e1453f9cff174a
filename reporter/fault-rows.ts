/** What each fault family did over the run, and in which simulations it did nothing. */
import type { FaultCount, SimulationMeta } from './contract.ts'

export interface FaultRow {
  readonly family: string
  readonly injected: number
  readonly effective: number
  /** The simulations in which the family was enabled and changed nothing. */
  readonly inertIn: readonly string[]
}

/** Buggify sites count as faults in a simulation where buggify was on, which shows by any of them firing. */
function buggifyFaults({ sites }: SimulationMeta): FaultCount[] {
  const buggify = sites.filter((site) => site.kind === 'buggify')
  if (!buggify.some((site) => site.hits > 0)) return []
  return buggify.map(({ name, hits }) => ({ family: `buggify ${name}`, injected: hits, effective: hits }))
}

/** One row a family, in the order in which simulations first mention them. */
export function faultRows(
  simulations: readonly { readonly label: string; readonly meta: SimulationMeta }[],
): FaultRow[] {
  const rows = new Map<string, FaultRow>()
  for (const { label, meta } of simulations)
    for (const { family, injected, effective, inert = effective === 0 } of [...meta.faults, ...buggifyFaults(meta)]) {
      const row = rows.get(family) ?? { family, injected: 0, effective: 0, inertIn: [] }
      rows.set(family, {
        family,
        injected: row.injected + injected,
        effective: row.effective + effective,
        // A plan leaves out what it does not need.
        inertIn: inert && meta.plan?.used !== true ? [...row.inertIn, label] : row.inertIn,
      })
    }
  return [...rows.values()]
}
