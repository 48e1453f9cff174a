import { types } from 'node:util'
import { badInput, show } from './errors.ts'

/**
 * Refuses a generator function where a function is called once: nothing of it would ever run.
 *
 * @throws SimulationError (BAD_INPUT).
 */
export function refuseGenerator(given: unknown, where: string): void {
  if (!types.isGeneratorFunction(given)) return
  throw badInput(
    where,
    given,
    'it is a generator, of which nothing runs when it is called; write a function or an async function',
  )
}

/** Refuses a generator that a function has answered: nobody would run it. Throws SimulationError (BAD_INPUT). */
export function refuseGeneratorObject(answer: unknown, where: string): void {
  if (typeof answer !== 'object' || answer === null || !types.isGeneratorObject(answer)) return
  throw badInput(`the result of ${where}`, show(answer), 'it is a generator, which nobody runs; run it there')
}
