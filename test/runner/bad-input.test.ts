import { describe, expect, test } from 'vitest'
import { SimulationError, show } from '../../src/engine/errors.ts'
import { checkSimulation } from '../../src/runner/check-simulation.ts'
import {
  fixedCount,
  timeLimit,
  untilAllSometimesReached,
  untilCoverageStable,
} from '../../src/runner/iteration-control.ts'
import type { SimulationOptions } from '../../src/runner/options.ts'
import type { Simulation } from '../../src/world/door.ts'
import { failureOf } from '../verdict/verdict.ts'

/** What is thrown or rejected, whichever it is. */
async function errorOf(run: () => unknown): Promise<unknown> {
  try {
    await run()
  } catch (error) {
    return error
  }
  return undefined
}

/** Option, bad value, how the message shows it, what it says is allowed. */
const badOptions: [string, unknown, string, RegExp][] = [
  ['iterations', 0, '0', /whole number above 0/],
  ['iterations', -1, '-1', /whole number above 0/],
  ['iterations', 1.5, '1.5', /whole number above 0/],
  ['iterations', NaN, 'NaN', /whole number above 0/],
  ['iterations', Infinity, 'Infinity', /whole number above 0/],
  ['iterations', '10', "'10'", /whole number above 0, fixedCount\(n\)/],
  ['iterations', null, 'null', /whole number above 0, fixedCount\(n\)/],
  ['iterations', { kind: 'forEver' }, '{"kind":"forEver"}', /fixedCount\(n\)/],
  ['iterations', { kind: 'fixedCount', count: -3 }, '-3', /whole number above 0/],
  ['iterations', { kind: 'untilAllSometimesReached', max: 0 }, '0', /whole number above 0/],
  ['iterations', { kind: 'timeLimit', ms: -1 }, '-1', /at least 1 ms/],
  ['seed', NaN, 'NaN', /unsigned integer below 2\^53/],
  ['seed', -1, '-1', /unsigned integer below 2\^53/],
  ['seed', 2 ** 53, '9007199254740992', /unsigned integer below 2\^53/],
  ['seed', 0.5, '0.5', /unsigned integer below 2\^53/],
  ['seed', '42', "'42'", /unsigned integer below 2\^53/],
  ['seed', 42n, '42n', /unsigned integer below 2\^53/],
  ['seed', null, 'null', /unsigned integer below 2\^53/],
  ['regressions', [1, -2], '-2', /unsigned integer below 2\^53/],
  ['regressions', 5, '5', /list of seeds/],
  ['nodes', -1, '-1', /whole number from 0 to 10,000/],
  ['nodes', 2.5, '2.5', /whole number from 0/],
  ['nodes', 1_000_000, '1000000', /whole number from 0 to 10,000/],
  ['nodes', ['a'], '["a"]', /whole number from 0/],
  ['chaos', 'wild', "'wild'", /'calm', 'random', 'swarm' or an object/],
  ['chaos', null, 'null', /'calm', 'random', 'swarm' or an object/],
  ['chaos', { los: 0.1 }, '0.1', /no such option; did you mean 'loss'\? known are .*loss/],
  ['chaos', { loss: 2 }, '2', /probability between 0 and 1/],
  ['chaos', { loss: -0.1 }, '-0.1', /probability between 0 and 1/],
  ['chaos', { loss: NaN }, 'NaN', /probability between 0 and 1/],
  ['chaos', { loss: [0.5, 0.1] }, '[0.5,0.1]', /range \[min, max\]/],
  ['chaos', { loss: [0.1] }, '[0.1]', /range \[min, max\]/],
  ['chaos', { slowPeer: 1 }, '1', /true or false/],
  ['chaos', { partition: 0.5 }, '0.5', /true, false or an object/],
  ['chaos', { partition: { every: [5, 1] } }, '[5,1]', /range \[min, max\] of virtual milliseconds/],
  ['chaos', { partition: { evry: [1, 5] } }, '[1,5]', /known are every, lasts/],
  ['chaos', { partition: { toString: 1 } }, '1', /known are every, lasts/],
  ['chaos', { partition: { shapes: ['round'] } }, '["round"]', /'isolate', 'random', 'even'/],
  ['chaos', { partition: { inFlight: 'lose' } }, "'lose'", /'drop' or 'hold'/],
  ['chaos', { crash: { maxDead: -1 } }, '-1', /whole number, from 1/],
  ['chaos', { crash: { zones: ['a'] } }, '["a"]', /list of lists of node ids/],
  ['chaos', { buggify: 1.5 }, '1.5', /probability between 0 and 1/],
  ['chaos', { latency: 'slow' }, "'slow'", /kind: 'constant'/],
  ['chaos', { latency: { kind: 'normal' } }, "'normal'", /kind: 'constant'/],
  ['chaos', { latency: { kind: 'constant', ms: -1 } }, '-1', /0 or more/],
  ['chaos', { latency: { kind: 'uniform', min: 5, max: 1 } }, '{', /min 5 is above max 1/],
  ['chaos', { latency: { kind: 'exponential', min: 0, mean: NaN } }, 'NaN', /0 or more/],
  ['chaos', { latency: { kind: 'bimodal', fast: [1, 2], slow: [9, 10], slowShare: 2 } }, '2', /between 0 and 1/],
  ['chaos', { latency: { kind: 'heavyTail', min: 1, max: 2, shape: 0 } }, '0', /above 0/],
  ['chaos', { latency: { kind: 'heavyTail', min: 1, max: 2, shape: Infinity } }, 'Infinity', /above 0/],
  ['chaos', { latency: { kind: 'heavyTail', min: 3, max: 2 } }, '{', /min 3 is above max 2/],
  ['chaos', { latency: { kind: 'exponential', min: 30, mean: 20 } }, '{', /min 30 is above mean 20/],
  [
    'chaos',
    { latency: { kind: 'exponential', min: 1, mean: 2, max: 9 } },
    '9',
    /no such option; .*known are kind, min, mean/,
  ],
  ['chaos', { latency: { kind: 'constant', ms: 5, min: 1 } }, '1', /no such option; .*known are kind, ms/],
  ['chaos', { latency: { kind: 'constant', ms: 1e300 } }, '1e+300', /at most a year/],
  ['chaos', { latency: { kind: 'uniform', min: 1, max: Infinity } }, 'Infinity', /0 or more/],
  [
    'chaos',
    { latency: { kind: 'bimodal', fast: [9, 10], slow: [1, 2], slowShare: 0.1 } },
    '{',
    /fast .* is above slow/,
  ],
  [
    'chaos',
    { latency: { kind: 'bimodal', fast: [1, 2, 3], slow: [9, 10], slowShare: 0.1 } },
    '[1,2,3]',
    /\[min, max\]/,
  ],
  [
    'chaos',
    { latency: { kind: 'bimodal', fast: [1, 2], slow: [9, 10], slowShare: '0.5' } },
    "'0.5'",
    /between 0 and 1/,
  ],
  ['chaos', { latency: { kind: 'toString' } }, "'toString'", /kind: 'constant'/],
  ['schedule', 'lifo', "'lifo'", /'fifo', 'random', 'heavyTail'/],
  ['limits', { events: 0 }, '0', /number above 0/],
  ['limits', { events: -5 }, '-5', /number above 0/],
  ['limits', { virtualMs: NaN }, 'NaN', /milliseconds above 0/],
  ['limits', { evnts: 5 }, '5', /no such option; did you mean 'events'\? known are events/],
  ['limits', { toString: 5 }, '5', /no such option/],
  ['limits', 5, '5', /object of events, /],
  ['limits', null, 'null', /object of events, /],
  ['sometimes', 'x', "'x'", /list of names/],
  ['sometimes', [''], "''", /list of names/],
  ['sometimes', [1], '1', /list of names/],
  ['determinism', 2, '2', /share between 0 and 1/],
  ['determinism', NaN, 'NaN', /share between 0 and 1/],
  ['determinism', '0.5', "'0.5'", /share between 0 and 1/],
  ['itterations', 5, '5', /no such option; did you mean 'iterations'\? known are iterations, seed/],
]

