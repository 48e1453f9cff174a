import { Buffer } from 'node:buffer'
import { relative } from 'node:path'
import { escapeUnprintable, printableLine } from '../../../src/engine/printable.ts'

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
  const words = ['npx', 'vitest', 'run', word(file), ...configuration.map(word)]
  if (project !== '') words.push('--project', word(project))
  const environment = [`SIMULATION_SEED=${seed}`]
  if (plan !== undefined) environment.push(`SIMULATION_PLAN=${plan}`)
  else if (expectation !== undefined) environment.push(`SIMULATION_EXPECT=${expectation}`)
  return `${environment.join(' ')} ${words.join(' ')} -t ${quote(patternOf(testName, suites))}`
}

/** A pattern for the end of the test's full name, or all of it; it begins with no '-', which would be taken for an option. */
function patternOf(testName: string, suites: readonly string[] | undefined): string {
  const name = escapedName(testName)
  // Vitest 4 puts a blank between the names, Vitest 5 ' > '.
  if (suites !== undefined) return `^${[...suites.map(escapedName), name].join('[> ]*')}$`
  return `${name.startsWith('-') ? `[-]${name.slice(1)}` : name}$`
}

/** What may not be printed, or may not survive being copied, is written as the regular expression that it is. */
function escapedName(name: string): string {
  const plain = name
    .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/\s+/g, (blanks) => (blanks === ' ' ? blanks : '\\s+'))
    .replaceAll(/^ | $/g, '\\s')
  return escapeUnprintable(plain)
}

/** A file, project or option. In `$'…'` where it must be, which bash, zsh and ksh understand. */
function word(text: string): string {
  if (/^[\w./@+-]+$/.test(text)) return text
  if (printableLine(text) === text && !text.includes('\t')) return quote(text)
  const bytes = Buffer.from(text).toString('latin1')
  return `$'${bytes.replaceAll(/[^ -~]|['\\]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`)}'`
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
