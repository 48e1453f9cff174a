import type { Engine } from '../engine/engine.ts'
import type { MessageNetwork } from '../network/message-network.ts'
import type { BusHooks } from './hooks.ts'
import type { UnheardErrors } from './unheard-errors.ts'

/** What all buses of one simulation share. */
export interface BusShared {
  readonly engine: Engine
  readonly network: MessageNetwork
  readonly hooks: BusHooks
  readonly unheard: UnheardErrors
  /** Correlation ids are unique over nodes and incarnations. */
  correlationIds: number
  /** Requests pending, all buses together; those in the background are not counted here, nor in the next two. */
  pending: number
  /** Handlers under way, all buses together. */
  handling: number
  /** Messages between a bus and the network or a node: delayed before sending, or parked while the node boots. */
  moving: number
  /** The system never rests, and is looked at as if it did: what it has but renewed counts as ended. */
  leavesOutRenewed: boolean
}
