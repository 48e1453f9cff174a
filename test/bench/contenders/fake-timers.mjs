import FakeTimers from '@sinonjs/fake-timers'
import { createParties } from './party.mjs'

/** Fake timers stepped with `nextAsync`: `body` once per seed, a uniform latency of 1–10 ms drawn per message. */
export async function fakeTimersSeeds(body, seeds, seed, copyPayload) {
  const clock = FakeTimers.createClock()
  for (let i = 0; i < seeds; i++) {
    clock.reset()
    const random = mulberry32(seed + i)
    const parties = createParties(
      {
        send: (deliver, message) => void clock.setTimeout(deliver, 1 + random() * 9, message),
        setTimer: clock.setTimeout,
        clearTimer: clock.clearTimeout,
      },
      copyPayload,
    )
    let over = false
    const done = body(parties).then(() => (over = true))
    while (!over) await clock.nextAsync()
    await done
  }
}

/** Tommy Ettinger's mulberry32 (public domain): the fastest generator with a seed, so that drawing is no handicap. */
function mulberry32(seed) {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
