import { constants } from 'node:os'
import type { Node } from './node.ts'

/** `process.kill` inside a simulation: reaches the living processes of its nodes; returns false when there is none of that id. */
export function sendSignal(nodes: readonly Node[], pid: number, signal: string | number): boolean {
  const node = nodes.find(({ owner }) => owner.alive && owner.life?.pid === pid)
  if (node === undefined) return false
  const signals: Readonly<Record<string, number>> = constants.signals
  const name = typeof signal === 'string' ? signal : Object.keys(signals).find((one) => signals[one] === signal)
  // Signal 0 only asks whether the process is there.
  if (name !== undefined) node.processes.signal(name, signals[name] ?? 15)
  return true
}
