/** Histories of operations, and whether they are linearizable. Pure: works in any test. */
export { type Linearizability, type LinearizabilityOptions, checkLinearizable } from './check.ts'
export { type ErrorMeaning, History } from './history.ts'
export type { Model, Operation } from './model.ts'
export * from './models.ts'
