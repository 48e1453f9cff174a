/** A pasted plan is somebody else's text: it may cost no more than a plan of a failure does. */
import { deflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { planFromEnvironment, planToText } from '../../plugin/worker/replay/plan-text.ts'

const read = (SIMULATION_PLAN: string) => planFromEnvironment({ SIMULATION_PLAN })
const packed = (json: string): string => deflateRawSync(json, { level: 9 }).toString('base64url')
const pasted = (plan: unknown): string => packed(JSON.stringify({ test: 'a', plan }))

const operation = { index: 3, name: 'pay', at: 1_000, argument: { to: ['b', null] } }

test('a plan of a failure is read', () => {
  const plan = { faults: ['loss a → b #1'], operations: [operation], nodes: 3 }
  const text = planToText({ test: 'a', plan }) as string
  expect(read(text)).toEqual({ test: 'a', plan, expected: undefined })
})

let nested: unknown = 1
for (let depth = 0; depth < 1_000; depth++) nested = [nested]

test.each<[string, string, RegExp]>([
  ['a million nodes', pasted({ nodes: 1_000_000 }), /SIMULATION_PLAN\.nodes is 1000000: .* from 0 to 10,000/],
  ['a node less than none', pasted({ nodes: -1 }), /SIMULATION_PLAN\.nodes is -1/],
  ['half a node', pasted({ nodes: 0.5 }), /SIMULATION_PLAN\.nodes is 0.5/],
  [
    '20,000 faults',
    pasted({ faults: Array(20_000).fill('a') }),
    /faults is \["a".*: it must be a list of keys, at most 10,000/,
  ],
  [
    '20,000 operations',
    pasted({ operations: Array(20_000).fill(operation) }),
    /operations is \[.*: it must be a list of .*, at most 10,000/,
  ],
  ['faults without keys', pasted({ faults: [null] }), /faults\[0\] is null: it must be the key of a fault/],
  ['faults that are a number', pasted({ faults: 1e9 }), /faults is 1000000000: it must be a list of keys/],
  ['an operation before the start', pasted({ operations: [{ ...operation, at: -5 }] }), /operations\[0\]\.at is -5/],
  ['an operation number -1', pasted({ operations: [{ ...operation, index: -1 }] }), /operations\[0\]\.index is -1/],
  ['a deep argument', pasted({ operations: [{ ...operation, argument: nested }] }), /argument of pay.*100 deep/],
  ['a text that unpacks to 100 MB', packed(`"${'x'.repeat(3_000_000)}"`), /it unpacks to more than 2000000 bytes/],
  ['a text of 100,000 characters', 'A'.repeat(100_000), /at most 6000 characters, this one 100000/],
  ['no text of ours', 'AAAA', /it must be copied whole/],
  ['no plan', packed('null'), /it must be copied from the replay command/],
])('%s is refused', (_, text, why) => {
  expect(() => read(text)).toThrow(why)
})
