import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestRun } from './test-run.ts'
import type { TraceFiles } from './trace-files.ts'

/**
 * Draws the timeline of a seed beside its traces, and offers it to Vitest's reporters: its UI and html report let a person
 * open it. Throws what the file system throws.
 */
export async function attachTraces({ task, provided }: TestRun, { folder, traces }: TraceFiles): Promise<void> {
  const [first] = traces
  if (first === undefined) return
  // Loaded only by who has something to draw.
  const { timelinePage } = await import('../../reporter/timeline/page.ts')
  const path = join(provided.root, folder, 'timeline.html')
  writeFileSync(path, timelinePage(traces))
  await task.context.annotate(`timeline of seed ${first.header.seed}`, 'simulation', { path, contentType: 'text/html' })
}
