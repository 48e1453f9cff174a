import type { SeedChaos } from '../chaos/seed-chaos.ts'
import { FollowedPromises } from '../engine/followed-promises.ts'
import type { Engine } from '../engine/engine.ts'
import { FollowedOwners } from '../virtual/followed-owners.ts'
import { contextIsFree } from '../virtual/own-storage.ts'
import type { IterationPlan } from './iteration-plan.ts'

/**
 * Begins to follow asynchronous context in a run, as far as its plan wants it. Where context is free each run follows the
 * owners of code whose nodes may be stopped by the chaos, and `whereFree`.
 */
export function follow(engine: Engine, plan: IterationPlan, { crash, pause }: SeedChaos): void {
  const { awaitsUntil, followsOwners } = plan
  if (awaitsUntil !== undefined) engine.awaits = new FollowedPromises(engine, awaitsUntil)
  const mayStop = crash !== undefined || pause !== undefined
  const follows = followsOwners === 'where free' ? contextIsFree : (followsOwners ?? (mayStop && contextIsFree))
  if (follows !== false) engine.strays = new FollowedOwners(engine, follows === 'explaining')
}

export function unfollow(engine: Engine): void {
  engine.awaits?.stop()
  engine.strays?.stop()
}
