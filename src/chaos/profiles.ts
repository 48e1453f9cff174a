import { eachFamily, families, type AmendedProfile, type Chaos, type ChaosOptions } from './families.ts'

/** Every family at the intensities that `random` and `swarm` draw from. */
const everything: ChaosOptions = eachFamily((name) => families[name].usual as never)

/**
 * The profile `random` with some families changed: `random({ loss: false, crash: { wipe: 0 } })`.
 *
 * A family that is false is off; what it says of an object counts, the rest stays as the profile has it.
 */
export function random<Latency = never>(amendments: ChaosOptions<Latency> = {}): AmendedProfile<Latency> {
  return { ...amendments, profile: 'random' }
}

/** The profile `swarm` with some families changed, as `random(…)`: each is on in half of the seeds. */
export function swarm<Latency = never>(amendments: ChaosOptions<Latency> = {}): AmendedProfile<Latency> {
  return { ...amendments, profile: 'swarm' }
}

/** 'custom': families by name. */
export function profileOf(chaos: Chaos): 'calm' | 'random' | 'swarm' | 'custom' {
  if (typeof chaos === 'string') return chaos
  return 'profile' in chaos ? chaos.profile : 'custom'
}

/** What each family may do, before a swarm draws which are on. */
export function familiesOf(chaos: Chaos): ChaosOptions {
  if (chaos === 'calm') return {}
  if (typeof chaos === 'string') return everything
  if (!('profile' in chaos)) return chaos
  const { profile: _profile, ...amendments } = chaos
  const all: Record<string, unknown> = { ...everything }
  for (const [family, value] of Object.entries(amendments)) {
    if (value !== undefined) all[family] = amended(all[family], value)
  }
  return all
}

/** A model of latency is one thing; of other objects each field counts by itself. */
function amended(usual: unknown, value: unknown): unknown {
  const isMergeable = isFields(usual) && isFields(value) && !('kind' in value)
  return isMergeable ? { ...usual, ...value } : value
}

function isFields(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
