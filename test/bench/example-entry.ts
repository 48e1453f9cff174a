/** The example of phase 5, word for word, with the simulator it runs in. */
export { messagebus } from '../../examples/phase-5-autonomous/messagebus.ts'
export { checkSimulation } from '../soak/door.ts'
