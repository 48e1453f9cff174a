import { compressions } from './compression.ts'
import { derivations, signatures, subtleMethods } from './cryptography.ts'
import { fileReads, fileWatches, fileWrites, insteadOfWatching, insteadOfWriting } from './files.ts'
import { drawnKeys } from './key-pairs.ts'
import { childProcesses, insteadOfMoving, insteadOfProcesses } from './processes.ts'
import { drawnSubtleKeys } from './subtle-keys.ts'
import { webAssemblyFunctions, webAssemblyStreams } from './web-assembly.ts'

/** What becomes of a call of Node's inside a simulation. */
export interface IoRule {
  /** Full names, as messages have them. */
  readonly apis: readonly string[]
  /** virtual: part of the simulation; frozen: done for real while virtual time stands still; refused: the seed fails. */
  readonly what: 'virtual' | 'frozen' | 'refused'
  /** How, or what to do instead. */
  readonly how: string
}

const named = (prefix: string, names: readonly string[]): string[] => names.map((name) => `${prefix}.${name}`)

/** Every call that would come back in real time, by what is done about it. */
export const ioRules: readonly IoRule[] = [
  {
    apis: named('zlib', compressions),
    what: 'virtual',
    how: 'its synchronous form; the callback comes some microseconds later',
  },
  {
    apis: named('crypto', [...derivations, ...signatures]),
    what: 'virtual',
    how: 'its synchronous form; the callback comes some microseconds later',
  },
  {
    apis: named('crypto', ['generateKey', 'generateKeySync', 'generateKeyPair', 'generateKeyPairSync']),
    what: 'virtual',
    how: `drawn from the seed: ${drawnKeys.join(', ')}; other kinds are refused`,
  },
  {
    apis: ['crypto.subtle.generateKey'],
    what: 'virtual',
    how: `drawn from the seed: ${drawnSubtleKeys.join(', ')}; other kinds are refused`,
  },
  {
    apis: named('crypto', ['generatePrime', 'generatePrimeSync']),
    what: 'virtual',
    how: 'drawn from the seed; with `add` they are refused',
  },
  {
    apis: ['crypto.createSign', 'crypto.publicEncrypt'],
    what: 'virtual',
    how: 'nonces, salts and paddings are drawn from the seed, as in `crypto.sign`, `crypto.subtle.sign` and `crypto.subtle.encrypt`',
  },
  { apis: ['ecdh.generateKeys', 'dh.generateKeys'], what: 'virtual', how: 'drawn from the seed' },
  { apis: ['new MessageChannel', 'new BroadcastChannel'], what: 'virtual', how: 'an event for each message' },
  { apis: ['blob.stream'], what: 'virtual', how: 'chunks of 64 KiB' },
  { apis: ['a stream of zlib', 'CompressionStream'], what: 'frozen', how: 'each step' },
  { apis: named('crypto.subtle', subtleMethods), what: 'frozen', how: 'on the threads of Node' },
  { apis: named('fs', fileReads), what: 'frozen', how: 'files that are there do not change' },
  {
    apis: named(
      'fs/promises',
      fileReads.filter((name) => !['exists', 'fstat', 'read', 'readv', 'close', 'openAsBlob'].includes(name)),
    ),
    what: 'frozen',
    how: 'files that are there do not change',
  },
  { apis: named('WebAssembly', webAssemblyFunctions), what: 'virtual', how: 'at once' },
  { apis: named('WebAssembly', webAssemblyStreams), what: 'frozen', how: 'on the threads of V8' },
  { apis: ['import()'], what: 'frozen', how: 'when the module was not known before; otherwise at once' },
  {
    apis: [
      ...named('fs', fileWrites),
      ...named(
        'fs',
        fileWrites.map((name) => `${name}Sync`),
      ),
      'fs.createWriteStream',
    ],
    what: 'refused',
    how: insteadOfWriting,
  },
  { apis: named('fs', fileWatches), what: 'refused', how: insteadOfWatching },
  {
    apis: [...named('child_process', childProcesses), 'cluster.fork', 'new Worker'],
    what: 'refused',
    how: insteadOfProcesses,
  },
  { apis: ['process.chdir'], what: 'refused', how: insteadOfMoving },
]
