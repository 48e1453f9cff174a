/** What a user sees of the network: every fault by hand. Each returns its undo. */
import type { Latency } from './latency.ts'
import type { CutMode } from './link.ts'
import type { Rule } from './rule.ts'

/** The network between the nodes. */
export interface Network {
  /**
   * Cuts every link between two groups of nodes, given by their ids; the result heals it. Messages on the way are
   * lost, or held with `inFlight: 'hold'`.
   *
   * @example
   * const heal = sim.network.partition(['n1'], ['n2', 'n3'], { oneWay: true })
   */
  partition(a: readonly string[], b: readonly string[], options?: PartitionOptions): () => void
  /**
   * Cuts a node off from all others; the result heals it.
   *
   * @example
   * const heal = sim.network.isolate('n1')
   */
  isolate(node: string | { readonly id: string }, options?: PartitionOptions): () => void
  /**
   * Ends every partition, hold and clog, whoever made it; what was held arrives. Rules and `link().set` stay.
   *
   * @example
   * sim.network.heal()
   */
  heal(): void
  /**
   * Keeps every message of one direction back, those on the way too; the result releases them.
   *
   * @example
   * const release = sim.network.hold(['n1', 'n2'])
   */
  hold(link: LinkHandle | readonly [string, string]): () => void
  /**
   * Ends the latest `hold` of a direction; what was kept back arrives in order.
   *
   * @example
   * sim.network.release(['n1', 'n2'])
   */
  release(link: LinkHandle | readonly [string, string]): void
  /**
   * Delivers nothing in one direction for `ms` virtual milliseconds, then all of it in order; the result ends it.
   *
   * @example
   * sim.network.clog(['client', 'server'], 200)
   */
  clog(link: LinkHandle | readonly [string, string], ms: number): () => void
  /**
   * One direction between two nodes, to change its latency and fault probabilities.
   *
   * @example
   * sim.network.link('n1', 'n2').set({ latency: { kind: 'exponential', min: 1, mean: 20 }, loss: 0.1 })
   */
  link(from: string, to: string): LinkHandle
  /**
   * Adds a rule that judges every message when it is sent: 'pass', 'drop' or a delay in ms. The first verdict that is
   * not 'pass' counts. The result removes the rule.
   *
   * @example
   * const stop = sim.network.rule((message) => (message.method === 'add' ? { delay: 50 } : 'pass'))
   */
  rule(rule: Rule): () => void
}

/** How a partition cuts. */
export interface PartitionOptions {
  /** Cut only from the first side to the second. Default false. */
  readonly oneWay?: boolean
  /** What happens to messages that are sent, or would arrive, during the cut: lost, or delivered after healing. Default 'drop'. */
  readonly inFlight?: CutMode
}

/** What `link().set` takes: the latency and probabilities (0 to 1) of one direction. */
export interface LinkSettings {
  /** How long a message travels, ms. */
  readonly latency?: Latency
  /** Probability that a message is lost, 0 to 1. */
  readonly loss?: number
  /** Probability that a message arrives twice, 0 to 1. */
  readonly duplication?: number
  /** Probability that a message may overtake others, 0 to 1. */
  readonly reordering?: number
}

/** One direction between two nodes, as a test sees it. */
export interface LinkHandle {
  /** Id of the sending node. */
  readonly from: string
  /** Id of the receiving node. */
  readonly to: string
  /**
   * Changes this direction's latency and fault probabilities.
   *
   * @example
   * sim.network.link('n1', 'n2').set({ loss: 0.5 })
   */
  set(settings: LinkSettings): void
}
