import net from 'node:net'
import { Aedes } from 'aedes'
import coap from 'coap'
import Redis from 'ioredis'
import mqtt from 'mqtt'
import multicastDns from 'multicast-dns'
import nodemailer from 'nodemailer'
import { createClient } from 'redis'
import { SMTPServer } from 'smtp-server'
import { Server } from 'socket.io'
import { io } from 'socket.io-client'
import { WebSocket, WebSocketServer } from 'ws'
import { exchange } from './check.ts'
import { serveRedis } from './redis-server.ts'

const event = (emitter: { once(event: string, listener: (value: unknown) => void): unknown }, name: string) =>
  new Promise<unknown>((resolve, reject) => {
    emitter.once(name, resolve)
    if (name !== 'error') emitter.once('error', reject)
  })

for (const deflate of [false, true]) {
  exchange(
    deflate ? 'ws-deflate' : 'ws',
    {
      server: () => {
        const server = new WebSocketServer({ port: 80, perMessageDeflate: deflate && { threshold: 0 } })
        server.on('connection', (socket) => {
          socket.on('error', () => {})
          socket.on('message', (data) => socket.send(`re: ${String(data)}`))
        })
      },
      client: async () => {
        const socket = new WebSocket('ws://server/')
        await event(socket, 'open')
        const answers: string[] = []
        for (const text of ['one', 'two'.repeat(500)]) {
          socket.send(text)
          answers.push(String(await event(socket, 'message')).slice(0, 10))
        }
        socket.close()
        await event(socket, 'close')
        return answers
      },
    },
    ['re: one', 're: twotwo'],
  )
}

exchange(
  'socket.io',
  {
    server: () => {
      new Server(80).on('connection', (socket) => {
        socket.on('add', (a: number, b: number, done: (sum: number) => void) => done(a + b))
      })
    },
    client: async () => {
      const socket = io('http://server', { transports: ['websocket'] })
      const sum = (await socket.timeout(20_000).emitWithAck('add', 1, 2)) as number
      socket.close()
      return sum
    },
  },
  3,
)

exchange(
  'ioredis',
  {
    server: () => void serveRedis().listen(6379),
    client: async () => {
      const redis = new Redis({ host: 'server', maxRetriesPerRequest: 3, connectTimeout: 2_000 })
      redis.on('error', () => {})
      try {
        await redis.set('a', '1')
        return [await redis.get('a'), await redis.incr('a'), await redis.get('none')]
      } finally {
        redis.disconnect()
      }
    },
  },
  ['1', 2, null],
)

exchange(
  'redis',
  {
    server: () => void serveRedis().listen(6379),
    client: async () => {
      const redis = createClient({ url: 'redis://server', socket: { reconnectStrategy: false, connectTimeout: 2_000 } })
      redis.on('error', () => {})
      await redis.connect()
      try {
        await redis.set('a', '1')
        return [await redis.get('a'), await redis.incr('a')]
      } finally {
        redis.destroy()
      }
    },
  },
  ['1', 2],
)

exchange(
  'mqtt+aedes',
  {
    server: async () => {
      const broker = await Aedes.createBroker()
      net.createServer(broker.handle).listen(1883)
    },
    client: async (sim) => {
      await sim.sleep(20)
      const client = mqtt.connect('mqtt://server', { connectTimeout: 3_000, reconnectPeriod: 500, clientId: 'one' })
      client.on('error', () => {})
      try {
        await event(client, 'connect')
        await client.subscribeAsync('orders/#', { qos: 1 })
        const heard = new Promise((resolve) => client.once('message', (topic, text) => resolve([topic, String(text)])))
        await client.publishAsync('orders/1', 'lamp', { qos: 1 })
        return await heard
      } finally {
        client.end(true)
      }
    },
  },
  ['orders/1', 'lamp'],
)

exchange(
  'nodemailer+smtp-server',
  {
    server: () => {
      const server = new SMTPServer({
        authOptional: true,
        disabledCommands: ['STARTTLS'],
        onData: (stream, _session, done) => {
          stream.resume()
          stream.on('end', () => done(null))
        },
      })
      server.on('error', () => {})
      server.listen(25)
    },
    client: async () => {
      const transport = nodemailer.createTransport({
        host: 'server',
        port: 25,
        ignoreTLS: true,
        connectionTimeout: 5_000,
      })
      const info = await transport.sendMail({ from: 'a@x.example', to: 'b@y.example', subject: 'hello', text: 'text' })
      return info.accepted
    },
  },
  ['b@y.example'],
)

exchange(
  'coap',
  {
    server: () => {
      coap
        .createServer((message: { url: string }, response: { end(text: string): void }) =>
          response.end(`at ${message.url}`),
        )
        .listen()
    },
    client: async () => {
      const question = coap.request('coap://server/lamp')
      const answer = event(question, 'response') as Promise<{ payload: Buffer }>
      question.end()
      return String((await answer).payload)
    },
  },
  'at /lamp',
)

exchange(
  'multicast-dns',
  {
    server: () => {
      const responder = multicastDns()
      responder.on('error', () => {})
      responder.on('query', ({ questions }: { questions: { name: string }[] }) => {
        if (questions.some(({ name }) => name === 'lamp.local')) {
          responder.respond([{ name: 'lamp.local', type: 'A', ttl: 300, data: '10.0.0.1' }])
        }
      })
    },
    client: async (sim) => {
      await sim.sleep(20)
      const resolver = multicastDns()
      const answered = new Promise((resolve) => {
        resolver.on('response', ({ answers }: { answers: { data: unknown }[] }) => resolve(answers[0]?.data))
      })
      resolver.query('lamp.local', 'A')
      const address = await answered
      resolver.destroy()
      return address
    },
  },
  '10.0.0.1',
)
