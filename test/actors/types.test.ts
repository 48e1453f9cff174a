import { expect, expectTypeOf, test } from 'vitest'
import { type ActorRef, type SimulationNode, actor } from 'vitest-simulation'

const Counter = actor('typed counter', (self) => {
  expectTypeOf(self.key).toBeString()
  let value = 0
  return {
    limit: 5,
    add: (by: number) => (value += by),
    maybe: (by?: number) => (value += by ?? 1),
    async read() {
      return { value }
    },
    pair: (_a: number, _b: number) => value,
    fail: (): never => {
      throw new Error('no')
    },
  }
})

/** Never called: it only has to compile, or not to. */
async function calls(node: SimulationNode): Promise<void> {
  const { actors } = node
  const ref = Counter('x')
  expectTypeOf(await actors.request(ref, 'add', 2)).toEqualTypeOf<number>()
  expectTypeOf(await actors.request(ref, 'add', 2, { timeout: 100 })).toEqualTypeOf<number>()
  expectTypeOf(await actors.request(ref, 'read')).toEqualTypeOf<{ value: number }>()
  expectTypeOf(await actors.request(ref, 'read', undefined, { timeout: 100 })).toEqualTypeOf<{ value: number }>()
  expectTypeOf(await actors.request(ref, 'maybe')).toEqualTypeOf<number>()
  expectTypeOf(await actors.request(ref, 'maybe', 3)).toEqualTypeOf<number>()
  expectTypeOf(await actors.request(ref, 'fail')).toEqualTypeOf<never>()
  expectTypeOf(actors.send(ref, 'add', 1)).toBeVoid()
  expectTypeOf(ref).toExtend<ActorRef<object>>()

  // @ts-expect-error there is no such method
  await actors.request(ref, 'subtract', 2)
  // @ts-expect-error a property is not a method
  await actors.request(ref, 'limit')
  // @ts-expect-error the payload is a number
  await actors.request(ref, 'add', '2')
  // @ts-expect-error it is required
  await actors.request(ref, 'add')
  // @ts-expect-error it takes no payload
  await actors.request(ref, 'read', 2)
  // @ts-expect-error one payload crosses the wire, not two
  await actors.request(ref, 'pair', 1, 2)
  // @ts-expect-error there is no such option
  await actors.request(ref, 'add', 2, { timeoutMs: 100 })
  // @ts-expect-error there is no such method
  actors.send(ref, 'subtract', 2)
  // @ts-expect-error the payload is a number
  actors.send(ref, 'add', '2')
  // @ts-expect-error nobody waits for a one-way message, so it has no options
  actors.send(ref, 'add', 2, { timeout: 100 })
  // @ts-expect-error a key is a string
  Counter(7)
  // @ts-expect-error a reference is made by the actor, it is not its name
  await actors.request('typed counter/x', 'add', 2)
}

actor('typed caller', (self) => ({
  async ask(key: string) {
    expectTypeOf(await self.request(Counter(key), 'read')).toEqualTypeOf<{ value: number }>()
    // @ts-expect-error the payload is a number
    await self.request(Counter(key), 'add', '2')
    // @ts-expect-error there is no such method
    self.send(Counter(key), 'subtract', 2)
    const state = await self.load({ total: 0 })
    expectTypeOf(state.value).toEqualTypeOf<{ total: number }>()
    expectTypeOf(state.save).returns.toEqualTypeOf<Promise<void>>()
  },
}))

test('references are plain and carry their type', () => {
  expect(calls).toBeTypeOf('function')
  expect(Counter('x')).toMatchObject({ key: 'x', id: 'typed counter/x' })
  expect(Counter.type.name).toBe('typed counter')
})

test('what is no actor is refused where it is defined', () => {
  expect(() => actor('', () => ({}))).toThrow('actor name')
  expect(() => actor('a/b', () => ({}))).toThrow('actor name')
  expect(() => actor('x', undefined as never)).toThrow("factory of actor 'x'")
  expect(() => actor('x', () => ({}), { idleMs: 0 })).toThrow("idleMs of actor 'x'")
  expect(() => Counter('')).toThrow("key of actor 'typed counter'")
})
