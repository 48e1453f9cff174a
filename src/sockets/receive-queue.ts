import { tcp } from './bounds.ts'

/** Bytes that have arrived in order and that nobody has read yet. */
export class ReceiveQueue {
  private readonly chunks: Buffer[] = []
  /** Bytes that wait. */
  size = 0

  push(chunk: Buffer): void {
    this.chunks.push(chunk)
    this.size += chunk.length
  }

  /** What one read gives: all that waits, but no more than a buffer holds. Undefined: nothing waits. */
  shift(): Buffer | undefined {
    const { chunks } = this
    if (chunks.length === 0) return undefined
    const all = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)
    chunks.length = 0
    const piece = all.length <= tcp.readSize ? all : all.subarray(0, tcp.readSize)
    if (piece !== all) chunks.push(all.subarray(tcp.readSize))
    this.size -= piece.length
    return piece
  }
}
