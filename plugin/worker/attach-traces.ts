import { join } from 'node:path'
import type { TestRun } from './test-run.ts'
import type { TraceFiles } from './trace-files.ts'

/** Offers the traces of a seed to Vitest's reporters: its UI and html report let a person open them. */
export async function attachTraces({ task, provided }: TestRun, { folder, traces }: TraceFiles): Promise<void> {
  const smallest = traces.at(-1)
  if (smallest === undefined) return
  const { seed, run } = smallest.header
  const path = join(provided.root, folder, `${run}.jsonl`)
  await task.context.annotate(`trace of seed ${seed}`, 'simulation', { path, contentType: 'application/jsonl' })
}
