import { contextIsFree, ownStorage } from './own-storage.ts'

const slices = ownStorage<true>()

/** Runs a slice of a simulation, so that what it starts is known to be of it. */
export function runSlice(slice: () => void): void {
  if (contextIsFree) slices.run(true, slice)
  else slice()
}

/** True: the running code goes back to a simulation; undefined: that is not known without promise hooks. */
export function isOfSimulation(): boolean | undefined {
  return contextIsFree ? slices.getStore() === true : undefined
}
