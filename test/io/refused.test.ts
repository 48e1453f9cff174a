import childProcess from 'node:child_process'
import cluster from 'node:cluster'
import crypto from 'node:crypto'
import fs from 'node:fs'
import fsPromises from 'node:fs/promises'
import http2 from 'node:http2'
import net from 'node:net'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import { checkSimulation } from '../../src/runner/check-simulation.ts'
import { socketRules } from '../../src/sockets/node/table.ts'
import { ioRules } from '../../src/virtual/io/table.ts'

type AnyFunction = (...args: unknown[]) => unknown

const modules: Record<string, object> = {
  child_process: childProcess,
  cluster,
  crypto,
  'crypto.subtle': crypto.webcrypto.subtle,
  fs,
  http2,
  process,
}

const nobody = (): void => undefined

/** Calls that need more than a path and a callback. */
const calls: Record<string, () => unknown> = {
  'http2.connect': () => http2.connect('http://localhost:1'),
  'new Worker': () => new Worker('', { eval: true }),
}

function call(api: string): unknown {
  const special = calls[api]
  if (special !== undefined) return special()
  const [, module = '', name = ''] = /^(.+)\.(\w+)$/.exec(api) ?? []
  const target = modules[module] as Record<string, AnyFunction>
  return target[name]!.call(target, '/none', 'text', nobody)
}

const isThere = (api: string): boolean => {
  const [, module = '', name = ''] = /^(.+)\.(\w+)$/.exec(api) ?? []
  const target = modules[module] as Record<string, unknown> | undefined
  return target === undefined || typeof target[name] === 'function'
}

const refused = [...ioRules, ...socketRules]
  .filter(({ what }) => what === 'refused')
  .flatMap(({ apis, how }) => apis.map((api) => ({ api, how })))

describe('what cannot be repeated is refused by name', () => {
  test.each(refused.filter(({ api }) => isThere(api)))('$api', async ({ api, how }) => {
    // Code that catches the error changes nothing.
    const body = async (): Promise<void> => {
      try {
        await call(api)
      } catch {
        return
      }
    }
    const { failure } = await checkSimulation(body, { iterations: 1, shrink: false })
    expect(failure?.failure).toMatchObject({ kind: 'RealWork', name: api })
    expect(failure?.failure.message).toContain(how)
    // It names the line.
    expect(failure?.failure.stack).toContain('refused.test.ts')
  })

  test('in its promised forms, too', async () => {
    const promised: readonly (readonly [string, () => unknown])[] = [
      ['fs/promises.writeFile', () => fsPromises.writeFile('/none', '')],
      ['fs/promises.open', () => fsPromises.open('/none', 'w')],
      ['fs.open', () => promisify(fs.open)('/none', 'a')],
      ['fs.openSync', () => fs.openSync('/none', 'r+')],
      ['child_process.exec', () => promisify(childProcess.exec)('true')],
      [
        'crypto.generateKeyPair',
        () => promisify(crypto.generateKeyPair)('dsa', { modulusLength: 512, divisorLength: 160 }),
      ],
      ['crypto.subtle.generateKey', () => crypto.subtle.generateKey('ML-DSA-44', true, ['sign'])],
      ['crypto.generatePrime', () => new Promise((resolve) => crypto.generatePrime(32, { add: 12n }, resolve))],
      ['crypto.generatePrimeSync', () => crypto.generatePrimeSync(32, { add: 12n })],
    ]
    for (const [api, start] of promised) {
      const { failure } = await checkSimulation(
        async () => {
          await Promise.resolve(start()).catch(nobody)
        },
        { iterations: 1, shrink: false },
      )
      expect(failure?.failure).toMatchObject({ kind: 'RealWork', name: api })
    }
  })

  test('but for what is printed, and what is outside', async () => {
    const { failure } = await checkSimulation(() => void fs.writeSync(1, ''), { iterations: 1 })
    expect(failure).toBeUndefined()
    const { port } = await new Promise<net.AddressInfo>((resolve) => {
      const server = net.createServer().listen(0, () => {
        resolve(server.address() as net.AddressInfo)
        server.close()
      })
    })
    expect(port).toBeGreaterThan(0)
  })
})
