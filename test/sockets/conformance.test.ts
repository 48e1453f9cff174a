/** Simulated sockets and those of this machine tell the same story. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { checkSimulation } from '../../src/runner/check-simulation.ts'
import { scenarios } from './scenarios.ts'

const folder = mkdtempSync(join(tmpdir(), 'sockets-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Story {
  readonly server: unknown[]
  readonly client: unknown[]
}

function newStory(): Story {
  return { server: [], client: [] }
}

const logsOf = ({ server, client }: Story) => ({
  server: (line: unknown) => void server.push(line),
  client: (line: unknown) => void client.push(line),
})

describe.each(Object.entries(scenarios))('%s', (_name, scenario) => {
  test('as on the loopback interface', async () => {
    const real = newStory()
    await scenario(logsOf(real), join(folder, 'socket'))
    const stories: Story[] = []
    const { failure } = await checkSimulation(
      async (sim) => {
        const story = newStory()
        stories.push(story)
        await sim.node('machine').run(() => scenario(logsOf(story), '/run/socket'))
      },
      { iterations: 3, determinism: 1 },
    )
    expect(failure?.failure.message).toBeUndefined()
    for (const story of stories) expect(story).toEqual(real)
  })
})
