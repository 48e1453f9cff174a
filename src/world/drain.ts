import type { Host } from '../virtual/host.ts'

let works: boolean | undefined

/**
 * True when the host's synchronous drain empties promise chains and nested nextTicks; must be called from a macrotask.
 *
 * `process._tickCallback` is not documented, so it is tested once instead of trusted.
 */
export function drainWorks(host: Host): boolean {
  if (works !== undefined) return works
  if (host.drain === undefined) return (works = false)
  let steps = 0
  const step = (): void => void steps++
  void Promise.resolve()
    .then(step)
    .then(step)
    .then(() => host.nextTick(step))
  host.nextTick(() => {
    step()
    void Promise.resolve().then(() => host.nextTick(() => void Promise.resolve().then(step)))
  })
  host.drain()
  return (works = steps === 5)
}
