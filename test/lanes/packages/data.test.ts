import Ajv from 'ajv'
import dayjs from 'dayjs'
import relativeTime from 'dayjs/plugin/relativeTime.js'
import { formatDistanceToNow } from 'date-fns'
import { buildSchema, graphql } from 'graphql'
import { produce } from 'immer'
import Joi from 'joi'
import { DateTime } from 'luxon'
import { expect } from 'vitest'
import * as v from 'valibot'
import * as Y from 'yjs'
import { z } from 'zod'
import { check } from './check.ts'
import { User } from './state/data.ts'

dayjs.extend(relativeTime)

check('immer', () => produce({ list: [1] }, (draft) => void draft.list.push(2)))

check('yjs', () => {
  const [one, two] = [new Y.Doc(), new Y.Doc()]
  one.getText('t').insert(0, 'hello')
  two.getText('t').insert(0, 'world')
  Y.applyUpdate(two, Y.encodeStateAsUpdate(one))
  Y.applyUpdate(one, Y.encodeStateAsUpdate(two))
  expect(one.getText('t').toString()).toBe(two.getText('t').toString())
  return one.getText('t').toString()
})

check('date-fns', async (sim) => {
  const start = new Date()
  await sim.sleep(180_000)
  return formatDistanceToNow(start)
})

check('dayjs', async (sim) => {
  const start = dayjs()
  await sim.sleep(7_200_000)
  return [start.fromNow(), dayjs().diff(start, 'hour')]
})

check('luxon', async (sim) => {
  const start = DateTime.utc()
  await sim.sleep(60_000)
  return DateTime.utc().diff(start, 'seconds').seconds
})

check('zod', () => {
  expect(User.parse({ name: 'a' })).toEqual({ name: 'a' })
  const result = z.object({ n: z.number() }).safeParse({ n: 'x' })
  return result.success ? 'ok' : result.error.issues.length
})

check('valibot', () => v.safeParse(v.object({ n: v.number() }), { n: 'x' }).success)

check('ajv', () => new Ajv().compile({ type: 'object', required: ['n'] })({}))

check('joi', () => Joi.object({ n: Joi.number() }).validate({ n: '5' }).value as unknown)

check('graphql', async () => {
  const schema = buildSchema('type Query { hello: String }')
  return graphql({ schema, source: '{ hello }', rootValue: { hello: async () => 'world' } })
})
