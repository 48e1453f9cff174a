import async from 'async'
import fastq from 'fastq'
import pLimit from 'p-limit'
import PQueue from 'p-queue'
import { expect } from 'vitest'
import { check } from './check.ts'
import { queue } from './state/queues.ts'

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

check('p-queue', async (sim) => {
  const order: string[] = []
  const job = (name: string) => async (): Promise<void> => {
    await sleep(10)
    order.push(`${name} ${sim.now}`)
  }
  await Promise.all([queue.add(job('a')), queue.add(job('b')), new PQueue({ concurrency: 2 }).add(job('c'))])
  expect(queue.size).toBe(0)
  return order
})

check('p-limit', async (sim) => {
  const limit = pLimit(1)
  return Promise.all(['a', 'b'].map((name) => limit(() => sleep(5).then(() => `${name} ${sim.now}`))))
})

check('fastq', async (sim) => {
  const jobs = fastq.promise(async (ms: number) => sleep(ms).then(() => sim.now), 1)
  return Promise.all([jobs.push(10), jobs.push(5)])
})

check('async', async (sim) => {
  const done: string[] = []
  await async.eachLimit(['a', 'b', 'c'], 2, async (name: string) => {
    await sleep(10)
    done.push(`${name} ${sim.now}`)
  })
  return done
})
