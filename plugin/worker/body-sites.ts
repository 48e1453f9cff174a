import { isGoal, mustRun } from '../../src/assertions/kinds.ts'
import type { RequiredSite } from '../../src/runner/stop-rule.ts'
import type { CataloguedSite, SitePlace } from '../../reporter/contract.ts'

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

function sitesOf(body: object): readonly CataloguedSite[] {
  return (globalThis as unknown as Record<symbol, Recorder | undefined>)[key]?.known?.get(body) ?? []
}

/** The sites inside a body that the verdict depends on. */
export function requiredSitesOf(body: object): RequiredSite[] {
  return sitesOf(body)
    .filter(mustRun)
    .map(({ kind, name }) => ({ kind, name }))
}

/** Every body of a simulation that was defined, and whether one has run. */
const bodies = new Map<object, boolean>()

/** Called when a test with that body is defined, and again when it has run. */
export function noteBody(body: object, hasRun: boolean): void {
  if (hasRun || !bodies.has(body)) bodies.set(body, hasRun)
}

/** True when the code around the bodies has a `sometimes` or `reachable` that is not among those evaluated. */
export function hasUnseenSites(catalogue: readonly CataloguedSite[], evaluated: readonly SitePlace[]): boolean {
  const seen = new Set([...[...bodies.keys()].flatMap(sitesOf), ...evaluated].map(placeOf))
  return catalogue.some((site) => isGoal(site) && !seen.has(placeOf(site)))
}

function placeOf({ file, line, name }: SitePlace): string {
  return `${file}:${line}:${name}`
}

/** The sites that the run may be judged by: not those inside a body that did not run, of a skipped test for instance. */
export function judgedSites(catalogue: readonly CataloguedSite[]): CataloguedSite[] {
  const places = (ran: boolean): Set<string> =>
    new Set([...bodies].flatMap(([body, hasRun]) => (hasRun === ran ? sitesOf(body).map(placeOf) : [])))
  const [inside, outside] = [places(true), places(false)]
  return catalogue.filter((site) => inside.has(placeOf(site)) || !outside.has(placeOf(site)))
}
