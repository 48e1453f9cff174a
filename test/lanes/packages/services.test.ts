import { Cron } from 'croner'
import DataLoader from 'dataloader'
import { Hono } from 'hono'
import loglevel from 'loglevel'
import { LRUMap } from 'mnemonist'
import pino from 'pino'
import * as R from 'ramda'
import { SimpleIntervalJob, Task, ToadScheduler } from 'toad-scheduler'
import { expect } from 'vitest'
import winston from 'winston'
import { Writable } from 'node:stream'
import { check } from './check.ts'
import { hits, redis } from './state/services.ts'

/** Keeps what is logged. */
function sink(): { lines: string[]; stream: Writable } {
  const lines: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk).trim())
      done()
    },
  })
  return { lines, stream }
}

check('ioredis-mock', async () => {
  expect(await redis.incr('counter')).toBe(1)
  expect(await redis.incr('counter')).toBe(2)
  return redis.get('counter')
})

check('dataloader', async () => {
  const batches: number[][] = []
  const loader = new DataLoader(async (keys: readonly number[]) => {
    batches.push([...keys])
    return keys.map((key) => key * 2)
  })
  return [await Promise.all([loader.load(1), loader.load(2)]), batches]
})

check('hono', async () => {
  const app = new Hono().get('/:name', (context) => context.json({ hello: context.req.param('name'), hits: hits() }))
  const response = await app.request('/world')
  return response.json()
})

check('pino', async (sim) => {
  const { lines, stream } = sink()
  const log = pino({ base: { pid: process.pid } }, stream)
  await sim.sleep(5)
  log.info({ a: 1 }, 'hello')
  return lines
})

check('winston', async (sim) => {
  const { lines, stream } = sink()
  const log = winston.createLogger({
    format: winston.format.combine(winston.format.timestamp(), winston.format.json()),
    transports: [new winston.transports.Stream({ stream })],
  })
  await sim.sleep(5)
  log.info('hello')
  await sim.sleep(1)
  return lines
})

check('loglevel', () => {
  const log = loglevel.getLogger('mine')
  log.setLevel('warn', false)
  return log.getLevel()
})

check('mnemonist', () => {
  const map = new LRUMap<string, number>(1)
  map.set('a', 1)
  map.set('b', 2)
  return [...map.keys()]
})

check('ramda', () =>
  R.pipe(
    R.map((n: number) => n + 1),
    R.sum,
  )([1, 2]),
)

check('toad-scheduler', async (sim) => {
  const at: number[] = []
  const scheduler = new ToadScheduler()
  scheduler.addSimpleIntervalJob(new SimpleIntervalJob({ seconds: 1 }, new Task('t', () => void at.push(sim.now))))
  await sim.sleep(3_500)
  scheduler.stop()
  return at
})

check('croner', async (sim) => {
  const at: number[] = []
  const job = new Cron('*/2 * * * * *', () => void at.push(Math.round(sim.now)))
  await sim.sleep(6_500)
  job.stop()
  return at
})
