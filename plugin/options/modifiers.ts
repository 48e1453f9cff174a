/** What stands between `simulation.test` and its call, as in Vitest: `simulation.test.only(…)`. The one list of them. */
export const modifiers = ['skip', 'only', 'todo', 'fails', 'concurrent', 'sequential'] as const

export type Modifier = (typeof modifiers)[number]

/** Those that Vitest reads from a test's text when it only collects (packages/vitest/src/node/ast-collect.ts). */
export const collectedModifiers: readonly Modifier[] = ['skip', 'only', 'todo', 'concurrent']