describe('a bad option is refused by name, value and what is allowed, before the body runs', () => {
  for (const [option, value, shown, allowed] of badOptions)
    test(`${option}: ${show(value)}`, async () => {
      let ran = false
      const error = await errorOf(() =>
        checkSimulation(() => void (ran = true), { [option]: value } as unknown as SimulationOptions),
      )
      expect(error).toBeInstanceOf(SimulationError)
      expect(error).toMatchObject({ code: 'BAD_INPUT' })
      const { message } = error as Error
      expect(message).toContain(option)
      expect(message).toContain(`is ${shown}`)
      expect(message).toMatch(allowed)
      expect(ran).toBe(false)
    })

  test('options that are no object, and a body that is no function', async () => {
    for (const options of [null, 5, 'swarm'] as unknown[]) {
      let ran = false
      const error = await errorOf(() => checkSimulation(() => void (ran = true), options as SimulationOptions))
      expect(error, String(options)).toMatchObject({ code: 'BAD_INPUT' })
      expect(ran).toBe(false)
    }
    const error = await errorOf(() => checkSimulation('body' as never))
    expect(error).toMatchObject({ code: 'BAD_INPUT', message: expect.stringContaining("'body'") })
  })

  test('bad iteration controls at the call that makes them', () => {
    for (const make of [
      () => fixedCount(0),
      () => fixedCount('3' as never),
      () => untilAllSometimesReached(-1),
      () => untilCoverageStable({ plateau: 0, max: 5 }),
      () => untilCoverageStable({ plateau: 5, max: NaN }),
      () => untilCoverageStable(undefined as never),
      () => timeLimit('soon'),
      () => timeLimit(-5),
      () => timeLimit(NaN),
    ]) {
      expect(make).toThrow(SimulationError)
    }
  })

  test('good values of every option are taken', async () => {
    const good: SimulationOptions = {
      iterations: 2,
      seed: 2 ** 53 - 1,
      regressions: [0],
      nodes: 3,
      chaos: { loss: [0, 0.25], partition: { every: [1, 5], shapes: ['even'] }, latency: 'drawn', buggify: 0.5 },
      limits: { events: 1_000, drainMs: 0 },
      sometimes: [],
      determinism: 1,
    }
    expect((await checkSimulation(() => undefined, good)).status).toBe('passed')
  })
})

