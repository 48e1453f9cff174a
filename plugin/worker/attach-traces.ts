import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeError } from '../../src/engine/describe-error.ts'
import type { TestRun } from './test-run.ts'
import type { TraceFiles } from './trace-files.ts'

/**
 * Draws the timeline of a seed beside its traces, and offers it to Vitest's reporters: its UI and html report let a person
 * open it. Returns why that did not work; the verdict on the seed is what counts.
 */
export async function attachTraces(
  { task, provided }: TestRun,
  { folder, traces }: TraceFiles,
): Promise<string | undefined> {
  const [first] = traces
  if (first === undefined) return undefined
  const path = join(provided.root, folder, 'timeline.html')
  try {
    // Loaded only by who has something to draw.
    const { timelinePage } = await import('../../reporter/timeline/page.ts')
    writeFileSync(path, timelinePage(traces))
    await task.context.annotate(`timeline of seed ${first.header.seed}`, 'simulation', {
      path,
      contentType: 'text/html',
    })
    return undefined
  } catch (error) {
    return `the timeline of seed ${first.header.seed} was not drawn: ${describeError(error).message}`
  }
}
