import { current } from '../engine/current.ts'
import { ownerStream } from './owner-stream.ts'
import { replaceFunction } from './replace.ts'

/** Lets `Math.random` draw from the current owner's stream. */
export function installMathRandom(): void {
  const streamOf = ownerStream('Math.random')
  replaceFunction<() => number>(Math, 'random', (original) => {
    return () => {
      const engine = current.engine
      return engine === undefined ? original() : streamOf(engine).float()
    }
  })
}
