import fc from 'fast-check'
import { createParties } from './party.mjs'

/**
 * fast-check's scheduler: `body` once per seed.
 *
 * It draws the order of messages instead of latencies and has no clock: a timer is Node's own, as in a suite that uses
 * it. Tasks resolve to nothing, because it prints every task's value to its log. `byHand` steps it with `waitOne`
 * as soon as a task is there instead of `waitFor`: faster, and without waiting for what the last step caused.
 */
export async function fastCheckSeeds(body, seeds, seed, copyPayload, { byHand = false } = {}) {
  const property = fc.asyncProperty(fc.scheduler(), async (scheduler) => {
    const arrived = Promise.resolve()
    const parties = createParties(
      {
        send: (deliver, message) => void scheduler.schedule(arrived).then(() => deliver(message)),
        setTimer: setTimeout,
        clearTimer: clearTimeout,
      },
      copyPayload,
    )
    const done = body(parties)
    if (byHand) await stepByHand(scheduler, done)
    else await scheduler.waitFor(done)
  })
  await fc.assert(property, { numRuns: seeds, seed })
}

async function stepByHand(scheduler, done) {
  let over = false
  void done.then(() => (over = true))
  while (!over) {
    if (scheduler.count() > 0) await scheduler.waitOne()
    else await Promise.resolve()
  }
  await done
}
