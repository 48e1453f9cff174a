import { relative } from 'node:path'

/** What a replay command is about. */
export interface Replayed {
  readonly seed: number
  /** Root of the project, and the test file in it. */
  readonly root: string
  readonly testFile: string
  readonly testName: string
  /** The suites around it, outermost first; given where the name alone would run other tests, too. */
  readonly suites?: readonly string[] | undefined
  /** '' for a run without projects. */
  readonly project: string
  /** '--config …', '--root …' where Vitest would not find them by itself. */
  readonly configuration: readonly string[]
  /** A plan as text. */
  readonly plan?: string | undefined
  /** What the whole seed is expected to do again, as text. */
  readonly expectation?: string | undefined
}

/** The command that runs one seed of one test again; pasteable into a POSIX shell. */
export function replayCommand(replayed: Replayed): string {
  const { seed, root, testFile, testName, suites, project, configuration, plan, expectation } = replayed
  const file = relative(root, testFile).replaceAll('\\', '/')
  const words = ['npx', 'vitest', 'run', quote(file), ...configuration.map((word) => quote(word))]
  if (project !== '') words.push('--project', quote(project))
  const environment = [`SIMULATION_SEED=${seed}`]
  if (plan !== undefined) environment.push(`SIMULATION_PLAN=${plan}`)
  else if (expectation !== undefined) environment.push(`SIMULATION_EXPECT=${expectation}`)
  return `${environment.join(' ')} ${words.join(' ')} -t ${quote(patternOf(testName, suites), true)}`
}

/** A pattern for the end of the test's full name, or all of it; it begins with no '-', which would be taken for an option. */
function patternOf(testName: string, suites: readonly string[] | undefined): string {
  const name = escapedName(testName)
  // Vitest 4 puts a blank between the names, Vitest 5 ' > '.
  if (suites !== undefined) return `^${[...suites.map(escapedName), name].join(' [> ]*')}$`
  return `${name.startsWith('-') ? `[-]${name.slice(1)}` : name}$`
}

function escapedName(name: string): string {
  return name
    .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/\s+/g, (blanks) => (blanks === ' ' ? blanks : '\\s+'))
}

function quote(text: string, always = false): string {
  return !always && /^[\w./@+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
