import { ownerStream } from './owner-stream.ts'

/** The stream behind every function of node:crypto and Web Crypto that answers random bytes. */
export const cryptoStream = ownerStream('crypto')
