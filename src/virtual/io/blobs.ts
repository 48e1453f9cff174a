import { replaceFunction } from '../replace.ts'
import { simulating } from '../simulating.ts'

const chunkBytes = 65_536

/** Lets a blob be streamed without Node's own timers, which some versions wait for between two chunks. */
export function installBlobs(): void {
  replaceFunction<() => ReadableStream>(Blob.prototype, 'stream', (original) => {
    return function stream(this: Blob): ReadableStream {
      if (simulating('blob.stream') === undefined) return original.call(this)
      let offset = 0
      return new ReadableStream({
        pull: async (controller) => {
          const part = await this.slice(offset, offset + chunkBytes).arrayBuffer()
          offset += part.byteLength
          if (part.byteLength > 0) controller.enqueue(new Uint8Array(part))
          if (offset >= this.size) controller.close()
        },
      })
    }
  })
}
