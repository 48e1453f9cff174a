import fs from 'node:fs'
import fsPromises from 'node:fs/promises'
import { replaceFunction } from '../replace.ts'
import { makeFrozen, makeFrozenCallback, makeRefused, refuse } from './treatments.ts'

/** Done for real while virtual time stands still: files that are there do not change in a simulation. */
export const fileReads = [
  'access',
  'exists',
  'fstat',
  'lstat',
  'open',
  'openAsBlob',
  'opendir',
  'read',
  'readFile',
  'readdir',
  'readlink',
  'readv',
  'realpath',
  'stat',
  'statfs',
  'close',
] as const

/** Refused: what one seed writes another one would read. */
export const fileWrites = [
  'appendFile',
  'chmod',
  'chown',
  'copyFile',
  'cp',
  'fchmod',
  'fchown',
  'fdatasync',
  'fsync',
  'ftruncate',
  'futimes',
  'lchmod',
  'lchown',
  'link',
  'lutimes',
  'mkdir',
  'mkdtemp',
  'rename',
  'rm',
  'rmdir',
  'symlink',
  'truncate',
  'unlink',
  'utimes',
  'write',
  'writeFile',
  'writev',
] as const

export const fileWatches = ['watch', 'watchFile'] as const

export const insteadOfWriting =
  'what one seed writes, the next one would read. ' +
  "Write to the node's disk (`node.storage`), or to a file for real in `await sim.real(() => …)`"

export const insteadOfWatching = 'files do not change in a simulation. Leave the watcher out, or pass it in'

/** Standard input, output and error: a line that is printed changes nothing. */
const isStandard = ([file]: unknown[]): boolean => typeof file === 'number' && file <= 2

const writingFlag = /[wa+]/
const { O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND } = fs.constants
const writingBits = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND

function writes(flags: unknown): boolean {
  return typeof flags === 'number' ? (flags & writingBits) !== 0 : typeof flags === 'string' && writingFlag.test(flags)
}

/** `open` with flags that write is refused as a write. */
const isReading = ([, flags]: unknown[]): boolean => !writes(flags)

/** Methods of a FileHandle that read. */
const handleReads = ['close', 'read', 'readFile', 'readv', 'stat'] as const

const known = new WeakSet<object>()

/** The class of file handles has no name that could be reached: it is met with the first one. */
function knowHandle(handle: object): void {
  for (const target of [Object.getPrototypeOf(handle) as object, handle]) {
    if (known.has(target)) continue
    known.add(target)
    for (const key of handleReads) {
      if (Object.hasOwn(target, key)) makeFrozen({ target, key, api: `FileHandle.${key}` })
    }
  }
}

/** Lets code in a simulation read files, and refuses what writes them. */
export function installFiles(): void {
  for (const key of fileReads) {
    const look = (api: string) => (args: unknown[], engine: Parameters<typeof refuse>[0]) => {
      if (key === 'open' && !isReading(args)) refuse(engine, api, insteadOfWriting)
    }
    makeFrozenCallback({ target: fs, key, api: `fs.${key}` }, look(`fs.${key}`))
    makeFrozen({ target: fsPromises, key, api: `fs/promises.${key}` }, look(`fs/promises.${key}`))
  }
  replaceFunction<(...args: unknown[]) => Promise<object>>(fsPromises, 'open', (original) => async (...args) => {
    const handle = await original(...args)
    knowHandle(handle)
    return handle
  })
  makeRefused({ target: fs, key: 'openSync', api: 'fs.openSync' }, insteadOfWriting, 'throws', isReading)
  for (const key of fileWrites) {
    for (const name of [key, `${key}Sync`]) {
      makeRefused({ target: fs, key: name, api: `fs.${name}` }, insteadOfWriting, 'throws', isStandard)
    }
    makeRefused({ target: fsPromises, key, api: `fs/promises.${key}` }, insteadOfWriting, 'rejects', isStandard)
  }
  makeRefused({ target: fs, key: 'createWriteStream', api: 'fs.createWriteStream' }, insteadOfWriting)
  for (const key of fileWatches) makeRefused({ target: fs, key, api: `fs.${key}` }, insteadOfWatching)
  makeRefused({ target: fsPromises, key: 'watch', api: 'fs/promises.watch' }, insteadOfWatching)
}
