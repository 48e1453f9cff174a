import { describe, expect, test } from 'vitest'
import { simulationPlugin } from '../../plugin/index.ts'
import { mergeOptions, resolvePluginOptions, resolveProjectOptions } from '../../plugin/main/resolve-options.ts'
import { parseDuration } from '../../src/runner/duration.ts'

describe('bad options are refused with the option, its value and what is allowed', () => {
  test.each<[unknown, string]>([
    [{ seed: -1 }, 'simulationPlugin.seed is -1: a seed is an unsigned integer below 2^53'],
    [{ seed: '7' }, "simulationPlugin.seed is '7': a seed is"],
    [{ iterations: 0 }, 'simulationPlugin.iterations is 0: it must be a whole number above 0'],
    [
      { iterations: 'many' },
      "simulationPlugin.iterations is 'many': it must be a whole number above 0, fixedCount(n), until",
    ],
    [{ iterations: { kind: 'fixedcount', count: 1 } }, 'it must be a whole number above 0, fixedCount(n)'],
    [
      { iterations: { kind: 'fixedCount', count: 1, max: 1 } },
      'iterations.max is 1: there is no such option; known are kind, count',
    ],
    [{ iterations: { ci: 1.5 } }, 'simulationPlugin.iterations.ci is 1.5: it must be a whole number'],
    [
      { iterations: { kind: 'timeLimit', ms: 0 } },
      'simulationPlugin.iterations.ms is 0: a time limit is at least 1 ms',
    ],
    [{ chaos: 'swam' }, "simulationPlugin.chaos is 'swam': it must be 'calm', 'random', 'swarm' or an obj"],
    [
      { chaos: { latency: { kind: 'constant', ms: 1, extra: () => 1 } } },
      'chaos.latency.extra is function extra: there is no such option; known are kind, ms',
    ],
    [{ chaos: { latency: { kind: 'constant', ms: -1 } } }, 'simulationPlugin.chaos.latency.ms is -1'],
    [
      { chaos: { los: 0.1 } },
      "simulationPlugin.chaos.los is 0.1: there is no such option; did you mean 'loss'? known are latency",
    ],
    [
      { slowTimeout: { period: '3 minutes' } },
      "slowTimeout.period is '3 minutes': it must be longer than 0: a number of milli",
    ],
    [{ slowTimeout: { period: 0 } }, 'slowTimeout.period is 0: it must be longer than 0'],
    [{ slowTimeout: { period: 1, terminateAfter: 0 } }, 'slowTimeout.terminateAfter is 0: it must be a whole number'],
    [
      { overrides: [{ test: 'slow' }] },
      "simulationPlugin.overrides[0].test is 'slow': it must be a regular expression",
    ],
    [
      { overrides: [{ test: /a/, sede: 1 }] },
      "simulationPlugin.overrides[0].sede is 1: there is no such option; did you mean 'seed'?",
    ],
    [{ determinism: 2 }, 'simulationPlugin.determinism is 2: it must be a share between 0 and 1'],
    [{ coverage: true }, "simulationPlugin.coverage is true: it must be 'required' or 'report'"],
    [{ reporter: 'dot' }, "simulationPlugin.reporter is 'dot': it must be true or false"],
    [{ limits: { evnts: 1 } }, "simulationPlugin.limits.evnts is 1: there is no such option; did you mean 'events'?"],
    [{ timezone: 'Mars/Olympus' }, "simulationPlugin.timezone is 'Mars/Olympus': it must be a time zone"],
    [{ itterations: 5 }, "simulationPlugin.itterations is 5: there is no such option; did you mean 'iterations'?"],
    [{ zzz: 5 }, 'simulationPlugin.zzz is 5: there is no such option; known are seed, chaos'],
    [7, 'simulationPlugin is 7: it must be an object of seed'],
  ])('%j', (options, message) => {
    expect(() => simulationPlugin(options as never)).toThrow(message)
  })

  test('also in `test.simulation`, where options of the whole run have no place', () => {
    expect(() => resolveProjectOptions({ seed: 1.5 }, false)).toThrow('test.simulation.seed is 1.5')
    expect(() => resolveProjectOptions({ coverage: 'required' }, false)).toThrow(
      "test.simulation.coverage is 'required': it counts for the whole run: give it to simulationPlugin(…)",
    )
  })
})

describe('good options', () => {
  test('are resolved for their environment', () => {
    const control = { kind: 'untilCoverageStable', plateau: 5, max: 50 } as const
    const given = { iterations: { development: 3, ci: control }, slowTimeout: { period: '1m30s', terminateAfter: 2 } }
    const [development] = resolvePluginOptions(given, false)
    const [inCi] = resolvePluginOptions(given, true)
    expect(development.iterations).toEqual({ kind: 'fixedCount', count: 3 })
    expect(inCi.iterations).toEqual(control)
    expect(inCi.slowTimeout).toEqual({ periodMs: 90_000, terminateAfter: 2 })
    expect(resolvePluginOptions({ iterations: { ci: 5 } }, false)[0]).toEqual({ overrides: [] })
  })

  test('survive the way to a worker', () => {
    const [options] = resolvePluginOptions(
      {
        seed: 0,
        chaos: { loss: [0, 0.25] },
        overrides: [{ test: /a/giy, seed: 3 }],
        limits: { events: 10 },
        keepFailures: true,
      },
      false,
    )
    expect(options.overrides[0]?.test).toEqual(/a/i)
    expect(structuredClone(options)).toEqual(options)
  })

  test('of the project win one by one, and its overrides come last', () => {
    const [plugin] = resolvePluginOptions({ seed: 1, chaos: 'calm', overrides: [{ test: /a/ }] }, false)
    const project = resolveProjectOptions({ seed: 2, overrides: [{ test: /b/ }] }, false)
    expect(mergeOptions(plugin, project)).toEqual({ seed: 2, chaos: 'calm', overrides: [{ test: /a/ }, { test: /b/ }] })
    expect(mergeOptions(plugin, resolveProjectOptions(undefined, false))).toEqual(plugin)
  })
})

describe('parseDuration', () => {
  test.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['1.5s', 1500],
    ['1h 2m 3s', 3_723_000],
    [12, 12],
    ['0ms', 0],
  ])('%s', (given, ms) => expect(parseDuration(given, 'x')).toBe(ms))

  test.each(['', '5', 's', '5 minutes', '-1s', -1, Number.NaN, Infinity])('refuses %s', (given) => {
    expect(() => parseDuration(given, 'period')).toThrow(/^period is .*: a duration is a number of milliseconds or/)
  })
})
