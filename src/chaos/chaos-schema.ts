import { type Fields, type Schema, choose, object, oneOf, rule } from '../engine/schema.ts'
import { eachFamily, families, type AmendedProfile, type Chaos, type ChaosOptions } from './families.ts'

/** What the option `chaos` may be; `latency`: what a model of latency must be. */
export function chaosSchema<Latency>(latency: Schema<Latency>): Schema<Chaos<Latency>> {
  const profiles = "it must be 'calm', 'random', 'swarm' or an object of fault families"
  const fields = {
    ...eachFamily<Schema>((name) => families[name].schema as Schema),
    latency: choose((value) => (value === 'drawn' ? oneOf(['drawn']) : latency)),
  } as Fields<ChaosOptions<Latency>>
  const named = object<ChaosOptions<Latency>>(fields, { allowed: profiles })
  const amended = object<AmendedProfile<Latency>>({ ...fields, profile: oneOf(['random', 'swarm']) })
  const profile = rule((value) => value === 'calm' || value === 'random' || value === 'swarm', profiles)
  return choose((value) => {
    if (typeof value !== 'object' || value === null) return profile
    return 'profile' in value ? amended : named
  })
}
