import fc from 'fast-check'

/**
 * Planted bugs as fast-check's scheduler can express them: it draws the order in which what is pending goes on, and has
 * neither latencies nor faults nor crashes. Each resolves the steps of its system with `step(name)`.
 */
const bodies = {
  'lost update': async (step) => {
    let balance = 0
    const add = async () => {
      await step('request')
      const read = balance
      await step('wait')
      balance = read + 1
      await step('response')
    }
    await Promise.all(Array.from({ length: 8 }, add))
    return balance >= 8
  },
  'double booking': async (step) => {
    const seats = new Map()
    let sold = true
    const book = async (who, seat) => {
      await step('look')
      const isFree = !seats.has(seat)
      await step('looked')
      if (!isFree) return
      await step('take')
      if (seats.has(seat) && seats.get(seat) !== who) sold = false
      seats.set(seat, who)
      await step('taken')
    }
    await Promise.all(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((who, i) => book(who, i % 4)))
    return sold
  },
  'order across links': async (step) => {
    const store = new Set()
    let found = true
    const publish = async (key) => {
      const put = step('put').then(() => store.add(key))
      const add = step('add').then(() => (found &&= store.has(key)))
      await Promise.all([put, add])
    }
    await Promise.all([1, 2, 3, 4].map(publish))
    return found
  },
  'leader without fencing': async (step) => {
    let term = 0
    let fenced = true
    const terms = new Map()
    const elect = async (who) => {
      await step('elect')
      const won = ++term
      const others = ['a', 'b'].map((name) =>
        step('deposed').then(() => {
          if ((terms.get(name) ?? 0) < won) terms.delete(name)
        }),
      )
      await step('elected')
      terms.set(who, won)
      await Promise.all(others)
    }
    const write = async (who) => {
      await step('think')
      const of = terms.get(who)
      if (of === undefined) return
      await step('write')
      if (of < term) fenced = false
    }
    await Promise.all([elect('a'), elect('b'), ...['a', 'b', 'a', 'b', 'a', 'b'].map(write)])
    return fenced
  },
}

/** Runs until the first failure with that seed; undefined: this bug cannot be expressed. */
export async function fastCheckFinds(name, seed, runs) {
  const body = bodies[name]
  if (body === undefined) return undefined
  const started = performance.now()
  const property = fc.asyncProperty(fc.scheduler(), async (scheduler) => {
    const ready = Promise.resolve()
    return scheduler.waitFor(body((step) => scheduler.schedule(ready, step)))
  })
  const { failed, numRuns } = await fc.check(property, { seed, numRuns: runs, endOnFailure: true })
  return { seeds: failed ? numRuns : undefined, ms: performance.now() - started }
}
