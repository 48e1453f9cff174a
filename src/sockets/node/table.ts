import { nameQueries } from './dns.ts'
import { http2Functions, insteadOfHttp2 } from './http2.ts'

/** What becomes of Node's network calls inside a simulation; the rules of all other calls are in src/virtual/io/table.ts. */
export const socketRules = [
  {
    apis: ['net.connect', 'net.Server.listen', 'http.request', 'fetch', 'new WebSocket', 'new EventSource'],
    what: 'virtual',
    how: 'TCP on the links between the nodes; a path is a Unix socket of the node',
  },
  {
    apis: ['tls.connect', 'https.request', 'tls.Server.listen'],
    what: 'virtual',
    how: 'the same, without encryption; certificates are checked by name',
  },
  {
    apis: ['bind', 'connect', 'send'].map((name) => `dgram.${name}`),
    what: 'virtual',
    how: 'messages that may be lost, copied and overtaken',
  },
  {
    apis: [...nameQueries.map((name) => `dns.${name}`), 'os.networkInterfaces'],
    what: 'virtual',
    how: 'ids of nodes are host names, and so are their `host` options',
  },
  { apis: http2Functions.map((name) => `http2.${name}`), what: 'refused', how: insteadOfHttp2 },
] as const
