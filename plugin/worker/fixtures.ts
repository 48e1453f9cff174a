/** Fixtures of `simulation.extend(…)` whose scope is a test: each iteration is one, so each gets them made anew. */

type Use = (value: unknown) => Promise<void>
type Fixture = (context: object, use: Use) => unknown
type Builder = (context: object, fixture: { readonly onCleanup: (cleanup: () => unknown) => void }) => unknown

/** A fixture that an iteration has. */
interface Made {
  readonly value: unknown
  /** Runs what comes after `use(value)`. */
  readonly close: () => Promise<void>
}

interface Recipe {
  readonly name: string
  readonly fixture: Fixture
}

/**
 * The fixtures of one test, in the order in which Vitest asked for them: it decides which ones a test needs, and puts
 * what they depend on first.
 */
export class IterationFixtures {
  private static readonly all = new WeakMap<object, IterationFixtures>()
  private readonly context: Record<string, unknown>
  private readonly recipes: Recipe[] = []
  private made: Made[] = []
  private isOpen = false

  private constructor(context: object) {
    this.context = context as Record<string, unknown>
  }

  static of(context: object): IterationFixtures {
    let fixtures = IterationFixtures.all.get(context)
    if (fixtures === undefined) IterationFixtures.all.set(context, (fixtures = new IterationFixtures(context)))
    return fixtures
  }

  get any(): boolean {
    return this.recipes.length > 0
  }

  /** Vitest asks for a fixture: now where a hook of the iteration needs it, else with the next iteration. */
  async add(recipe: Recipe): Promise<unknown> {
    this.recipes.push(recipe)
    return this.isOpen ? await this.make(recipe) : undefined
  }

  /** Makes all of them for an iteration. */
  async open(): Promise<void> {
    this.isOpen = true
    for (const recipe of this.recipes) this.context[recipe.name] = await this.make(recipe)
  }

  /** Ends those of the iteration, the last one first; throws the first error when all have ended. */
  async close(): Promise<void> {
    this.isOpen = false
    const errors: unknown[] = []
    for (const { close } of this.made.splice(0).reverse()) await close().catch((error: unknown) => errors.push(error))
    if (errors.length > 0) throw errors[0]
  }

  private async make({ name, fixture }: Recipe): Promise<unknown> {
    const made = await begin(name, fixture, this.context)
    this.made.push(made)
    return made.value
  }
}

/** Runs a fixture until it calls `use(value)`. */
function begin(name: string, fixture: Fixture, context: object): Promise<Made> {
  return new Promise((resolve, reject) => {
    let end = (): void => {}
    const ended = new Promise<void>((done) => (end = done))
    const use: Use = (value) => {
      resolve({ value, close: () => (end(), done) })
      return ended
    }
    const done = (async () => void (await fixture(context, use)))()
    done.then(() => reject(new Error(`fixture '${name}' ended without calling use(value)`)), reject)
  })
}

/** The arguments of `extend` for Vitest, with each fixture of scope 'test' replaced by one that leaves it to the iterations. */
export function perIteration(
  given: string | Record<string, unknown>,
  more: readonly unknown[],
): Record<string, unknown> {
  const fixtures = typeof given === 'string' ? { [given]: built(more) } : given
  return Object.fromEntries(Object.entries(fixtures).map(([name, fixture]) => [name, standIn(name, fixture)]))
}

/** The builder form as the other one: `(name, options?, value or function)`. */
function built([first, second]: readonly unknown[]): unknown {
  if (second !== undefined) return [typeof second === 'function' ? fromBuilder(second as Builder) : second, first]
  if (isOptions(first)) return [{}, first]
  return typeof first === 'function' ? fromBuilder(first as Builder) : first
}

function fromBuilder(build: Builder): Fixture {
  const fixture: Fixture = async (context, use) => {
    let cleanup: (() => unknown) | undefined
    const onCleanup = (given: () => unknown): void => {
      if (cleanup !== undefined) throw new Error('onCleanup can be called once per fixture: write a fixture for each')
      cleanup = given
    }
    await use(await build(context, { onCleanup }))
    await cleanup?.()
  }
  return lookingLike(build, fixture)
}

function standIn(name: string, given: unknown): unknown {
  const hasOptions = Array.isArray(given) && isOptions(given[1])
  const [fixture, options] = hasOptions ? (given as [unknown, { readonly scope?: string }]) : [given, {}]
  if (typeof fixture !== 'function' || (options.scope ?? 'test') !== 'test') return given
  const recipe: Recipe = { name, fixture: fixture as Fixture }
  const replacement: Fixture = async (context, use) => use(await IterationFixtures.of(context).add(recipe))
  return hasOptions ? [lookingLike(fixture, replacement), options] : lookingLike(fixture, replacement)
}

/** Vitest reads from the text of a function which fixtures it needs. */
function lookingLike<T extends Function>(original: Function, replacement: T): T {
  replacement.toString = () => original.toString()
  return replacement
}

function isOptions(value: unknown): boolean {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject && ['auto', 'injected', 'scope'].some((key) => key in value)
}
