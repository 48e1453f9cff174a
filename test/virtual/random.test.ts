import crypto, { randomBytes, randomFill, randomFillSync, randomInt, randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { asOwner, simulate } from './simulate.ts'

const { getRandomValues } = globalThis.crypto

/** One value of every source of randomness. */
async function everything() {
  return {
    math: Math.random(),
    bytes: randomBytes(16).toString('hex'),
    later: (await promisify(randomBytes)(4)).toString('hex'),
    pseudo: crypto.pseudoRandomBytes(4).toString('hex'),
    filled: randomFillSync(Buffer.alloc(8), 2, 4).toString('hex'),
    words: [...randomFillSync(new Uint32Array(3), 1, 1)],
    plain: [...new Uint8Array(randomFillSync(new ArrayBuffer(4) as never) as Uint8Array)],
    view: randomFillSync(new DataView(new ArrayBuffer(4))).getUint32(0),
    fillLater: await new Promise((resolve, reject) =>
      randomFill(Buffer.alloc(8), 4, (error, buffer) => (error ? reject(error) : resolve(buffer.toString('hex')))),
    ),
    int: randomInt(1_000_000_000),
    range: randomInt(-5, 5),
    wide: randomInt(-(2 ** 47), 2 ** 47 - 1),
    intLater: await promisify<number, number>(randomInt)(1_000_000),
    uuid: randomUUID(),
    uuidOptions: randomUUID({ disableEntropyCache: true }),
    webUuid: globalThis.crypto.randomUUID(),
    values: globalThis.crypto.getRandomValues(new Uint16Array(4)).join(),
    big: globalThis.crypto.getRandomValues(new BigUint64Array(1)).join(),
    exported: crypto.getRandomValues(new Uint8Array(4)).join(),
  }
}

describe('inside a simulation', () => {
  test('the same seed gives the same values, another seed others', async () => {
    const { value, digest } = await simulate(everything)
    const again = await simulate(everything)
    expect(again.value).toEqual(value)
    expect(again.digest).toBe(digest)
    const other = (await simulate(everything, 43)).value
    for (const key of Object.keys(value) as (keyof typeof value)[]) {
      if (key !== 'range') expect(other[key], key).not.toEqual(value[key])
    }
  })

  test('values have the right shape', async () => {
    const { value } = await simulate(everything)
    const uuid = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/
    for (const id of [value.uuid, value.uuidOptions, value.webUuid]) expect(id).toMatch(uuid)
    expect(value.filled).toMatch(/^0000[\da-f]{8}0000$/)
    expect(value.fillLater).toMatch(/^00000000[\da-f]{8}$/)
    expect([value.words[0], value.words[2]]).toEqual([0, 0])
    await simulate(() => {
      const seen = new Set(Array.from({ length: 500 }, () => randomInt(-2, 3)))
      expect([...seen].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2])
      expect(randomInt(7, 8)).toBe(7)
      const buffer = Buffer.alloc(4)
      expect(randomFillSync(buffer)).toBe(buffer)
      expect(randomBytes(0)).toHaveLength(0)
      const draws = Array.from({ length: 1000 }, () => Math.random())
      expect(draws.every((draw) => draw >= 0 && draw < 1)).toBe(true)
      expect(new Set(draws).size).toBe(1000)
    })
  })

  test('callbacks come later, in an event of their own', async () => {
    const { value } = await simulate(async () => {
      const order: string[] = []
      randomBytes(4, (error, bytes) => order.push(`bytes ${String(error)} ${bytes.length}`))
      randomInt(0, 10, (error, int) => order.push(`int ${String(error)} ${int < 10}`))
      randomFill(Buffer.alloc(4), (error) => order.push(`fill ${String(error)}`))
      order.push('first')
      await new Promise((resolve) => setTimeout(resolve, 1))
      return order
    })
    expect(value).toEqual(['first', 'bytes null 4', 'int undefined true', 'fill null'])
  })

  test('owners draw independently', async () => {
    const draw = () => [Math.random(), randomUUID(), Math.random()]
    const alone = await simulate((engine) => asOwner(engine, 'b', draw))
    const together = await simulate(async (engine) => {
      const a = await asOwner(engine, 'a', draw)
      Math.random()
      return { a, b: await asOwner(engine, 'b', draw) }
    })
    expect(together.value.b).toEqual(alone.value)
    expect(together.value.a).not.toEqual(alone.value)
  })

  test('wrong arguments throw what Node throws', async () => {
    const attempts: (() => unknown)[] = [
      () => randomBytes(-1),
      () => randomBytes('1' as never),
      () => randomBytes(2 ** 31),
      () => randomBytes(Number.NaN),
      () => randomBytes(1, 'callback' as never),
      () => randomFillSync('x' as never),
      () => randomFillSync(Buffer.alloc(4), 5),
      () => randomFillSync(Buffer.alloc(4), 2, 3),
      () => randomFillSync(Buffer.alloc(4), '0' as never),
      () => randomFill(Buffer.alloc(4), 0, 4, undefined as never),
      () => randomFill({} as never, () => {}),
      () => randomInt(0),
      () => randomInt(5, 5),
      () => randomInt(1.5),
      () => randomInt('1' as never),
      () => randomInt(0, 2 ** 48),
      () => randomInt(2 ** 48),
      () => randomInt(0, 2 ** 53),
      () => randomInt(0, 1, 'callback' as never),
      () => randomUUID(1 as never),
      () => randomUUID(null as never),
      () => randomUUID({ disableEntropyCache: 1 as never }),
      () => globalThis.crypto.getRandomValues(new Float64Array(1) as never),
      () => globalThis.crypto.getRandomValues([1] as never),
      () => globalThis.crypto.getRandomValues(new Uint8Array(65_537)),
      () => globalThis.crypto.getRandomValues(new DataView(new ArrayBuffer(1)) as never),
      () => getRandomValues(new Uint8Array(1)),
    ]
    const errors = () =>
      attempts.map((attempt) => {
        try {
          return `${String(attempt())}: ${attempt.toString()}`
        } catch (error) {
          const { name, code, message } = error as NodeJS.ErrnoException
          return { name, code, message }
        }
      })
    const outside = errors()
    expect(outside.filter((outcome) => typeof outcome === 'string')).toEqual([])
    expect((await simulate(errors)).value).toEqual(outside)
    await simulate(() => {
      expect(globalThis.crypto.getRandomValues(new Uint8Array(65_536)).some((byte) => byte > 0)).toBe(true)
    })
  })

  test.runIf('randomUUIDv7' in crypto)('randomUUIDv7 begins with virtual time', async () => {
    const { randomUUIDv7 } = crypto as unknown as { randomUUIDv7: () => string }
    const { value } = await simulate(() => randomUUIDv7())
    expect(value).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
    expect(Number.parseInt(value.replace('-', '').slice(0, 12), 16)).toBe(Date.UTC(2024, 0, 1))
    expect(randomUUIDv7()).not.toBe(value)
  })
})

test('outside, randomness is real and functions keep their shape', async () => {
  const [first, second] = [await everything(), await everything()]
  for (const key of Object.keys(first) as (keyof typeof first)[]) {
    if (key !== 'range') expect(second[key], key).not.toEqual(first[key])
  }
  expect([Math.random.name, Math.random.length]).toEqual(['random', 0])
  expect([randomInt.name, randomInt.length, randomUUID.name]).toEqual(['randomInt', 3, 'randomUUID'])
  expect(Object.getOwnPropertyDescriptor(Math, 'random')).toMatchObject({
    writable: true,
    enumerable: false,
    configurable: true,
  })
})
