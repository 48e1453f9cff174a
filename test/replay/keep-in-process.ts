/** The keeping of seeds, for a process of its own. */
export { keepSeed } from '../../plugin/worker/replay/corpus.ts'
