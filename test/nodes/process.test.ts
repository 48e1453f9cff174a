import os from 'node:os'
import { describe, expect, test } from 'vitest'
import { simulation } from 'vitest-simulation'
import { checkSimulation } from '../../src/runner/check-simulation.ts'

const often = { iterations: 3, determinism: 1 } as const

describe('each node has a process of its own', () => {
  simulation.test('environment', often, async (sim) => {
    process.env['OF_TEST'] = 'inherited'
    const a = sim.node('a', { env: { PORT: '1' } })
    const b = sim.node('b', { env: { PORT: '2' } })
    const ports = (node: typeof a): Promise<unknown> => node.run(() => [process.env['PORT'], process.env['OF_TEST']])
    expect(await ports(a)).toEqual(['1', 'inherited'])
    await a.run(() => {
      process.env['PORT'] = 3 as unknown as string
      Object.assign(process.env, { MORE: true })
      delete process.env['OF_TEST']
    })
    expect(await a.run(() => ({ ...process.env }))).toMatchObject({ PORT: '3', MORE: 'true' })
    expect(await ports(b)).toEqual(['2', 'inherited'])
    expect(process.env['PORT']).toBeUndefined()
    // It begins anew with each incarnation.
    a.restart()
    expect(await ports(a)).toEqual(['1', 'inherited'])
    expect(await sim.node('c').run(() => process.env['PATH'])).toBe(process.env['PATH'])
  })

  test('and leaves that of the tests alone', () => {
    expect(process.env['OF_TEST']).toBeUndefined()
  })

  simulation.test('ids and host names', often, async (sim) => {
    const a = sim.node('a')
    const b = sim.node('b', { host: 'db.example' })
    const of = (node: typeof a): Promise<unknown> => node.run(() => [process.pid, os.hostname()])
    expect([await of(a), await of(b)]).toEqual([
      [1001, 'a'],
      [1002, 'db.example'],
    ])
    a.restart()
    expect(await of(a)).toEqual([1003, 'a'])
    expect([process.pid, os.hostname()]).toEqual([1000, 'localhost'])
    expect(process.memoryUsage().heapUsed).toBe(process.memoryUsage().heapUsed)
    expect(os.uptime()).toBe(3_600 + sim.now / 1000)
  })

  simulation.test('listeners, which end with it', often, async (sim) => {
    const heard: string[] = []
    const boot = (): void => void process.on('SIGHUP', () => heard.push(`SIGHUP ${process.pid}`))
    const a = sim.node('a', boot)
    await sim.sleep(1)
    const pid = await a.run(() => process.pid)
    const killer = sim.node('killer')
    await killer.run(() => process.kill(pid, 'SIGHUP'))
    await sim.sleep(1)
    expect(heard).toEqual(['SIGHUP 1001'])
    a.restart()
    await sim.sleep(1)
    expect(await a.run(() => process.listenerCount('SIGHUP'))).toBe(1)
    expect(process.listenerCount('SIGHUP')).toBe(0)
    await expect(killer.run(() => process.kill(pid))).rejects.toMatchObject({ code: 'ESRCH' })
    await killer.run(() => process.kill(1003, 'SIGKILL'))
    await sim.sleep(1)
    expect(a.state).toBe('crashed')
  })

  test('and nothing of them is left', () => {
    expect(process.listenerCount('SIGHUP')).toBe(0)
  })
})

