import { syncBuiltinESMExports } from 'node:module'
import { installDgram } from './dgram.ts'
import { installDns } from './dns.ts'
import { installFetch } from './fetch.ts'
import { installHttp } from './http.ts'
import { refuseHttp2 } from './http2.ts'
import { installInterfaces } from './interfaces.ts'
import { installNet } from './net.ts'
import { installTls } from './tls.ts'
import { adaptUndici } from './undici-global.ts'

const key = Symbol.for('vitest-simulation.sockets')

/** Makes Node's sockets part of a simulation, once; outside of one they are what they were. */
export function installSockets(): void {
  const holder = globalThis as unknown as Record<symbol, boolean | undefined>
  if (holder[key] === true) return
  holder[key] = true
  installNet()
  installDgram()
  installDns()
  installInterfaces()
  installHttp()
  installFetch()
  installTls()
  adaptUndici()
  refuseHttp2()
  syncBuiltinESMExports()
}
