import { expect, test } from 'vitest'
import { PendingRequests } from '../../src/bus/pending-requests.ts'
import type { PendingRequest } from '../../src/bus/pending.ts'
import { RandomStream } from '../../src/random/stream.ts'

const requestOf = (correlationId: number) => ({ correlationId }) as PendingRequest

test('holds what a Map holds, whatever is added and taken out', () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = new RandomStream([seed, 1, 2, 3], 4)
    const ours = new PendingRequests()
    const map = new Map<number, PendingRequest>()
    const longLived = random.between(0, 1)
    for (let id = 1; id <= 300; id += random.integer(1, 3)) {
      const request = requestOf(id)
      ours.set(id, request)
      map.set(id, request)
      const target = random.chance(longLived) ? id : random.integer(1, id)
      expect(ours.get(target)).toBe(map.get(target))
      expect(ours.delete(target)).toBe(map.delete(target))
      expect(ours.delete(target)).toBe(false)
      expect(ours.size).toBe(map.size)
    }
    expect(ours.values()).toEqual([...map.values()])
  }
})

test('replaces a request of the same id', () => {
  const requests = new PendingRequests()
  for (const id of [1, 2, 9, 1]) requests.set(id, requestOf(id))
  const again = requestOf(9)
  requests.set(9, again)
  expect(requests.size).toBe(3)
  expect(requests.get(9)).toBe(again)
})