describe('the end of a process', () => {
  simulation.test('process.exit is the death of its node, and nothing of it runs on', often, async (sim) => {
    const steps: string[] = []
    const client = sim.node('client')
    const node = sim.node('server', (own) => {
      process.on('exit', (code) => steps.push(`exit ${code}`))
      setTimeout(() => steps.push('later'), 10)
      own.bus.handle('stop', () => {
        process.exit(3)
        steps.push('after')
      })
    })
    await expect(client.bus.request('server', 'stop')).rejects.toThrow('reset')
    await sim.sleep(50)
    expect([node.state, steps.filter((step) => step !== 'later')]).toEqual(['crashed', ['exit 3']])
  })

  simulation.test('a supervisor boots it again', often, async (sim) => {
    const boots: number[] = []
    const node = sim.node('a', { restart: { delay: 100 } }, () => {
      boots.push(sim.now)
      if (boots.length < 3) throw new Error('not yet')
    })
    await sim.sleep(150)
    expect(node.state).toBe('crashed')
    await sim.sleep(100)
    expect([node.state, boots]).toEqual(['running', [0, 100, 200]])
  })

  simulation.test('of an asynchronous boot, a timer, or a rejection', often, async (sim) => {
    const ways: (() => unknown)[] = [
      async () => Promise.reject(new Error('boot')),
      () => void setTimeout(() => {
        throw new Error('timer')
      }, 1),
      () => void Promise.reject(new Error('rejection')),
    ] // prettier-ignore
    const nodes = ways.map((boot, index) => sim.node(`n${index}`, { restart: false }, boot))
    await sim.sleep(10)
    expect(nodes.map(({ state }) => state)).toEqual(['crashed', 'crashed', 'crashed'])
  })

  simulation.test('a graceful stop sends SIGTERM, and ends with process.exit', often, async (sim) => {
    const steps: string[] = []
    const boot = (ms: number) => (): void => {
      process.on('SIGTERM', (signal) => {
        steps.push(`${signal} at ${sim.now}`)
        setTimeout(() => {
          steps.push(`done at ${sim.now}`)
          process.exit()
        }, ms)
      })
    }
    const quick = sim.node('quick', boot(20))
    const slow = sim.node('slow', boot(2_000))
    await sim.sleep(1)
    await quick.stop(1_000)
    expect([sim.now, quick.state]).toEqual([21, 'stopped'])
    await slow.stop(1_000)
    expect([sim.now, slow.state]).toEqual([1_021, 'stopped'])
    expect(steps).toEqual(['SIGTERM at 1', 'done at 21', 'SIGTERM at 21'])
  })

  simulation.test('an uncaughtException listener keeps it alive', often, async (sim) => {
    const caught: unknown[] = []
    const node = sim.node('a', () => {
      process.on('uncaughtException', (error) => caught.push(error.message))
      setTimeout(() => {
        throw new Error('caught')
      }, 1)
    })
    await sim.sleep(10)
    expect([node.state, caught]).toEqual(['running', ['caught']])
  })

  test('without a supervisor an error fails the seed, and the test itself cannot exit', async () => {
    const failureOf = async (body: Parameters<typeof checkSimulation>[0]): Promise<unknown> =>
      (await checkSimulation(body, { iterations: 1, shrink: false })).failure?.failure
    expect(
      await failureOf(async (sim) => {
        sim.node('a', { env: {} }, () => {
          throw new RangeError('boot')
        })
        await sim.sleep(10)
      }),
    ).toMatchObject({ kind: 'UnhandledError', name: 'RangeError', owner: 'a' })
    expect(await failureOf(() => process.exit(0))).toMatchObject({ kind: 'RealWork', name: 'process.exit' })
  })
})

test('options of a node are checked', async () => {
  const refused: readonly (readonly [unknown, string])[] = [
    [{ env: { A: 1 } }, 'env'],
    [{ host: 5 }, 'host'],
    [{ restart: true }, 'restart'],
    [{ restart: {} }, 'delay'],
    [{ restart: { delay: -1 } }, 'delay'],
    [{ hots: 'x' }, 'hots'],
  ]
  const messages: string[] = []
  await checkSimulation(
    (sim) => {
      for (const [options] of refused) {
        try {
          sim.node('a', options as object)
        } catch (error) {
          messages.push((error as Error).message)
        }
      }
      sim.node('a')
      expect(() => sim.node('a', { host: 'x' })).toThrow('there already')
    },
    { iterations: 1 },
  )
  expect(messages).toHaveLength(refused.length)
  for (const [index, [, field]] of refused.entries()) expect(messages[index]).toContain(field)
})
