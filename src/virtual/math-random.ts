import { ownerStream } from './owner-stream.ts'
import { replaceFunction } from './replace.ts'
import { simulating } from './simulating.ts'

/** Lets `Math.random` draw from the current owner's stream. */
export function installMathRandom(): void {
  const streamOf = ownerStream('Math.random')
  replaceFunction<() => number>(Math, 'random', (original) => {
    return () => {
      const engine = simulating('Math.random')
      return engine === undefined ? original() : streamOf(engine).float()
    }
  })
}
