import http2 from 'node:http2'
import { refuse } from '../../virtual/io/treatments.ts'
import { replaceFunction } from '../../virtual/replace.ts'
import { simulating } from '../../virtual/simulating.ts'

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown

export const insteadOfHttp2 =
  'its sessions are native code that writes in real time. Use HTTP/1.1 in the simulation, or do it for real in `await sim.real(() => …)`'

export const http2Functions = ['connect', 'createServer', 'createSecureServer', 'performServerHandshake'] as const

export function refuseHttp2(): void {
  for (const key of http2Functions) {
    replaceFunction<AnyFunction>(http2, key, (original) => {
      return function (this: unknown, ...args: unknown[]): unknown {
        const engine = simulating(`http2.${key}`)
        return engine === undefined ? original.apply(this, args) : refuse(engine, `http2.${key}`, insteadOfHttp2)
      }
    })
  }
}
