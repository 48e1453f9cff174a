/** Traces of any size for tests of the page: all types of records, with causes, faults that end, and a failure at the end. */
import type { RandomStream } from '../../src/random/stream.ts'
import { RandomStreams } from '../../src/random/streams.ts'
import { type RecordedTrace, type TraceRecord, traceVersion } from '../../src/trace/records.ts'
import { MadeUpClock } from './made-up-clock.ts'
import { type Answer, type Handler, MadeUpNetwork, type NodeName, nodes } from './made-up-network.ts'

interface World {
  readonly random: RandomStream
  readonly clock: MadeUpClock
  readonly network: MadeUpNetwork
}

/** A trace of `size` records; the same for the same seed. */
export function madeUpTrace(size: number, run: 'whole' | 'minimal' = 'whole', seed = 1): RecordedTrace {
  const random = new RandomStreams(seed).get('made up trace')
  const clock = new MadeUpClock()
  const network = new MadeUpNetwork(clock, random)
  const world = { random, clock, network }
  network.handler = handlerOf(world)
  for (const node of nodes) {
    const boot = network.add(node, { type: 'node', action: 'boot' })
    network.add(node, { type: 'node', action: 'up' }, boot)
  }
  workload(world)
  heartbeats(world)
  faults(world, run)
  while (network.records.length < size - 3) clock.step()
  network.records.length = size - 3
  fail(network)
  return { header: headerOf(run, network.records), records: network.records }
}

function workload({ random, clock, network }: World): void {
  let index = 0
  const next = (): void => {
    const operation = { type: 'operation', index: index++, name: random.pick(['book', 'get', 'notify']) } as const
    const args = `'key-${random.below(7)}'`
    const start = network.add('test', { ...operation, action: 'start', args })
    if (random.chance(0.05)) network.add('client', { type: 'log', level: 'log', text: `next: ${args}` }, start)
    const payload = `{ key: ${args}, count: ${random.below(40)}, by: 'customer-${random.below(9_000)}' }`
    const call = { from: 'client', to: 'gateway', method: operation.name, payload, cause: start } as const
    network.request(call, 100_000, (cause, value) => {
      const end = value === undefined ? { outcome: 'unknown', value: 'RequestTimeout' } : { outcome: 'ok', value }
      network.add('test', { ...operation, action: 'end', args, ...end }, cause)
      const name = 'nothing is booked twice'
      if (random.chance(0.2)) network.add('test', { type: 'check', kind: 'invariant', name, holds: true }, cause)
    })
    clock.after(random.between(3_000, 24_000), next)
  }
  clock.after(1_000, next)
}

/** What each node does with a call: the gateway asks the store or an actor, the store writes and tells the mailer. */
function handlerOf(world: World): Handler {
  const { network } = world
  const count = counting(world)
  return (call, delivered, answer) => {
    const key = /key-\d/.exec(call.payload)?.[0] ?? 'key-0'
    if (call.to === 'gateway') {
      const to = call.method === 'notify' ? 'worker' : 'store'
      const method = { notify: 'counter.add', get: 'read' }[call.method] ?? 'put'
      const forward = { from: 'gateway', to, method, payload: call.payload, cause: delivered } as const
      network.request(forward, 60_000, (cause, value) => {
        if (value !== undefined) answer(cause, value)
      })
    } else if (call.to === 'store') store(world, call.method, key, delivered, answer)
    else count(delivered, answer)
  }
}

function store({ random, clock, network }: World, method: string, key: string, cause: number, answer: Answer): void {
  const use = (action: string, why: number, more: object = {}): number =>
    network.add('store', { type: 'storage', action, storage: 'store', key, outcome: 'ok', ...more }, why)
  if (method === 'read') return answer(use('read', cause, { value: '7' }), '7')
  const written = use('write', cause, { value: String(random.below(99)) })
  clock.after(random.between(400, 3_000), () => {
    if (network.down.has('store')) return
    const synced = use('sync', written)
    network.add('store', { type: 'log', level: 'console.log', text: `stored <b>${key}</b></script>` }, synced)
    network.oneWay({ from: 'store', to: 'mailer', method: 'booked', payload: `{ key: '${key}' }`, cause: synced })
    answer(synced, 'true')
  })
}

