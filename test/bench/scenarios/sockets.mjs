import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import { pass } from '../bodies.mjs'
import { interleave, ratios, row } from '../measure.mjs'

/** One byte there and one back, `trips` times, over one connection to `host`. */
async function roundTrips(host, port, trips) {
  const socket = net.connect(port, host)
  await once(socket, 'connect')
  await new Promise((resolve, reject) => {
    let left = trips
    socket.on('error', reject)
    socket.on('data', () => {
      if (--left === 0) resolve()
      else socket.write('x')
    })
    socket.write('x')
  })
  socket.destroy()
}

async function requests(host, port, count) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  for (let left = count; left > 0; left--) {
    await new Promise((resolve, reject) => {
      const request = http.get({ host, port, agent, path: '/' }, (response) => response.resume().on('end', resolve))
      request.on('error', reject)
    })
  }
  agent.destroy()
}

const echo = () => net.createServer((socket) => socket.on('data', (data) => socket.write(data)).on('error', () => {}))
const web = () => http.createServer((_request, response) => response.end('hello'))

const simulated = (server, exchange, count) => async (sim) => {
  sim.node('server', () => void server().listen(80))
  await sim.node('client').run(() => exchange('server', 80, count))
}

async function real(server, exchange, count) {
  const listening = server().listen(0, '127.0.0.1')
  await once(listening, 'listening')
  await exchange('127.0.0.1', listening.address().port, count)
  listening.closeAllConnections?.()
  listening.close()
  await once(listening, 'close')
}

/** Node's own sockets on simulated connections, against the same exchange over the loopback interface. */
export async function run({ simulator, quick }) {
  simulator.installVirtualGlobals()
  simulator.installSockets()
  const trips = quick ? 100 : 20_000
  const gets = quick ? 50 : 4_000
  const options = { iterations: 1, limits: { events: 10_000_000 } }
  const inSimulation = (server, exchange, count) => ({
    units: count,
    run: () => pass(simulator, simulated(server, exchange, count), options),
  })
  const samples = await interleave(
    [
      { name: 'tcp', ...inSimulation(echo, roundTrips, trips) },
      { name: 'loopback tcp', units: trips, run: () => real(echo, roundTrips, trips) },
      { name: 'http', ...inSimulation(web, requests, gets) },
      { name: 'loopback http', units: gets, run: () => real(web, requests, gets) },
    ],
    quick ? 1 : 7,
  )
  const of = (name) => samples.get(name)
  return [
    row('round trips over simulated TCP', 'per s', of('tcp'), 'tcpRoundTripsPerSecond'),
    row('  ratio to the loopback interface', '×', ratios(of('tcp'), of('loopback tcp')), 'tcpRatio'),
    row('HTTP requests over simulated TCP', 'per s', of('http'), 'httpRequestsPerSecond'),
    row('  ratio to the loopback interface', '×', ratios(of('http'), of('loopback http')), 'httpRatio'),
  ]
}
