import { askParty, askServer, pass } from '../bodies.mjs'
import { fakeTimersSeeds } from '../contenders/fake-timers.mjs'
import { fastCheckSeeds } from '../contenders/fast-check.mjs'
import { interleave, ratios, row } from '../measure.mjs'

const requests = 10

/** Ten requests a seed between two nodes, against fast-check's scheduler and fake timers doing the same job. */
export async function run({ simulator, quick }) {
  const seeds = (full) => (quick ? 50 : full)
  const { copyPayload } = simulator
  const body = askParty(requests)
  const contender = (name, units, job) => ({ name, units, run: () => job(units) })
  const samples = await interleave(
    [
      contender('ours', seeds(10_000), (n) => pass(simulator, askServer(requests), { iterations: n })),
      contender('checked', seeds(8_000), (n) =>
        pass(simulator, askServer(requests), { iterations: n, determinism: 0.05 }),
      ),
      contender('fast-check', seeds(2_000), (n) => fastCheckSeeds(body, n, 1, copyPayload)),
      contender('by hand', seeds(5_000), (n) => fastCheckSeeds(body, n, 1, copyPayload, { byHand: true })),
      contender('fake timers', seeds(1_500), (n) => fakeTimersSeeds(body, n, 1, copyPayload)),
    ],
    quick ? 1 : 9,
  )
  const ours = samples.get('ours')
  const against = (name, label, key) => row(label, '×', ratios(ours, samples.get(name)), key)
  return [
    row('two nodes, ten requests a seed', 'seeds per s', ours, 'seedsPerSecond'),
    row('  every 20th seed run twice (default)', 'seeds per s', samples.get('checked'), 'checkedSeedsPerSecond'),
    row("  fast-check's scheduler, waitFor", 'seeds per s', samples.get('fast-check'), 'fastCheckSeedsPerSecond'),
    row("  fast-check's scheduler, waitOne by hand", 'seeds per s', samples.get('by hand')),
    row('  fake timers, nextAsync', 'seeds per s', samples.get('fake timers'), 'fakeTimersSeedsPerSecond'),
    against('fast-check', '  ratio to fast-check', 'fastCheckRatio'),
    against('by hand', '  ratio to fast-check by hand, which does not drain', 'fastCheckByHandRatio'),
    against('fake timers', '  ratio to fake timers', 'fakeTimersRatio'),
  ]
}