function counting({ random, clock, network }: World): (cause: number, answer: Answer) => void {
  const active = new Set<string>()
  return (cause, answer) => {
    const actor = `counter/${random.below(5)}`
    let last = cause
    const tell = (fields: object): number => (last = network.add('worker', { type: 'actor', actor, ...fields }, last))
    if (!active.has(actor)) {
      tell({ action: 'activate' })
      tell({ action: 'active' })
      active.add(actor)
    }
    tell({ action: 'call', method: 'add', value: '1' })
    clock.after(random.between(200, 2_000), () => {
      if (network.down.has('worker')) return active.clear()
      answer(tell({ action: 'return', method: 'add', value: String(random.below(99)) }), 'true')
    })
  }
}

function heartbeats({ clock, network }: World): void {
  const beat = (): void => {
    clock.after(50_000, beat)
    if (network.down.has('worker')) return
    const cause = network.add('worker', { type: 'timer', name: 'timer' })
    network.oneWay({ from: 'worker', to: 'gateway', method: 'beat', payload: '', cause, background: true })
  }
  clock.after(50_000, beat)
}

/** In turn a crash, a partition and a pause. */
function faults(world: World, run: 'whole' | 'minimal'): void {
  const { random, clock } = world
  const kinds = [crash, cut, pause]
  let number = 0
  const next = (): void => {
    kinds[number % kinds.length]?.(world, ++number)
    clock.after(random.between(180_000, 320_000), next)
  }
  clock.after(run === 'minimal' ? 20_000 : 90_000, next)
}

function crash({ random, clock, network }: World, number: number): void {
  const node: NodeName = random.pick(['store', 'worker'])
  const lasts = random.integer(20_000, 90_000)
  const key = `crash ${node} #${number}`
  const fault = network.add('chaos', { type: 'fault', family: 'crash', text: `crash ${node}`, key, lasts })
  const crashed = network.add(node, { type: 'node', action: 'crash' }, fault)
  network.down.add(node)
  clock.after(lasts, () => {
    network.down.delete(node)
    network.lives.set(node, (network.lives.get(node) ?? 1) + 1)
    const boot = network.add(node, { type: 'node', action: 'boot' }, crashed)
    network.add(node, { type: 'node', action: 'up' }, boot)
  })
}

function cut({ random, clock, network }: World, number: number): void {
  const left = random.pick([['client'], ['client', 'gateway'], ['store'], ['worker', 'mailer']])
  const others = nodes.filter((node) => !left.includes(node))
  const text = `partition ${left.join(', ')} | ${others.join(', ')}`
  const lasts = random.integer(40_000, 120_000)
  const told = { family: 'partition', text, nodes: left, others, lasts, key: `partition #${number}` }
  const ends = network.add('chaos', { type: 'fault', ...told })
  network.split(left)
  clock.after(lasts, () => {
    network.add('chaos', { type: 'fault', family: 'heal', text: `end of ${text}`, ends }, ends)
    network.join()
  })
}

function pause({ random, clock, network }: World): void {
  const node = random.pick(['gateway', 'mailer'] as const)
  const paused = network.add(node, { type: 'node', action: 'pause' })
  clock.after(random.between(8_000, 30_000), () => {
    network.add(node, { type: 'node', action: 'resume' }, paused)
  })
}

function fail(network: MadeUpNetwork): void {
  const name = 'what was stored is there'
  const cause = network.records.findLast(({ type }) => type === 'storage')?.id
  const gone = network.add('store', { type: 'log', level: 'console.warn', text: 'key-3 is gone' }, cause)
  const check = { type: 'check', kind: 'invariant', name, holds: false, value: 'key-3 is gone' } as const
  const last = network.add('test', check, gone)
  const message = `"${name}": key-3 is gone`
  network.add('test', { type: 'failure', kind: 'InvariantViolation', name, message }, last)
}

function headerOf(run: 'whole' | 'minimal', records: readonly TraceRecord[]): RecordedTrace['header'] {
  const last = records.at(-1)
  const test = 'orders > what was stored is there </title>'
  const plan = run === 'minimal' ? ' SIMULATION_PLAN=made-up' : ''
  const replay = `SIMULATION_SEED=7${plan} npx vitest run orders.test.ts -t 'what was stored is there$'`
  const base = { type: 'header', schema: 'vitest-simulation/trace', version: traceVersion, test } as const
  const facts = { file: 'orders.test.ts', seed: 7, chaos: 'swarm: loss 0.1', digest: 'a'.repeat(16), nodes } as const
  const size = { end: last?.at ?? 0, events: last?.event ?? 0, left: 0 }
  return { ...base, ...facts, run, ...size, status: 'failed', replay }
}
