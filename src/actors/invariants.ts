import type { ActorSystem } from './actor-system.ts'

/** When quiet: every living activation is registered, and every registration under a living lease has its activation. */
export function registeredAreAlive(system: ActorSystem): true | string {
  const registrations = system.registrations()
  const alive = new Set<number>()
  for (const activation of system.activations()) {
    if (!system.isValid(activation)) continue
    const { registration, id } = activation
    alive.add(registration.activation)
    const entry = registrations.get(id)
    if (entry !== undefined && !entry.isDecided) continue
    const known = entry?.value
    if (known?.activation !== registration.activation) {
      return `${id} is active on ${registration.node} but registered ${known === undefined ? 'nowhere' : `on ${known.node}`}`
    }
  }
  for (const [id, { value, isDecided }] of registrations) {
    const { activation, node, lease } = value
    if (isDecided && system.members.get(node)?.holds(lease) === true && !alive.has(activation)) {
      return `${id} is registered on ${node} but not active there`
    }
  }
  return true
}

/** After a shutdown: no activation lives, and no registration is under a living lease. */
export function leftAfterShutdown(system: ActorSystem): true | string {
  for (const { id, registration, state } of system.activations())
    return `${id} on ${registration.node} is still ${state}`
  for (const [id, { value }] of system.registrations()) {
    const { node, lease } = value
    if (system.members.get(node)?.holds(lease) === true) return `${id} is still registered on ${node}`
  }
  return true
}
