/** The simulator without Vitest, for benchmarks and soaks. */
export { checkSimulation } from './check-simulation.ts'
export { actor } from '../actors/actor.ts'
export { operation } from '../world/operation.ts'
