import { tcp } from './bounds.ts'
import type { Segment } from './segment.ts'

/** What has arrived at one end of a connection, put in order: bytes that nobody has read yet, and the end. */
export class Inbox {
  private readonly chunks: Buffer[] = []
  /** Bytes that wait. */
  size = 0

  /** The other end sends no more. */
  isEnded = false
  /** The next one in order. */
  private expected = 0
  private readonly early = new Map<number, Segment>()

  /** Takes a segment; returns false when it has been here before, or others must come first. */
  take(segment: Segment): boolean {
    if (segment.sequence < this.expected) return false
    if (segment.sequence > this.expected) {
      this.early.set(segment.sequence, segment)
      return false
    }
    let next: Segment | undefined = segment
    while (next !== undefined) {
      this.early.delete(this.expected++)
      if (next.kind === 'fin') this.isEnded = true
      else if (next.data !== undefined) this.push(next.data)
      next = this.early.get(this.expected)
    }
    return true
  }

  private push(chunk: Buffer): void {
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
