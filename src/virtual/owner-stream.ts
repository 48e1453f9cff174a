import type { Engine } from '../engine/engine.ts'
import type { Owner } from '../engine/owner.ts'
import type { RandomStream } from '../random/stream.ts'

/** Finds the stream `<purpose>/<owner id>` of the current owner, so that no owner's draws move another's. */
export function ownerStream(purpose: string): (engine: Engine) => RandomStream {
  // The last answer is kept: code draws many numbers in a row, and finding a stream by name costs more than a draw.
  let lastOwner: Owner | undefined
  let lastStream: RandomStream | undefined
  return (engine) => {
    if (engine.owner !== lastOwner || lastStream === undefined) {
      lastOwner = engine.owner
      lastStream = engine.random(`${purpose}/${lastOwner.id}`)
    }
    return lastStream
  }
}

/** The stream behind every function of node:crypto and Web Crypto that answers random bytes. */
export const cryptoStream = ownerStream('crypto')

/** Random bytes of that stream. */
export function drawBytes(engine: Engine, size: number): Buffer {
  const buffer = Buffer.alloc(size)
  cryptoStream(engine).fill(buffer)
  return buffer
}
