import pDebounce from 'p-debounce'
import { expect, test } from 'vitest'
import { checkSimulation, type Simulation } from 'vitest-simulation'

/** Whoever saves a document gets the number of its version, however often it is saved. */
async function editor(sim: Simulation): Promise<void> {
  let version = 0
  sim.node('server', (node) => node.bus.handle('save', () => ++version))
  const client = sim.node('client')
  await client.run(async () => {
    const save = pDebounce(() => client.bus.request<number>('server', 'save'), 20, { before: true })
    const saves: Promise<number>[] = []
    for (let n = 0; n < 5; n++) {
      saves.push(save())
      await sim.sleep(Math.random() * 15)
    }
    for (const saved of await Promise.all(saves)) expect(saved).toBeTypeOf('number')
  })
}

test('a call during a run that is longer than `wait` resolves to undefined', async () => {
  const { failure } = await checkSimulation(editor, { iterations: 1_000, chaos: { latency: 'drawn' } })
  expect(failure?.failure.message).toMatch(/expected undefined to be type of 'number'/)
})

test('the same without a simulation', async () => {
  const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
  const run = pDebounce(
    async () => {
      await wait(60)
      return 'done'
    },
    10,
    { before: true },
  )
  const [first, second] = [run(), run()]
  expect([await first, await second]).toEqual(['done', undefined])
})
