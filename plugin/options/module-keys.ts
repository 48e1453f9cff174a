/** `(file, namespaces) => views` on globalThis: what opens the imports of a test file, in a worker. */
export const viewsKey = 'vitest-simulation.views'

/** `(file, statement) => result` on globalThis: does a statement of a test file, and again for each iteration. */
export const setupKey = 'vitest-simulation.setup'

/** `(file, import) => import` on globalThis: lets `import(…)` in a test file lead to the modules of the iteration. */
export const importerKey = 'vitest-simulation.importer'

/** `(file, target, base)` on globalThis: a class at the top of a test file extends one that it imports. */
export const classKey = 'vitest-simulation.class'
