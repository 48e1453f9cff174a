/** Each built-in invariant catches a bug planted in the bus, by its name; without the bug, or turned off, nothing fails. */
import { describe, expect, test } from 'vitest'
import { Bus } from '../../src/bus/bus.ts'
import { RequestTimeout } from '../../src/bus/errors.ts'
import type { PendingRequest } from '../../src/bus/pending.ts'
import { Message } from '../../src/network/message.ts'
import { type BuiltinInvariant, builtinInvariants } from '../../src/world/builtin-invariants.ts'
import { checkSimulation } from '../../src/runner/check-simulation.ts'
import type { SimulationOptions } from '../../src/runner/options.ts'
import type { Simulation } from '../../src/world/door.ts'
import { failureOf, passes } from '../network-chaos/check.ts'

/** Puts a message on its link without telling the network that it was sent. */
function smuggle(bus: Bus, message: Message): void {
  const { network } = bus['shared']
  network.counts.inFlight++
  network['queue'](network.linkBetween(message.from, message.to), message, 1_000)
}

/** Answers every response with a message of its own making. */
class Forger extends Bus {
  protected override receiveResponse(message: Message): void {
    super.receiveResponse(message)
    const id = this.shared.network.nextMessageId()
    smuggle(this, new Message(id, 'one-way', this, message.from, 'note', 0, 'forged', false))
  }
}

/** Lets every response travel twice. */
class Echo extends Bus {
  private readonly echoed = new Set<number>()

  protected override receiveResponse(message: Message): void {
    super.receiveResponse(message)
    if (this.echoed.has(message.id)) return
    this.echoed.add(message.id)
    smuggle(this, message)
  }
}

/** Forgets that a request has timed out: it stays in the table, and a late response ends it once more. */
class Forgetful extends Bus {
  protected override finish<T>(pending: PendingRequest, settle: (value: T) => void, value: T): void {
    super.finish(pending, settle, value)
    if (!(value instanceof RequestTimeout)) return
    this.requests.set(pending.correlationId, pending)
    this.shared.pending++
  }
}

/** Drops the request whose handler failed without telling anybody. */
class Mute extends Bus {
  protected override receiveResponse(message: Message): void {
    const pending = this.requests.get(message.correlationId)
    if (message.failed && pending !== undefined) this.end(pending)
    else super.receiveResponse(message)
  }
}

/** Counts a request that was answered in time as ended and leaves it in the table. */
class Hoarder extends Bus {
  protected override end(pending: PendingRequest): void {
    const inTime = this.engine.now < pending.since + pending.timeoutMs * 1000
    super.end(pending)
    if (inTime) this.requests.set(pending.correlationId, pending)
  }
}

/** Requests that are answered, that fail, and that time out; nobody but the node waits for them. */
async function requests(sim: Simulation): Promise<void> {
  sim.node('server', (node) => {
    node.bus.handle('note', () => undefined)
    node.bus.handle('ask', async (n: number) => {
      if (n % 3 === 0) throw new Error('no')
      await sim.sleep(n * 20)
      return n
    })
  })
  sim.node('client', (node) => {
    for (let n = 1; n <= 6; n++) node.bus.request('server', 'ask', n, { timeout: 50 }).catch(() => undefined)
  })
  await sim.sleep(300)
}

const plants: readonly [string, BuiltinInvariant, typeof Bus, RegExp][] = [
  ['a bus that forges a message', 'sent', Forger, /message \d+ \(one-way note, client → server\) was never sent/],
  [
    'a bus that lets a response travel twice',
    'copies',
    Echo,
    /message \d+ \(response ask #\d+, .*\) was delivered once more/,
  ],
  ['a bus that forgets a timeout', 'outcomes', Forgetful, /request 'ask' #\d+ to 'server' ended a second time/],
  ['a bus that drops a failed request', 'outcomes', Mute, /no outcome for #3, #6/],
  ['a bus that keeps ended requests in its table', 'pending', Hoarder, /requests pending: \d on client/],
]

describe.each(plants)('%s', (_name, invariant, busClass, message) => {
  test(`is caught by "${builtinInvariants[invariant]}"`, async () => {
    const failure = await failureOf(requests, {}, { busClass })
    expect(failure).toMatchObject({ kind: 'InvariantViolation', name: builtinInvariants[invariant] })
    expect(failure.message).toMatch(message)
  })

  test('is not when that one is turned off', async () => {
    const options: SimulationOptions = { iterations: 20, seed: 7, invariants: { [invariant]: false } }
    const { failure } = await checkSimulation(requests, options, { busClass })
    expect(failure?.failure.name).not.toBe(builtinInvariants[invariant])
    const none = await checkSimulation(requests, { ...options, invariants: false }, { busClass })
    expect(none.failure?.failure.kind).not.toBe('InvariantViolation')
  })
})

test('a sound bus passes them all, under every fault', async () => {
  for (const chaos of ['calm', 'random', 'swarm', { duplication: 1, reordering: 0.5 }] as const) {
    await passes(requests, { iterations: 100, chaos }, { busClass: class Sound extends Bus {} })
  }
})

test('an unknown built-in invariant is refused', async () => {
  const wrong = async (): Promise<unknown> => checkSimulation(requests, { invariants: { coppies: false } as never })
  await expect(wrong).rejects.toThrow(
    /'invariants'.coppies is false: there is no such option; did you mean 'copies'\? known are sent, copies, outcomes/,
  )
})
