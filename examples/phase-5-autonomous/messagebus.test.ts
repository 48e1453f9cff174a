import { simulation } from 'vitest-simulation'
import { messagebus } from './messagebus.ts'

// The name makes the override of vitest.config.ts apply: slow after 180 s.
simulation.test(
  'slow_simulation_messagebus',
  {
    nodes: 5,
    chaos: 'swarm',
    // Fired by the actor system itself.
    sometimes: ['directory hit', 'directory miss', 'local activation', 'remote forward'],
  },
  messagebus,
)
