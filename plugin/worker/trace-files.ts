import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describeError } from '../../src/engine/describe-error.ts'
import type { Told } from '../../src/engine/recorder.ts'
import { hashString } from '../../src/random/hash.ts'
import type { PassingSeed } from '../../src/runner/check-simulation.ts'
import type { SeedFailure } from '../../src/runner/seed-failure.ts'
import { chromeTrace } from '../../src/story/chrome-trace.ts'
import { traceToJsonLines } from '../../src/story/json-lines.ts'
import { mermaidDiagram } from '../../src/story/mermaid.ts'
import { type RecordedTrace, traceVersion } from '../../src/trace/records.ts'
import type { IterationResult } from '../../src/world/iteration-result.ts'
import { type TestRun, fullName, replayOf } from './test-run.ts'

/** Folder for what a run leaves behind, in the root of the project. */
const outputFolder = '.vitest-simulation'

/** One run of a seed with its trace. */
interface ToldRun {
  readonly run: 'whole' | 'minimal'
  readonly result: IterationResult
  readonly told: Told
  /** The command that runs it again. */
  readonly replay: string
}

/** What was written for one seed. */
export interface TraceFiles {
  /** Relative to the root of the project, forward slashes. */
  readonly folder: string
  readonly traces: readonly RecordedTrace[]
  /** A Mermaid diagram of the smallest run. */
  readonly mermaid: string
}

/** Writes the traces of a failing seed, unless a failure is expected; `note`: where they are, or why they are not. */
export function keepTraces(
  run: TestRun,
  { seed, run: whole, minimal }: SeedFailure,
  replay: { readonly whole: string; readonly minimal: string | undefined },
): { readonly traces?: TraceFiles; readonly note?: string } {
  if (run.task.fails === true || run.provided.options.traceFiles === false) return {}
  const runs: ToldRun[] = []
  if (whole?.told !== undefined) runs.push({ run: 'whole', result: whole, told: whole.told, replay: replay.whole })
  const small = minimal?.run
  if (small?.told !== undefined) {
    runs.push({ run: 'minimal', result: small, told: small.told, replay: replay.minimal ?? replay.whole })
  }
  if (runs.length === 0) return {}
  try {
    const traces = writeTraceFiles(run, seed, runs)
    return { traces, note: `timeline: ${traces.folder}/timeline.html` }
  } catch (error) {
    // The failure itself is what counts.
    return { note: `its trace was not written: ${describeError(error).message}` }
  }
}

/** Writes the trace of a seed that passed. Throws what the file system throws. */
export function writePassingTrace(run: TestRun, { seed, run: result }: PassingSeed): TraceFiles | undefined {
  const { told } = result
  if (told === undefined) return undefined
  return writeTraceFiles(run, seed, [{ run: 'whole', result, told, replay: replayOf(run, seed) }])
}

/**
 * Writes the traces of one seed: `whole.jsonl`, `minimal.jsonl`, the same for Perfetto (`*.trace.json`), and a diagram.
 *
 * Those of an earlier failure of the same test go. Throws what the file system throws.
 */
function writeTraceFiles(run: TestRun, seed: number, runs: readonly ToldRun[]): TraceFiles {
  const { root } = run.provided
  const output = join(root, outputFolder)
  const name = folderName(run)
  mkdirSync(output, { recursive: true })
  writeFileSync(join(output, '.gitignore'), '*\n')
  for (const old of readdirSync(output)) {
    if (old.startsWith(`${name}-`)) rmSync(join(output, old), { recursive: true, force: true })
  }
  const folder = join(output, `${name}-${seed}`)
  mkdirSync(folder, { recursive: true })
  const traces = runs.map((one) => recordedTrace(run, seed, one))
  for (const trace of traces) {
    const file = join(folder, trace.header.run)
    writeFileSync(`${file}.jsonl`, traceToJsonLines(trace))
    writeFileSync(`${file}.trace.json`, chromeTrace(trace))
  }
  const smallest = traces.at(-1)
  const mermaid = smallest === undefined ? '' : mermaidDiagram(smallest)
  writeFileSync(join(folder, 'diagram.mmd'), mermaid)
  return { folder: relative(root, folder).replaceAll('\\', '/'), traces, mermaid }
}

function recordedTrace(run: TestRun, seed: number, { run: which, result, told, replay }: ToldRun): RecordedTrace {
  const { root } = run.provided
  const file = relative(root, run.task.file.filepath).replaceAll('\\', '/')
  const { nodes, records, left } = told
  const { chaos, digest, time: end, events, status } = result
  return {
    header: {
      type: 'header',
      schema: 'vitest-simulation/trace',
      version: traceVersion,
      test: fullName(run.task),
      file,
      seed,
      run: which,
      chaos,
      digest,
      nodes,
      end,
      events,
      left,
      status: status === 'failed' ? 'failed' : 'passed',
      replay,
    },
    records,
  }
}

/** Readable, and another one for each test of each project. */
function folderName({ task, provided }: TestRun): string {
  const file = relative(provided.root, task.file.filepath).replaceAll('\\', '/')
  const name = fullName(task)
  const slug = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 50)
  const hash = hashString(`${task.file.projectName ?? ''} ${file} ${name}`) >>> 0
  return `${slug || 'test'}-${hash.toString(36)}`
}
