import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { simulate } from './simulate.ts'

interface Fixture {
  values(ms: number): Promise<Record<string, unknown>>
}

const commonjs = createRequire(import.meta.url)('./fixtures/captured.cjs') as Fixture & {
  load(url: string): Promise<Fixture>
}
const fixtures: Record<string, () => Promise<Fixture>> = {
  'CommonJS, destructured': async () => commonjs,
  'ES module, loaded by Node': () => commonjs.load(new URL('./fixtures/captured.mjs', import.meta.url).href),
  'ES module, inlined by Vite': async () => (await import('./fixtures/captured.mjs' as string)) as Fixture,
}

for (const [name, load] of Object.entries(fixtures)) {
  test(`${name}: virtual inside, the same twice; real outside`, async () => {
    const fixture = await load()
    const values = () => fixture.values(1000)
    const first = await simulate(values)
    expect(first.value).toEqual((await simulate(values)).value)
    expect(first.value).not.toEqual((await simulate(values, 43)).value)
    expect(first.value).toMatchObject({
      handle: 'Timeout',
      value: 'promised',
      now: Date.UTC(2024, 0, 1, 0, 0, 5),
      date: '2024-01-01T00:00:05.000Z',
      performance: 5025,
      hrtime: [5, 25_000_000],
    })
    const outside = await fixture.values(1)
    expect(outside['now']).toBeGreaterThan(Date.UTC(2025, 0, 1))
    expect(outside['uuid']).not.toBe((await fixture.values(1))['uuid'])
  })
}
