/** Somebody who must know when a node's incarnation begins or ends: its bus, its actors. */
export interface LifeCycleListener {
  /** The incarnation's code will never run again. */
  died(reason: 'crashed' | 'stopped'): void
  /** The node's disk is empty. */
  wiped?(): void
  /** A graceful stop begins: the listener calls `done` when its work is finished. */
  stopping?(done: () => void): void
  /** Boot has settled (or the node was resumed): what waited may come in. */
  up(): void
}
