/** Traces of any size for tests of the page: requests, losses, cuts, crashes, actors, storage, and a failure at the end. */
import { RandomStreams } from '../../src/random/streams.ts'
import { type RecordedTrace, type TraceRecord, traceVersion } from '../../src/trace/records.ts'

const nodes = ['client', 'gateway', 'store', 'worker', 'mailer']
const methods = ['get', 'put', 'book', 'notify']

type Fields = Record<string, unknown> & { type: TraceRecord['type'] }

/** A trace of `size` records; the same for the same seed. */
export function madeUpTrace(size: number, run: 'whole' | 'minimal' = 'whole', seed = 1): RecordedTrace {
  const random = new RandomStreams(seed).get('made up trace')
  const records: TraceRecord[] = []
  let at = 0
  const add = (node: string, fields: Fields, cause?: number): number => {
    at += random.below(400)
    const id = records.length + 1
    const base = {
      id,
      at,
      event: id,
      node,
      ...(nodes.includes(node) && { life: 1 }),
      ...(cause !== undefined && { cause }),
    }
    records.push({ ...base, ...fields } as TraceRecord)
    return id
  }
  let request = 0
  while (records.length < size - 12) {
    const [from, to] = [random.pick(nodes), random.pick(nodes)]
    if (from === to) continue
    request++
    const method = random.pick(methods)
    const start = add('test', {
      type: 'operation',
      action: 'start',
      index: request,
      name: method,
      args: `'key-${request % 7}'`,
    })
    const call = {
      message: request * 2,
      method,
      from,
      to,
      request,
      payload: `{"key":"key-${request % 7}","n":${request}}`,
    }
    const sent = add(from, { type: 'send', kind: 'request', ...call }, start)
    if (random.chance(0.1)) {
      add(to, { type: 'drop', message: call.message, send: sent, reason: 'loss' }, sent)
      add(from, { type: 'timeout', request, method, to, reason: 'timeout' }, sent)
      continue
    }
    const there = add(to, { type: 'deliver', message: call.message, send: sent }, sent)
    const stored = add(
      to,
      { type: 'storage', action: 'write', storage: to, key: `key-${request % 7}`, value: `${request}`, outcome: 'ok' },
      there,
    )
    if (random.chance(0.2))
      add(to, { type: 'actor', action: 'call', actor: `counter/${request % 5}`, method: 'add', value: '1' }, stored)
    if (random.chance(0.1)) add(to, { type: 'log', level: 'log', text: `stored <b>${request}</b></script>` }, stored)
    const answer = { message: request * 2 + 1, method, from: to, to: from, request, payload: 'true' }
    const back = add(to, { type: 'send', kind: 'response', ...answer }, stored)
    const here = add(from, { type: 'deliver', message: answer.message, send: back }, back)
    add('test', { type: 'operation', action: 'end', index: request, name: method, outcome: 'ok', value: 'true' }, here)
    if (request % 60 === 0) crash(add, random.pick(nodes))
    if (request % 90 === 0) cut(add, nodes.slice(0, 2), nodes.slice(2))
  }
  const last = add('test', {
    type: 'check',
    kind: 'invariant',
    name: 'what was stored is there',
    holds: false,
    value: '3 is gone',
  })
  add(
    'test',
    {
      type: 'failure',
      kind: 'InvariantViolation',
      name: 'what was stored is there',
      message: '"what was stored is there": 3 is gone',
    },
    last,
  )
  return { header: headerOf(run, records), records }
}

function crash(add: (node: string, fields: Fields, cause?: number) => number, node: string): void {
  const fault = add('chaos', { type: 'fault', family: 'crash', text: `crash ${node}`, key: `crash ${node} #1` })
  const down = add(node, { type: 'node', action: 'crash' }, fault)
  add(node, { type: 'node', action: 'boot' }, down)
}

function cut(add: (node: string, fields: Fields) => number, left: string[], right: string[]): void {
  const text = `partition ${left.join(', ')} | ${right.join(', ')}`
  const id = add('chaos', { type: 'fault', family: 'partition', text, nodes: left, others: right })
  for (let i = 0; i < 6; i++) add('test', { type: 'timer', name: 'sleep' })
  add('chaos', { type: 'fault', family: 'heal', text: `end of ${text}`, ends: id })
}

function headerOf(run: 'whole' | 'minimal', records: readonly TraceRecord[]): RecordedTrace['header'] {
  const end = records.at(-1)?.at ?? 0
  const test = 'orders > what was stored is there </title>'
  const replay = "SIMULATION_SEED=7 npx vitest run orders.test.ts -t 'what was stored is there$'"
  const base = { type: 'header', schema: 'vitest-simulation/trace', version: traceVersion, test } as const
  const facts = { file: 'orders.test.ts', seed: 7, chaos: 'swarm: loss 0.1', digest: 'a'.repeat(16), nodes } as const
  return { ...base, ...facts, run, end, events: records.length, left: 0, status: 'failed', replay }
}
