import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PayloadNotCloneable } from '../../src/bus/errors.ts'
import { copyPayload } from '../../src/bus/payload.ts'
import { passes } from '../verdict/verdict.ts'

/** Everything that a copy could share with its source. */
function references(value: unknown, found = new Set<object>()): Set<object> {
  if (typeof value !== 'object' || value === null || found.has(value)) return found
  found.add(value)
  if (value instanceof Map) for (const [key, item] of value) references(item, references(key, found))
  else if (value instanceof Set) for (const item of value) references(item, found)
  else if (ArrayBuffer.isView(value)) found.add(value.buffer)
  else for (const key of Object.keys(value)) references((value as Record<string, unknown>)[key], found)
  return found
}

const leaf = fc.oneof(
  fc.anything({ maxDepth: 0 }),
  fc.bigInt(),
  fc.date(),
  fc.uint8Array(),
  fc.float64Array(),
  fc.constantFrom<unknown>(undefined, null, NaN, -0, Infinity, /x+/gi, new Error('e'), new RangeError('r')),
)
const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 5 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 3, noNullPrototype: false }),
    fc.array(fc.tuple(fc.string(), tie('value')), { maxLength: 3 }).map((entries) => new Map(entries)),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => new Set(items)),
    fc.sparseArray(fc.nat(), { maxLength: 5 }),
  ),
})).value

describe('a copied payload', () => {
  test('is what structuredClone makes of it, and shares no memory', () => {
    fc.assert(
      fc.property(plain, (value) => {
        const copy = copyPayload(value)
        expect(copy).toStrictEqual(structuredClone(value))
        const shared = references(value)
        for (const reference of references(copy)) expect(shared.has(reference)).toBe(false)
      }),
      { numRuns: 2_000, seed: 1 },
    )
  })

  test('keeps shared references shared', () => {
    const shared = { n: 1 }
    const copy = copyPayload({ one: shared, two: [shared], three: { shared } })
    expect(copy.one).toBe(copy.two[0])
    expect(copy.one).toBe(copy.three.shared)
    expect(copy.one).not.toBe(shared)
  })

  test('keeps references shared between plain objects and maps', () => {
    const shared = { n: 1 }
    const copy = copyPayload({ one: shared, map: new Map([['k', shared]]), set: new Set([shared]) })
    const expected = structuredClone({ one: shared, map: new Map([['k', shared]]), set: new Set([shared]) })
    expect(expected.map.get('k')).toBe(expected.one)
    expect(copy.map.get('k')).toBe(copy.one)
    expect(copy.set.has(copy.one)).toBe(true)
  })

  test('treats odd keys, sparse arrays and null prototypes as structuredClone does', () => {
    const odd: unknown[] = [
      JSON.parse('{"__proto__":{"x":1},"constructor":2}'),
      Object.assign(Object.create(null) as object, { a: 1 }),
      Object.assign([1], { 2: 3 }),
      { [Symbol('hidden')]: 1, seen: 2 },
      Object.defineProperty({ a: 1 }, 'hidden', { value: 2, enumerable: false }),
      Object.freeze({ a: [1] }),
      new (class Point {
        x = 1
        #y = 2
        sum(): number {
          return this.x + this.#y
        }
      })(),
      Object(5),
    ]
    for (const value of odd) expect(copyPayload(value)).toStrictEqual(structuredClone(value))
    expect(Object.getPrototypeOf(copyPayload(Object.create(null) as object))).toBe(Object.prototype)
    expect(({} as { x?: number }).x).toBeUndefined()
  })

  test('reads getters once, as structuredClone does', () => {
    let reads = 0
    const value = {
      get a(): number {
        return ++reads
      },
      b: { deep: true },
    }
    expect(structuredClone(value).a).toBe(1)
    reads = 0
    expect(copyPayload(value)).toEqual({ a: 1, b: { deep: true } })
    expect(reads).toBe(1)
  })

  test('never shares memory, not even a SharedArrayBuffer', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(4))
    let copy: Uint8Array | undefined
    try {
      copy = copyPayload({ shared }).shared
    } catch (error) {
      expect(error).toBeInstanceOf(PayloadNotCloneable)
    }
    if (copy !== undefined) {
      shared[0] = 9
      expect(copy[0]).toBe(0)
    }
  })

  test('may be deep', () => {
    let deep: unknown = 'bottom'
    for (let i = 0; i < 1_000; i++) deep = i % 2 === 0 ? { deep } : [deep]
    expect(copyPayload(deep)).toEqual(deep)
  })
})

