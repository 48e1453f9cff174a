import { isOwnFile } from '../../../src/engine/stack.ts'

/** Vitest and what it is made of: a second instance of them would know nothing of the running test. */
const host = /\/node_modules\/(?:vitest|@vitest\/[^/]+|vite|vite-node|tinyspy|chai)\//

/** True for files that have one instance in a worker, whatever a simulation evaluates anew. */
export function isSharedFile(path: string): boolean {
  return host.test(path) || isOwnFile(path)
}
