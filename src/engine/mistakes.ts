/** Names of errors that say that code is wrong, whatever the network and the disks do: no fault explains them. */
const mistakes = new Set([
  'TypeError',
  'ReferenceError',
  'RangeError',
  'SyntaxError',
  'EvalError',
  'URIError',
  'AssertionError',
  'SimulationError',
  'PayloadNotCloneable',
  'DataCloneError',
])

/** True for an error that says that the code is wrong. */
export function isMistake({ name }: { readonly name: string }): boolean {
  return mistakes.has(name)
}
