import crypto, { createHash } from 'node:crypto'
import fs from 'node:fs'
import { open, readFile, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import zlib from 'node:zlib'
import { describe, expect } from 'vitest'
import { always, simulation } from 'vitest-simulation'

/** Everything twice: the second run must do the same. */
const often = { iterations: 3, determinism: 1 } as const
const here = new URL(import.meta.url)

async function bytesOf(source: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of source) chunks.push(Buffer.from(chunk as Buffer))
  return Buffer.concat(chunks)
}

describe('what Node does on other threads comes back inside the simulation', () => {
  simulation.test('compression, as functions and as streams', often, async (sim) => {
    const [zipped, squeezed] = await Promise.all([
      promisify(zlib.gzip)('hello'),
      promisify(zlib.brotliCompress)(Buffer.from('hello')),
    ])
    expect((await promisify(zlib.gunzip)(zipped)).toString()).toBe('hello')
    expect((await promisify(zlib.brotliDecompress)(squeezed)).toString()).toBe('hello')
    await expect(promisify(zlib.gunzip)(Buffer.from('no gzip'))).rejects.toThrow('incorrect header')
    expect(() => zlib.gzip(1 as never, () => {})).toThrow('must be of type')
    expect(sim.now).toBeGreaterThan(0)
    const web = new Blob(['hello'.repeat(50_000)]).stream().pipeThrough(new CompressionStream('gzip'))
    const unpacked = await bytesOf(web.pipeThrough(new DecompressionStream('gzip')))
    expect(unpacked.length).toBe(250_000)
  })

  simulation.test('cryptography', often, async () => {
    expect(await promisify(crypto.scrypt)('secret', 'salt', 16)).toEqual(crypto.scryptSync('secret', 'salt', 16))
    const derived = await promisify(crypto.pbkdf2)('secret', 'salt', 10, 16, 'sha256')
    expect(derived).toEqual(crypto.pbkdf2Sync('secret', 'salt', 10, 16, 'sha256'))
    const digest = await crypto.subtle.digest('SHA-256', Buffer.from('text'))
    expect(Buffer.from(digest)).toEqual(createHash('sha256').update('text').digest())
    const key = await crypto.subtle.importKey('raw', Buffer.from('secret'), { name: 'HMAC', hash: 'SHA-256' }, true, [
      'sign',
      'verify',
    ])
    const signature = await crypto.subtle.sign('HMAC', key, Buffer.from('text'))
    expect(await crypto.subtle.verify('HMAC', key, signature, Buffer.from('text'))).toBe(true)
    await expect(crypto.subtle.digest('none', Buffer.from('text'))).rejects.toThrow()
  })

  simulation.test('files that are there', often, async (sim) => {
    const text = await readFile(here, 'utf8')
    expect(text).toContain('files that are there')
    expect((await stat(here)).size).toBe(Buffer.byteLength(text))
    expect(await promisify(fs.exists)(here)).toBe(true)
    await expect(readFile('/none/such')).rejects.toMatchObject({ code: 'ENOENT' })
    const file = await open(here)
    const { bytesRead } = await file.read(Buffer.alloc(10), 0, 10, 0)
    await file.close()
    expect(bytesRead).toBe(10)
    const copies: Buffer[] = []
    await pipeline(fs.createReadStream(here), zlib.createGzip(), zlib.createGunzip(), async (source) => {
      copies.push(await bytesOf(source))
    })
    expect(copies.join('')).toBe(text)
    // Real work takes no time.
    expect(sim.now).toBe(0)
  })

  simulation.test('messages between ports, at once for nobody', often, async () => {
    const { port1, port2 } = new MessageChannel()
    const heard: unknown[] = []
    const message = { list: [1] }
    port1.postMessage(message)
    message.list.push(2)
    port2.on('message', (value: unknown) => heard.push(value))
    expect(heard).toEqual([])
    await new Promise((resolve) => setTimeout(resolve, 1))
    expect(heard).toEqual([{ list: [1] }])
    port2.close()
    port1.postMessage('lost')
    const [first, second, other] = ['news', 'news', 'other'].map((name) => new BroadcastChannel(name))
    const news: unknown[] = []
    for (const channel of [first, second, other])
      channel!.onmessage = (event) => news.push((event as MessageEvent).data)
    first!.postMessage('hello')
    await new Promise((resolve) => setTimeout(resolve, 1))
    expect([heard.length, news]).toEqual([1, ['hello']])
  })

  simulation.test('in handlers of nodes, whatever faults there are', { ...often, chaos: 'swarm' }, async (sim) => {
    sim.node('server', (node) => {
      node.bus.handle('hash', async (text: string) => {
        const digest = await crypto.subtle.digest('SHA-256', Buffer.from(text))
        await promisify(zlib.gzip)(text)
        always(digest.byteLength === 32, 'a digest has 32 bytes')
        return Buffer.from(digest).toString('hex')
      })
    })
    const client = sim.node('client')
    await client.bus.request('server', 'hash', 'text').catch(() => undefined)
  })
})

describe('sim.real', () => {
  simulation.test('sees real time, and stops the simulation for it', often, async (sim) => {
    let ticks = 0
    setInterval(() => ticks++, 1)
    await sim.sleep(5.5)
    const before = ticks
    const answer = await sim.real(async () => {
      const started = Date.now()
      await new Promise((resolve) => setTimeout(resolve, 20))
      return { took: Date.now() - started, started }
    })
    expect(answer.took).toBeGreaterThan(15)
    expect(answer.started).toBeGreaterThan(Date.now())
    expect([ticks, sim.now]).toEqual([before, 5.5])
  })

  simulation.test('hands over in the order of asking, errors too', often, async (sim) => {
    const order: string[] = []
    const wait = (ms: number, name: string): Promise<void> =>
      sim.real(() => new Promise<void>((resolve) => setTimeout(resolve, ms))).then(() => void order.push(name))
    await Promise.all([wait(30, 'slow'), wait(1, 'fast'), wait(10, 'middle')])
    expect(order).toEqual(['slow', 'fast', 'middle'])
    await expect(sim.real(() => Promise.reject(new RangeError('no')))).rejects.toThrow(RangeError)
    await expect(
      sim.real(() => {
        throw new RangeError('at once')
      }),
    ).rejects.toThrow('at once')
    expect(() => sim.real(1 as never)).toThrow('sim.real(work)')
  })
})
