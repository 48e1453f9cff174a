import { AsyncResource } from 'node:async_hooks'
import type { Engine } from '../engine/engine.ts'
import type { Owner } from '../engine/owner.ts'
import { Settlers } from '../engine/settlers.ts'
import { placeHere } from '../engine/stack.ts'
import type { Strays } from '../engine/strays.ts'
import { contextIsFree, ownStorage } from './own-storage.ts'

/** The incarnation whose code runs. */
const present = ownStorage<Owner | undefined>()

/**
 * What nodes share outlives their crashes, and knows no pause. When b frees a lock that a waits for, a's code goes on in b's
 * event, whatever has become of a. Each event runs in a context that says whose code it is; what that code awaits goes on in
 * the same context, whoever settles it.
 */
export class FollowedOwners implements Strays {
  private readonly engine: Engine
  private readonly settlers: Settlers | undefined

  /** `explains`: also say where it waited and who has settled that. */
  constructor(engine: Engine, explains: boolean) {
    this.engine = engine
    this.settlers = explains ? new Settlers(() => present.getStore()) : undefined
  }

  stop(): void {
    this.settlers?.stop()
    if (!contextIsFree) present.disable()
  }

  run<T>(action: (data: T) => void, data: T): void {
    const { code } = this.engine.owner
    if (code === undefined) action(data)
    else if (contextIsFree) ((code.context ??= keep(code)) as AsyncResource).runInAsyncScope(action, undefined, data)
    else present.run(code, action, data)
  }

  enter(action: () => void): void {
    present.run(this.engine.owner.code, action)
  }

  outside<T>(make: () => T): T {
    return present.run(undefined, make)
  }

  look(): void {
    const { engine } = this
    const who = present.getStore()
    if (who === undefined || who === engine.owner.code || (who.alive && who.parked === undefined)) return
    if (engine.failure === undefined) this.report(who)
  }

  private report(who: Owner): void {
    const { engine } = this
    const state = who.alive ? 'paused' : 'dead'
    const { waited, settled } = this.settlers?.find(who) ?? {}
    const other = engine.owner.isTest ? 'the test' : `'${engine.owner.id}'`
    const text =
      `code of '${who.id}', which is ${state}, has gone on in an event of ${other}, which has settled what it waited for` +
      (waited === undefined ? '' : `\n  '${who.id}' waited at ${waited}`) +
      (settled === undefined ? '' : `\n  ${other} settled that at ${settled}`) +
      '\nwhat nodes share (a lock, a promise, an emitter) outlives their crashes and knows no pause: let them talk by ' +
      "messages, or give each node its own (made in its boot function, or by modules: 'node')"
    engine.report('ZombieCode', `code of a ${state} node`, text, undefined, placeHere())
  }
}

/** In the context of the running code, so that what that has entered stays. */
function keep(code: Owner): AsyncResource {
  return present.run(code, () => new AsyncResource('Simulation', { requireManualDestroy: true }))
}
