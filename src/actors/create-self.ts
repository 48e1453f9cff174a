import { badInput } from '../engine/errors.ts'
import { eventKind } from '../engine/event.ts'
import type { Activation } from './activation.ts'
import type { Activations } from './activations.ts'
import type { ActorRef } from './actor.ts'
import type { NodeActors } from './node-actors.ts'
import type { ActorCallOptions, ActorSelf, ActorState } from './self.ts'
import { SavedState } from './state.ts'

const actorTimerKind = eventKind<string>('actor timer', (actor) => actor)

/** What the factory of an actor gets. */
export function createSelf(
  owner: NodeActors,
  activations: Activations,
  activation: Activation,
  key: string,
): ActorSelf {
  const { system, node } = owner
  const { engine } = system
  const end = (): void => void activations.deactivate(activation).catch(() => undefined)
  const chain = (): readonly string[] => (activation.type.reentrant ? [] : [...activation.chain, activation.id])
  const timer = (ms: number, callback: () => unknown, repeats: boolean): (() => void) => {
    if (!(typeof ms === 'number' && ms >= 0 && Number.isFinite(ms))) {
      throw badInput('actor timer ms', ms, 'it must be 0 or more virtual milliseconds')
    }
    const micros = Math.max(1, Math.round(ms * 1000))
    let event = engine.scheduleAt(engine.now + micros, actorTimerKind, 0, node.owner, fire, activation.id)
    const cancel = (): void => {
      engine.cancel(event)
      activation.timers.delete(cancel)
    }
    function fire(): void {
      if (repeats) event = engine.scheduleAt(engine.now + micros, actorTimerKind, 0, node.owner, fire, activation.id)
      else activation.timers.delete(cancel)
      if (activation.state === 'active') activation.runTurn(callback)
    }
    activation.timers.add(cancel)
    return cancel
  }
  const self = {
    id: activation.id,
    key,
    node: node.id,
    load: <T>(initial: T): Promise<ActorState<T>> => SavedState.load(system.storage, activation.id, initial, end),
    request: (ref: ActorRef, method: string, payload?: unknown, options?: ActorCallOptions) =>
      owner.call(ref, method, payload, options, chain()),
    send: (ref: ActorRef, method: string, payload?: unknown) =>
      owner.send(ref as ActorRef<Record<string, (p: unknown) => unknown>>, method, payload),
    after: (ms: number, callback: () => unknown) => timer(ms, callback, false),
    every: (ms: number, callback: () => unknown) => timer(ms, callback, true),
    onDeactivate: (hook: () => unknown) => void activation.hooks.push(hook),
    deactivate: end,
  }
  return self as unknown as ActorSelf
}