/** What, the call, a part of its message. */
const badCalls: [string, (sim: Simulation) => unknown, RegExp][] = [
  ['sleep for NaN', (sim) => sim.sleep(NaN), /sim\.sleep\(ms\) is NaN: it must be 0 or more/],
  ['sleep for a negative time', (sim) => sim.sleep(-1), /sim\.sleep\(ms\) is -1/],
  ['sleep for ever', (sim) => sim.sleep(Infinity), /sim\.sleep\(ms\) is Infinity/],
  ['a node without a name', (sim) => sim.node(''), /node id is ''/],
  ['a node with spaces', (sim) => sim.node('a b'), /node id is 'a b': it must be a string without spaces/],
  ['a node that is a number', (sim) => sim.node(5 as never), /node id is 5/],
  ['a boot that is no function', (sim) => sim.node('x', 5 as never), /boot of node 'x' is 5: it must be a function/],
  [
    'two nodes of one id',
    (sim) => {
      sim.node('x', () => undefined)
      sim.node('x', () => undefined)
    },
    /node id 'x' is taken: each node needs an id of its own/,
  ],
  [
    'two handlers of one method',
    (sim) => {
      sim.node('x').bus.handle('a', () => 1)
      sim.node('x').bus.handle('a', () => 2)
    },
    /node 'x' has a handler for 'a' already/,
  ],
  [
    'a handler that is no function',
    (sim) => sim.node('x').bus.handle('a', 5 as never),
    /bus\.handle\('a'\) handler is 5/,
  ],
  ['a handler without a name', (sim) => sim.node('x').bus.handle('', () => 1), /bus\.handle is ''/],
  [
    'a request without a method',
    (sim) => sim.node('x').bus.request('x', ''),
    /method is '': it must be a non-empty string/,
  ],
  [
    'a request to nobody',
    (sim) => sim.node('x').bus.request('y', 'a'),
    /'a' to 'y' was not sent: there is no such node/,
  ],
  ['a message to nobody', (sim) => sim.node('x').bus.send('y', 'a'), /there is no such node/],
  ...[0, -5, NaN, '5'].map((timeout): [string, (sim: Simulation) => unknown, RegExp] => [
    `a timeout of ${timeout}`,
    (sim) => sim.node('x').bus.request('x', 'a', 1, { timeout: timeout as number }),
    /request timeout is .*: it must be a number of virtual milliseconds above 0, or Infinity/,
  ]),
  [
    'an unknown request option',
    (sim) => sim.node('x').bus.request('x', 'a', 1, { timout: 5 } as never),
    /request option 'timout'/,
  ],
  [
    'a partition of nobody',
    (sim) => sim.network.partition([], ['x']),
    /first side is \[\]: it must be a list of node ids/,
  ],
  [
    'a partition with an unknown node',
    (sim) => {
      sim.node('x')
      sim.network.partition(['x'], ['y'])
    },
    /second side is 'y': there is no such node; known are x/,
  ],
  [
    'a node on both sides',
    (sim) => {
      sim.node('x')
      sim.network.partition(['x'], ['x'])
    },
    /it is on both sides/,
  ],
  [
    'an unknown partition option',
    (sim) => {
      sim.node('x')
      sim.node('y')
      sim.network.partition(['x'], ['y'], { oneway: true } as never)
    },
    /partition option 'oneway' is true: known options are oneWay/,
  ],
  ['a hold of no link', (sim) => sim.network.hold('x' as never), /network\.hold\(link\) is 'x'/],
  [
    'a clog of NaN',
    (sim) => {
      sim.node('x')
      sim.network.clog(['x', 'x'], NaN)
    },
    /network\.clog\(link, ms\) is NaN/,
  ],
  ['a rule that is no function', (sim) => sim.network.rule('drop' as never), /network\.rule\(rule\) is 'drop'/],
  [
    'a link with an unknown option',
    (sim) => {
      sim.node('x')
      sim.network.link('x', 'x').set({ lss: 1 } as never)
    },
    /link\.set\(…\)\.lss is 1: there is no such option; did you mean 'loss'\? known are latency, loss/,
  ],
  [
    'a link with an impossible probability',
    (sim) => {
      sim.node('x')
      sim.network.link('x', 'x').set({ loss: 7 })
    },
    /link\.set\(…\)\.loss is 7: it must be a share between 0 and 1/,
  ],
  ['a clock skewed by NaN', (sim) => sim.node('x').clock.setSkew(NaN), /clock\.setSkew\(ms\) is NaN/],
  ['a clock that drifts too much', (sim) => sim.node('x').clock.setDrift(1e6), /clock\.setDrift\(ppm\) is 1000000/],
]

describe('a bad argument is refused with what is allowed', () => {
  test.each(badCalls)('%s', async (_what, call, message) => {
    const failure = await failureOf(async (sim) => {
      await call(sim)
    })
    expect(failure.kind).toBe('BodyFailed')
    expect(failure.message).toMatch(message)
  })

  test('a rule that answers nonsense names the answer', async () => {
    const failure = await failureOf(async (sim) => {
      sim.node('x', (node) => node.bus.handle('a', () => 1))
      sim.network.rule(() => 'lose' as never)
      await sim.node('y').bus.request('x', 'a')
    })
    expect(failure.message).toMatch(/network\.rule verdict is 'lose': it must be 'pass', 'drop' or \{ delay: ms \}/)
  })

  test('a request without a handler is answered with what there is', async () => {
    const failure = await failureOf(async (sim) => {
      sim.node('server', (node) => node.bus.handle('increment', () => 1))
      await sim.node('client').bus.request('server', 'incrmnt')
    })
    expect(failure.message).toContain(
      "node 'server' has no handler for 'incrmnt' (from 'client'); it handles 'increment'",
    )
  })
})
