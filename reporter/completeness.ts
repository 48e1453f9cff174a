/** Whether a run was complete: only then may it say that no simulation evaluates a site. */
import type { TestModule, TestRunEndReason, Vitest } from 'vitest/node'

const isSet = (value: unknown): boolean => (Array.isArray(value) ? value.length > 0 : Boolean(value))

/** The first thing that narrowed the run, in words that finish 'not judged: …', or null. */
export const whyIncomplete = (
  vitest: Vitest,
  modules: readonly TestModule[],
  reason: TestRunEndReason,
  isRerun: boolean,
): string | null => {
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
  const broken = modules.filter((module) => module.state() === 'failed' && isUncollected(module)).length
  if (broken > 0) return `${broken === 1 ? 'a test file' : `${broken} test files`} failed to load`
  return null
}

const isUncollected = (module: TestModule): boolean => module.errors().length > 0 && module.children.size === 0
