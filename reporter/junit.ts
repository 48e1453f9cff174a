/** What JUnit calls properties of a test case: seed, counts, and the command that replays a failure. */
import type { TestCase, TestModule, Vitest } from 'vitest/node'
import { isGoal } from '../src/assertions/kinds.ts'
import type { SimulationMeta } from './contract.ts'
import { namesReporter } from './machine-output.ts'
import { isSimulationMeta, readSimulation } from './read-meta.ts'
import { isSeedFailure } from './words.ts'

const prefix = 'simulation.'

interface Annotation {
  readonly type: string
  readonly message: string
}

/**
 * Vitest's junit reporter writes the annotations of a test as its properties. Ours are put there when a run ends: only for
 * that reporter, and after all others have printed theirs.
 */
export function addJunitProperties(vitest: Vitest, modules: readonly TestModule[]): void {
  if (!namesReporter(vitest, ['junit'])) return
  for (const module of modules) for (const test of module.children.allTests()) addTo(test)
}

function addTo(test: TestCase): void {
  const meta = readSimulation(test.meta())
  // Not public: without it the properties are left out.
  const annotations = (test as unknown as { readonly task?: { readonly annotations?: Annotation[] } }).task?.annotations
  if (meta === undefined || !isSimulationMeta(meta) || !Array.isArray(annotations)) return
  // A blob that was written beside a junit report has them already.
  const others = annotations.filter(({ type }) => !type.startsWith(prefix))
  annotations.splice(0, Infinity, ...others, ...propertiesOf(meta))
}

function propertiesOf({ seed, iterations, events, sites, failures }: SimulationMeta): Annotation[] {
  const required = sites.filter((site) => site.required && isGoal(site))
  const never = required.filter(({ hits }) => hits === 0)
  const failure = failures.find(isSeedFailure)
  const facts: readonly (readonly [name: string, value: string | number | undefined])[] = [
    ['seed', seed],
    ['iterations', iterations],
    ['events', events],
    ['sometimes', required.length > 0 ? `${required.length - never.length}/${required.length}` : undefined],
    ['never', never.length > 0 ? never.map(({ name }) => name).join(', ') : undefined],
    ['failure', failure && `${failure.kind}: ${failure.name}`],
    ['failingSeed', failure?.seed],
    ['replay', failure?.replay],
  ]
  return facts.flatMap(([name, value]) =>
    value === undefined ? [] : [{ type: `${prefix}${name}`, message: String(value) }],
  )
}
