import { init } from '@paralleldrive/cuid2'
import { nanoid } from 'nanoid'
import { monotonicFactory, ulid } from 'ulid'
import { v1, v4, v7 } from 'uuid'
import { expect } from 'vitest'
import { check } from './check.ts'

const timeOf = (id: string): number => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)

check('nanoid', () => Array.from({ length: 3 }, () => nanoid()))

check('uuid', async (sim) => {
  const [one, two] = [v7(), v7()]
  expect(two > one).toBe(true)
  expect(timeOf(one)).toBe(Date.now())
  await sim.sleep(1_000)
  expect(timeOf(v7())).toBe(Date.now())
  return [one, two, v4(), v1()]
})

const next = (): string => monotonicFactory()()

check('ulid', async (sim) => {
  const factory = monotonicFactory()
  const ids = [factory(), factory(), ulid(), next()]
  expect(ids[1]! > ids[0]!).toBe(true)
  await sim.sleep(5)
  expect(ulid().slice(0, 10) > ids[0]!.slice(0, 10)).toBe(true)
  return ids
})

// By default its fingerprint is made of the names of all globals: each version of Node has others.
const createId = (): (() => string) => init({ fingerprint: 'fixed' })

check('@paralleldrive/cuid2', () => [createId()(), createId()()])
