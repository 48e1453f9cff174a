import { expect } from 'vitest'
import { simulation } from 'vitest-simulation'
import { evaluated } from './fixtures/defines.ts'

simulation.test(
  'a helper that defines tests and hooks is evaluated, and defines them once',
  { iterations: 20, determinism: 0 },
  () => {
    expect(evaluated.count).toBe(1)
  },
)
