/** Whether a run was complete: only then may it say that no simulation evaluates a site. */
import { readdirSync } from 'node:fs'
import type { TestModule, TestRunEndReason, Vitest } from 'vitest/node'
import { readPart } from './read-meta.ts'

const isSet = (value: unknown): boolean => (Array.isArray(value) ? value.length > 0 : Boolean(value))

/** The first thing that narrowed the run, in words that finish 'not judged: …', or null. */
export function whyIncomplete(
  vitest: Vitest,
  modules: readonly TestModule[],
  reason: TestRunEndReason,
  isRerun: boolean,
): string | null {
  const { config } = vitest
  if (reason === 'interrupted') return 'the run was interrupted'
  if (isRerun) return 'this is a partial rerun'
  if (isSet(config.testNamePattern)) return 'tests were filtered by name (-t)'
  if (isSet(config.tagsFilter)) return 'tests were filtered by tag'
  // Not in the public type; the command line's file filters are kept nowhere else.
  if (isSet((vitest as { filenamePattern?: unknown }).filenamePattern)) return 'test files were filtered by name'
  if (isSet(config.project)) return 'projects were filtered by name'
  if (isSet(config.changed) || isSet(config.related)) return 'only changed or related tests ran'
  if (config.shard) return `this is shard ${config.shard.index} of ${config.shard.count}; merged reports are judged`
  const missing = config.mergeReports ? missingParts(config.mergeReports, modules) : null
  if (missing !== null) return missing
  const broken = modules.filter((module) => module.state() === 'failed' && isUncollected(module)).length
  if (broken > 0) return `${broken === 1 ? 'a test file' : `${broken} test files`} failed to load`
  return null
}

const isUncollected = (module: TestModule): boolean => module.errors().length > 0 && module.children.size === 0

/** The projects made by `simulationProjects(count)`. */
const slice = /^sim (\d+)\/(\d+)$/

interface Part {
  readonly index: number
  readonly count: number
}

/** What the merged reports lack of the whole run. Vitest itself forgets how they were made. */
function missingParts(folder: string, modules: readonly TestModule[]): string | null {
  const parts = modules.flatMap((module) => readPart(module.meta()) ?? [])
  const narrowed = parts.find(({ incomplete }) => incomplete !== undefined)
  if (narrowed?.incomplete !== undefined) return `in a merged report ${narrowed.incomplete}`
  // A shard without a simulation says nothing of itself, but the usual name of its report does: 'blob-1-2.json'.
  const shards = [...parts.flatMap(({ shard }) => shard ?? []), ...partsIn(namesIn(folder), /-(\d+)-(\d+)\.\w+$/)]
  const slices = partsIn(
    modules.map(({ project }) => project.name),
    slice,
  )
  return lacking(shards, 'shards') ?? lacking(slices, 'slices')
}

const partsIn = (names: readonly string[], pattern: RegExp): Part[] =>
  names.flatMap((name) => {
    const [, index, count] = pattern.exec(name) ?? []
    return index === undefined ? [] : [{ index: Number(index), count: Number(count) }]
  })

function lacking(parts: readonly Part[], noun: string): string | null {
  const count = Math.max(0, ...parts.map((part) => part.count))
  const there = new Set(parts.map(({ index }) => index)).size
  return there < count ? `reports of ${there} of ${count} ${noun} were merged` : null
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
