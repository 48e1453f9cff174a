const key = Symbol.for('vitest-simulation.timezone')
const store = globalThis as unknown as Record<symbol, string | undefined>

/**
 * Gives the run a time zone unless the user set TZ; workers inherit it.
 *
 * Without it `new Date(…).getHours()` would make the same seed behave differently on two machines. It happens when the
 * configuration is loaded: once a worker has started, changing TZ there is too late. What this set earlier in the
 * process (a config reload in watch mode) may be set again.
 */
export function setTimezone(timezone: string | false, environment: NodeJS.ProcessEnv = process.env): void {
  const isOurs = environment.TZ !== undefined && environment.TZ === store[key]
  if (environment.TZ !== undefined && !isOurs) return
  if (timezone === false) {
    if (isOurs) delete environment.TZ
    return
  }
  environment.TZ = timezone
  store[key] = timezone
}
