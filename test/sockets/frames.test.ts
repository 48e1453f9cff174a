/** Frames of the bus on TCP, cut in every way a stream of bytes can be. */
import { expect, test } from 'vitest'
import { type Frame, FrameReader, encodeFrame, longestFrame } from '../../src/tcp-bus/frames.ts'

const frames: Frame[] = [
  { kind: 'hello', from: 'a' },
  { kind: 'ping' },
  { kind: 'request', id: 1, method: 'add', payload: { text: 'x'.repeat(300) } },
  { kind: 'result', id: 1, payload: new Map([['key', 2n]]) },
]
const stream = Buffer.concat(frames.map(encodeFrame))

test.each([1, 2, 3, 5, 7, 64, stream.length])('chunks of %i bytes', (size) => {
  const reader = new FrameReader()
  const read: Frame[] = []
  for (let at = 0; at < stream.length; at += size) read.push(...reader.read(stream.subarray(at, at + size)))
  expect(read).toEqual(frames)
})

test('a long frame in many chunks is joined once', () => {
  const bytes = encodeFrame({ kind: 'one-way', method: 'put', payload: new Uint8Array(1 << 20) })
  const reader = new FrameReader()
  const { concat } = Buffer
  let copied = 0
  Buffer.concat = (list, length) => {
    const joined = concat.call(Buffer, list as Uint8Array[], length) as Buffer<ArrayBuffer>
    copied += joined.length
    return joined
  }
  try {
    let read = 0
    for (let at = 0; at < bytes.length; at += 100) read += reader.read(bytes.subarray(at, at + 100)).length
    expect(read).toBe(1)
  } finally {
    Buffer.concat = concat
  }
  expect(copied).toBeLessThan(bytes.length * 2)
})

test('what speaks another protocol is refused before it is waited for', () => {
  expect(() => new FrameReader().read(Buffer.from('GET / HTTP/1.1'))).toThrow(
    `a frame of 1195725856 bytes; at most ${longestFrame} are allowed`,
  )
})
