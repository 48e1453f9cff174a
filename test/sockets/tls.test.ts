/** TLS without encryption: who speaks it, and for whom its certificates are. */
import http from 'node:http'
import https from 'node:https'
import tls from 'node:tls'
import { once } from 'node:events'
import { generate } from 'selfsigned'
import { expect, test } from 'vitest'
import { checkSimulation } from '../../src/runner/check-simulation.ts'
import type { Simulation } from '../../src/world/door.ts'

const extension = { name: 'subjectAltName' as const, altNames: [{ type: 2 as const, value: 'api' }] }
const { private: key, cert } = await generate([{ name: 'commonName', value: 'api' }], {
  extensions: [extension],
} as never)

async function run(body: (sim: Simulation) => Promise<void>): Promise<void> {
  const { failure } = await checkSimulation(body, { iterations: 3, determinism: 1, shrink: false })
  if (failure !== undefined) throw new Error(failure.failure.message, { cause: failure.failure.stack })
}

const causeOf = async (url: string): Promise<NodeJS.ErrnoException> => {
  const error = await fetch(url).then(
    () => undefined,
    (thrown: Error) => thrown,
  )
  return error?.cause as NodeJS.ErrnoException
}

function serve(sim: Simulation): void {
  sim.node('api', () => {
    https.createServer({ key, cert }, (request, response) => response.end(`secure ${request.url}`)).listen(443)
    http.createServer((_request, response) => response.end('plain')).listen(80)
  })
}

test('https and fetch reach a server by the name in its certificate', () =>
  run(async (sim) => {
    serve(sim)
    await sim.node('client').run(async () => {
      expect(await (await fetch('https://api/a')).text()).toBe('secure /a')
      const request = https.get('https://api/b')
      const [response] = (await once(request, 'response')) as [http.IncomingMessage]
      let text = ''
      for await (const data of response) text += String(data)
      expect(text).toBe('secure /b')
    })
  }))

test('not by another name, unless the client does not care', () =>
  run(async (sim) => {
    serve(sim)
    await sim.node('client').run(async () => {
      expect((await causeOf('https://10.0.0.1/a')).code).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
      const socket = tls.connect({ host: '10.0.0.1', port: 443, rejectUnauthorized: false })
      await once(socket, 'secureConnect')
      expect([socket.authorized, socket.encrypted, socket instanceof tls.TLSSocket]).toEqual([false, true, true])
      socket.destroy()
    })
  }))

test('who does not speak it is found out', () =>
  run(async (sim) => {
    serve(sim)
    await sim.node('client').run(async () => {
      expect((await causeOf('https://api:80/')).code).toBe('ERR_SSL_WRONG_VERSION_NUMBER')
      expect((await causeOf('http://api:443/')).code).toMatch(/UND_ERR_SOCKET|ECONNRESET/)
    })
  }))

test('a server without a certificate takes nobody', () =>
  run(async (sim) => {
    sim.node('api', () => void https.createServer({}, (_request, response) => response.end()).listen(443))
    await sim.node('client').run(async () => {
      expect((await causeOf('https://api/')).code).toBe('ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE')
    })
  }))
