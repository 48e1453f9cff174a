import type { Model } from './model.ts'

const shownAs = (value: unknown): string => (value === undefined ? '?' : JSON.stringify(value))

export type RegisterInput<T> = { read: true } | { write: T } | { compare: T; swap: T }

/** A value that is read, written, and compared and swapped; `compare` answers whether it did. */
export function register<T>(initial: T): Model<T, RegisterInput<T>, T | boolean | void> {
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
  return {
    name: 'register',
    init: () => initial,
    step: (state, input, output) => {
      if ('read' in input) return output === undefined || same(output, state) ? state : undefined
      if ('write' in input) return input.write
      const isSame = same(state, input.compare)
      if (typeof output === 'boolean' && output !== isSame) return undefined
      return isSame ? input.swap : state
    },
    describe: (input, output) => {
      if ('read' in input) return `read → ${shownAs(output)}`
      if ('write' in input) return `write ${shownAs(input.write)}`
      return `swap ${shownAs(input.compare)} for ${shownAs(input.swap)} → ${shownAs(output)}`
    },
  }
}

export type CounterInput = { read: true } | { add: number }

/** A number; `add` answers with the sum, or with nothing. */
export function counter(initial = 0): Model<number, CounterInput, number | void> {
  return {
    name: 'counter',
    init: () => initial,
    step: (state, input, output) => {
      const next = 'add' in input ? state + input.add : state
      return typeof output !== 'number' || output === next ? next : undefined
    },
    describe: (input, output) =>
      'add' in input ? `add ${input.add} → ${shownAs(output)}` : `read → ${shownAs(output)}`,
  }
}

export type KeyValueInput =
  { get: string } | { put: string; value: string } | { append: string; value: string } | { delete: string }

/** Texts by key; `get` of what is not there answers `undefined` as null, or with the initial value. Keys are checked apart. */
export function keyValue(initial: string | null = null): Model<string | null, KeyValueInput, string | null | void> {
  const keyOf = (input: KeyValueInput): string =>
    'get' in input ? input.get : 'put' in input ? input.put : 'append' in input ? input.append : input.delete
  return {
    name: 'key-value store',
    init: () => initial,
    keyOf,
    textOf: (state) => state ?? 'nothing',
    step: (state, input, output) => {
      if ('get' in input) return output === undefined || output === state ? state : undefined
      if ('put' in input) return input.value
      return 'append' in input ? (state ?? '') + input.value : initial
    },
    describe: (input, output) => {
      if ('get' in input) return `get ${input.get} → ${shownAs(output)}`
      if ('delete' in input) return `delete ${input.delete}`
      return 'put' in input
        ? `put ${input.put} ${shownAs(input.value)}`
        : `append ${input.append} ${shownAs(input.value)}`
    },
  }
}

export type SetInput<T> = { add: T } | { remove: T } | { has: T }

/** Members; each answers whether the member was there before. Members are checked apart. */
export function set<T>(): Model<boolean, SetInput<T>, boolean | void> {
  return {
    name: 'set',
    init: () => false,
    keyOf: (input) => JSON.stringify('add' in input ? input.add : 'remove' in input ? input.remove : input.has),
    step: (state, input, output) => {
      if (typeof output === 'boolean' && output !== state) return undefined
      return 'add' in input ? true : 'remove' in input ? false : state
    },
  }
}

export type QueueInput<T> = { push: T } | { pop: true }

/** First in, first out; `pop` of an empty one answers null. */
export function queue<T>(): Model<readonly T[], QueueInput<T>, T | null | void> {
  return {
    name: 'queue',
    init: () => [],
    step: (state, input, output) => {
      if ('push' in input) return [...state, input.push]
      const [first = null, ...rest] = state as readonly (T | null)[]
      return output === undefined || JSON.stringify(output) === JSON.stringify(first)
        ? (rest as readonly T[])
        : undefined
    },
    describe: (input, output) => ('push' in input ? `push ${shownAs(input.push)}` : `pop → ${shownAs(output)}`),
  }
}

export type LockInput = { acquire: string } | { release: string }

/** Held by one at most; each answers whether it worked. */
export function lock(): Model<string | null, LockInput, boolean> {
  return {
    name: 'lock',
    init: () => null,
    step: (state, input, output) => {
      const works = 'acquire' in input ? state === null : state === input.release
      if (output !== undefined && output !== works) return undefined
      if (!works) return state
      return 'acquire' in input ? input.acquire : null
    },
    describe: (input, output) =>
      'acquire' in input
        ? `${input.acquire} acquires → ${shownAs(output)}`
        : `${input.release} releases → ${shownAs(output)}`,
  }
}

export type LogInput<T> = { append: T } | { read: true }

/** A list that only grows; `append` answers with the index, `read` with all of it. */
export function log<T>(): Model<readonly T[], LogInput<T>, number | readonly T[] | void> {
  return {
    name: 'log',
    init: () => [],
    step: (state, input, output) => {
      if ('append' in input)
        return typeof output !== 'number' || output === state.length ? [...state, input.append] : undefined
      return output === undefined || JSON.stringify(output) === JSON.stringify(state) ? state : undefined
    },
    describe: (input, output) =>
      'append' in input ? `append ${shownAs(input.append)} → ${shownAs(output)}` : `read → ${shownAs(output)}`,
  }
}
