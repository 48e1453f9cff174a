import type { RequiredSite } from '../../src/runner/stop-rule.ts'
import type { CataloguedSite } from '../contract.ts'

const key = Symbol.for('vitest-simulation.body')

type Recorder = ((body: object, sites: readonly CataloguedSite[]) => object) & {
  readonly known?: WeakMap<object, readonly CataloguedSite[]>
}

/** Lets transformed modules say which sites are written inside a test's body: `globalThis[key](body, sites)`. */
export function installBodySites(): void {
  const holder = globalThis as unknown as Record<symbol, Recorder | undefined>
  if (holder[key] !== undefined) return
  const known = new WeakMap<object, readonly CataloguedSite[]>()
  const record = (body: object, sites: readonly CataloguedSite[]): object => {
    known.set(body, sites)
    return body
  }
  holder[key] = Object.assign(record, { known })
}

/** The sites inside a body that the verdict depends on. */
export function requiredSitesOf(body: object): RequiredSite[] {
  const recorder = (globalThis as unknown as Record<symbol, Recorder | undefined>)[key]
  const sites = recorder?.known?.get(body) ?? []
  return sites.flatMap(({ kind, name }) =>
    kind === 'always' || kind === 'sometimes' || kind === 'reachable' ? [{ kind, name }] : [],
  )
}
