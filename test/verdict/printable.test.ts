/** What comes from the code under test moves no cursor, turns no text around, and gives a CI no command. */
import { expect, test } from 'vitest'
import { always } from '../../src/assertions/sdk.ts'
import { printableLine, printableText } from '../../src/engine/printable.ts'
import { checkSimulation } from '../../src/runner/check-simulation.ts'
import { failureStory } from '../../src/runner/failure-text.ts'
import type { Simulation } from '../../src/world/door.ts'
import { operation } from '../../src/world/operation.ts'
import { simulationFailed } from '../../plugin/worker/simulation-failed.ts'

const evil =
  'a\u001b[31mred\u001b[0m\u001b]0;title\u0007 \u202eback\u2066 \u009b2J\n::error::b\n  ::set-output name=x::y\r\n##[error]c ##vso[task.complete]\u0000'

const bad: Record<string, (sim: Simulation) => unknown> = {
  'an error': () => {
    throw new Error(evil)
  },
  "an error's name": () => {
    throw Object.assign(new Error('x'), { name: evil })
  },
  'a site': () => always(false, evil, { evil }),
  'an invariant': (sim) => sim.invariant(evil, () => evil),
  'a method, a key and a log': async (sim) => {
    const id = 'n\u001b[2J\u202e::error::'
    sim.node(id, (node) => {
      node.bus.handle(evil, () => {
        sim.log(evil, { [evil]: evil })
        throw new Error(evil)
      })
    })
    await sim.node('client').bus.request(id, evil, { [evil]: evil })
  },
  'an operation': (sim) => {
    const run = (): void => {
      throw new TypeError(evil)
    }
    return sim.workload({ [evil]: operation({ draw: () => ({ [evil]: evil }), run }) }, { operations: 3 })
  },
  'what waits': async (sim) => {
    sim.node('server', (node) => node.bus.handle(evil, () => new Promise(() => undefined)))
    await sim.node('client').bus.request('server', evil, 1, { timeout: Infinity })
  },
}

test.each(Object.keys(bad))('%s', async (name) => {
  const { failure } = await checkSimulation(bad[name] as () => unknown, { iterations: 1, seed: 7, nodes: 1 })
  if (failure === undefined) throw new Error('it passed')
  const { kind, message, error, stack } = failure.failure
  const story = failureStory(failure, 1, { seed: 'command', minimal: undefined })
  const shown = simulationFailed(kind, message, story, error, stack)
  for (const text of [shown.message, shown.name, shown.stack ?? '']) {
    expect(text.replaceAll(/[\n\t]/g, '')).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u)
    expect(text).not.toMatch(/^\s*::/m)
    expect(text).not.toMatch(/##(?:\[|vso\[)/)
  }
  if (name !== "an error's name") expect(shown.message, 'what can be printed').toContain('back')
})

test('what can be printed stays as it is', () => {
  for (const text of ['日本 🙂 👩‍💻 é', 'a::b', 'std::vector', '# heading', "it's `x` $y \\z", '\tindented'])
    expect(printableLine(text)).toBe(text)
  expect(printableText('one\n  two\r\nthree')).toBe('one\n  two\nthree')
  expect(printableLine('one\ntwo\r')).toBe('one\\ntwo\\r')
})