const cycle: Record<string, unknown> = { name: 'loop' }
cycle.self = cycle
const ring: unknown[] = []
ring.push({ back: ring })

const refused: [string, unknown, string][] = [
  ['a function', () => 1, 'payload'],
  ['a symbol', Symbol('x'), 'payload'],
  ['a function in a flat object', { ok: 1, callback: () => 1 }, 'payload.callback'],
  ['a symbol in a flat object', { key: Symbol('x') }, 'payload.key'],
  ['a function deep inside', { users: [{ name: 'a' }, { save() {} }] }, 'payload.users[1].save'],
  ['a function under an odd key', { 'a b': { '': [() => 1] } }, 'payload["a b"][""][0]'],
  ['a cycle', cycle, 'payload.self'],
  ['a cycle through an array', { ring }, 'payload.ring[0].back'],
  ['a promise', { later: Promise.resolve(1) }, 'payload.later'],
  ['a weak map', [new WeakMap()], 'payload[0]'],
  ['a map with a function in it', { map: new Map([['k', () => 1]]) }, expect.stringMatching(/^payload\.map/) as string],
]

describe('what cannot be copied is refused with its path', () => {
  test.each(refused)('%s', (_what, value, path) => {
    let error: unknown
    try {
      copyPayload(value)
    } catch (caught) {
      error = caught
    }
    expect(error).toBeInstanceOf(PayloadNotCloneable)
    expect(error).toMatchObject({ name: 'PayloadNotCloneable', path })
    expect((error as Error).message).toMatch(/a payload may hold primitives, plain objects, arrays/)
  })

  test('and nothing is half-run: no request is pending, nothing is sent or counted, no id is used', async () => {
    await passes(async (sim) => {
      sim.node('server', (node) => node.bus.handle('ask', (_: unknown, { correlationId }) => correlationId))
      const client = sim.node('client')
      for (const [, value] of refused) {
        await expect(client.bus.request('server', 'ask', value)).rejects.toBeInstanceOf(PayloadNotCloneable)
        await expect(client.bus.send('server', 'ask', value)).rejects.toBeInstanceOf(PayloadNotCloneable)
      }
      const throwing = {
        get boom(): never {
          throw new TypeError('from a getter')
        },
      }
      await expect(client.bus.request('server', 'ask', throwing)).rejects.toThrow('from a getter')
      expect(client.bus.pending).toBe(0)
      expect(sim.metrics).toMatchObject({ issued: 0, sent: 0, pending: 0, inFlight: 0 })
      expect(await client.bus.request('server', 'ask', 1)).toBe(1)
    })
  })

  test('a result that cannot be copied is an error of the request', async () => {
    await passes(async (sim) => {
      sim.node('server', (node) => node.bus.handle('ask', () => ({ deep: [() => 1] })))
      const answer = sim.node('client').bus.request('server', 'ask')
      await expect(answer).rejects.toMatchObject({ name: 'RemoteError', remoteName: 'PayloadNotCloneable' })
      await expect(answer).rejects.toThrow('payload.deep[0]')
    })
  })
})

test('nodes never share memory: what one changes later the other does not see, in both directions', async () => {
  await passes(async (sim) => {
    const kept: { list: number[] }[] = []
    sim.node('server', (node) =>
      node.bus.handle('keep', (payload: { list: number[] }) => {
        kept.push(payload)
        payload.list.push(99)
        return payload
      }),
    )
    const sent = { list: [1] }
    const answer = sim.node('client').bus.request<{ list: number[] }>('server', 'keep', sent)
    sent.list.push(2)
    const received = await answer
    expect(sent.list).toEqual([1, 2])
    expect(received.list).toEqual([1, 99])
    received.list.push(3)
    expect(kept[0]?.list).toEqual([1, 99])
  })
})
