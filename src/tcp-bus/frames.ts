import { deserialize, serialize } from 'node:v8'

/** What crosses the wire; `id` pairs a response with its request. */
export type Frame =
  | { readonly kind: 'hello'; readonly from: string }
  /** Is anybody there? */
  | { readonly kind: 'ping' }
  | { readonly kind: 'pong' }
  | {
      readonly kind: 'request'
      readonly id: number
      readonly method: string
      readonly payload: unknown
      readonly key?: string
    }
  | { readonly kind: 'one-way'; readonly method: string; readonly payload: unknown }
  | { readonly kind: 'result'; readonly id: number; readonly payload: unknown }
  | {
      readonly kind: 'failure'
      readonly id: number
      readonly name: string
      readonly message: string
      readonly rootName: string
    }

/** Longest frame, bytes: a peer that speaks another protocol must not make this one wait for gigabytes. */
export const longestFrame = 64 * 1024 * 1024

/** Four bytes of length, then what `structuredClone` would copy, as V8 writes it. */
export function encodeFrame(frame: Frame): Buffer {
  const body = serialize(frame)
  const head = Buffer.alloc(4)
  head.writeUInt32BE(body.length)
  return Buffer.concat([head, body])
}

/** Bytes of a frame's length, which come before it. */
const headSize = 4

/** Takes frames out of a stream of bytes, however it is cut. */
export class FrameReader {
  private chunks: Buffer[] = []
  private size = 0
  /** Bytes to wait for before the chunks are joined: joining at each chunk would copy a long frame once per chunk. */
  private needed = headSize

  /** @throws RangeError when what comes cannot be a frame */
  read(data: Buffer): Frame[] {
    this.chunks.push(data)
    this.size += data.length
    const frames: Frame[] = []
    if (this.size < this.needed) return frames
    const seen = this.chunks.length === 1 ? data : Buffer.concat(this.chunks)
    let at = 0
    for (;;) {
      this.needed = headSize
      if (seen.length - at < headSize) break
      const length = seen.readUInt32BE(at)
      if (length > longestFrame) throw new RangeError(`a frame of ${length} bytes; at most ${longestFrame} are allowed`)
      this.needed += length
      if (seen.length - at < this.needed) break
      frames.push(deserialize(seen.subarray(at + headSize, at + this.needed)) as Frame)
      at += this.needed
    }
    this.chunks = [seen.subarray(at)]
    this.size = seen.length - at
    return frames
  }
}
