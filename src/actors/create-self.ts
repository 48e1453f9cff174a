import { badInput } from '../engine/errors.ts'
import { clockKind } from '../engine/event.ts'
import type { Activation, Ending } from './activation.ts'
import type { ActorCallOptions, ActorRef, ActorSelf, ActorState } from './actor.ts'
import type { ActorCaller, ActorNode } from './actor-node.ts'
import type { ActorSystem } from './actor-system.ts'
import { SavedState } from './state.ts'

const actorTimerKind = clockKind<string>('actor timer', (actor) => actor)

/** What the factory of an actor gets. */
export function createSelf(
  node: ActorNode,
  system: ActorSystem,
  caller: ActorCaller,
  activation: Activation,
  key: string,
  deactivate: (ending?: Ending) => Promise<void>,
): ActorSelf {
  const { engine } = system
  const { id, fence } = activation
  /** Another activation has taken over: its hooks would act on what is no longer theirs. */
  const conflicted = (): void => void deactivate({ unregister: true, hooks: false })
  const timer = (ms: number, callback: () => unknown, repeats: boolean): (() => void) => {
    if (!(typeof ms === 'number' && ms >= 0 && Number.isFinite(ms))) {
      throw badInput('actor timer ms', ms, 'it must be 0 or more virtual milliseconds')
    }
    if (typeof callback !== 'function') throw badInput('actor timer callback', callback, 'it must be a function')
    if (activation.state === 'gone') return () => {}
    const micros = Math.max(1, Math.round(ms * 1000))
    const arm = () => engine.scheduleByClock(micros, actorTimerKind, 0, node.owner, fire, id)
    let isUndone = false
    const cancel = (): void => {
      isUndone = true
      engine.cancel(event)
      activation.timers.delete(cancel)
    }
    function fire(): void {
      if (repeats) event = arm()
      else activation.timers.delete(cancel)
      // One that comes while the factory runs waits for it; of those that repeat another one comes.
      if (activation.state === 'active' || (activation.state === 'loading' && !repeats)) activation.runTurn(turn)
    }
    // It may be undone while it waits for its turn.
    const turn = (): unknown => (isUndone ? undefined : callback())
    let event = arm()
    activation.timers.add(cancel)
    return cancel
  }
  const self = {
    id,
    key,
    node: node.id,
    load: <T>(initial: T): Promise<ActorState<T>> => SavedState.load(system.storage, id, fence, initial, conflicted),
    request: (ref: ActorRef, method: string, payload?: unknown, options?: ActorCallOptions) =>
      caller.call(ref, method, payload, options, activation.chainOfCall(), true),
    send: (ref: ActorRef, method: string, payload?: unknown) => caller.cast(ref, method, payload, true),
    after: (ms: number, callback: () => unknown) => timer(ms, callback, false),
    every: (ms: number, callback: () => unknown) => timer(ms, callback, true),
    onDeactivate: (hook: () => unknown) => {
      if (typeof hook !== 'function') throw badInput('self.onDeactivate(hook)', hook, 'it must be a function')
      activation.hooks.push(hook)
    },
    deactivate: () => void deactivate(),
  }
  return self as unknown as ActorSelf
}
