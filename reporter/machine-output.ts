/** Whether stdout belongs to a machine format, so that any line of ours would break its reader. */
import type { Vitest } from 'vitest/node'

type ReporterEntry = readonly [name: unknown, options?: { readonly outputFile?: unknown; readonly stdout?: unknown }]

/** json and junit write a file by default since Vitest 5; the tap formats always print. */
const writesFileSince: Readonly<Record<string, number>> = { json: 5, junit: 5, tap: Infinity, 'tap-flat': Infinity }

const outputFileOf = (name: string, options: ReporterEntry[1], outputFile: unknown): unknown =>
  options?.outputFile ??
  (typeof outputFile === 'object' && outputFile !== null ? (outputFile as Record<string, unknown>)[name] : outputFile)

/** True when a machine format prints to stdout in this run. */
export function machineOwnsStdout(vitest: Vitest): boolean {
  const major = Number.parseInt(vitest.version, 10)
  const { reporters, outputFile } = vitest.config
  return (reporters as readonly unknown[]).some((entry) => {
    const [name, options] = (Array.isArray(entry) ? entry : [entry]) as unknown as ReporterEntry
    const since = typeof name === 'string' ? writesFileSince[name] : undefined
    if (typeof name !== 'string' || since === undefined) return false
    if (since === Infinity) return true
    if (outputFileOf(name, options, outputFile)) return false
    return major < since || options?.stdout === true
  })
}

/** True when one of Vitest's reporters of these names is part of the run. */
export const namesReporter = (vitest: Vitest, names: readonly string[]): boolean =>
  (vitest.config.reporters as readonly unknown[]).some((entry) => {
    const name: unknown = Array.isArray(entry) ? entry[0] : entry
    return typeof name === 'string' && names.includes(name)
  })

/** True when the user asked for every test: `--reporter=verbose` or `--reporter=tree`. */
export const isVerbose = (vitest: Vitest): boolean => namesReporter(vitest, ['verbose', 'tree'])

/** Columns of the terminal that is printed to; Infinity: it is none, and `COLUMNS` does not say. */
export function terminalWidth({ logger }: Vitest): number {
  const { columns } = logger.outputStream as { readonly columns?: number }
  const width = columns ?? Number(process.env['COLUMNS'])
  return width > 0 ? Math.max(40, width) : Infinity
}
