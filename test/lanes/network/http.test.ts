import http from 'node:http'
import { serve } from '@hono/node-server'
import { createTRPCClient, httpBatchLink } from '@trpc/client'
import { initTRPC } from '@trpc/server'
import { createHTTPServer } from '@trpc/server/adapters/standalone'
import axios from 'axios'
import express from 'express'
import fastify from 'fastify'
import got from 'got'
import { Hono } from 'hono'
import { JSONRPCClient, JSONRPCServer } from 'json-rpc-2.0'
import Koa from 'koa'
import ky from 'ky'
import fetchOfPackage from 'node-fetch'
import superagent from 'superagent'
import { Agent, request, setGlobalDispatcher } from 'undici'
import { exchange } from './check.ts'

const plain = (): void => {
  http
    .createServer((message, response) => {
      let body = ''
      message.on('data', (data) => (body += String(data)))
      message.on('end', () => response.end(JSON.stringify({ path: message.url, length: body.length })))
    })
    .listen(80)
}
const text = 'x'.repeat(5_000)
const url = 'http://server/a'
const answer = { path: '/a', length: text.length }

exchange(
  'fetch',
  { server: plain, client: async () => (await fetch(url, { method: 'POST', body: text })).json() },
  answer,
)
exchange(
  'node-fetch',
  { server: plain, client: async () => (await fetchOfPackage(url, { method: 'POST', body: text })).json() },
  answer,
)
exchange(
  'axios',
  { server: plain, client: async () => (await axios.post(url, text, { timeout: 5_000 })).data as unknown },
  answer,
)
exchange(
  'got',
  { server: plain, client: () => got.post(url, { body: text, timeout: { request: 5_000 } }).json() },
  answer,
)
exchange('ky', { server: plain, client: () => ky.post(url, { body: text, timeout: 5_000 }).json() }, answer)
exchange(
  'superagent',
  {
    server: plain,
    client: async () =>
      JSON.parse(
        (await superagent.post(url).timeout(5_000).type('text').send(text).buffer(true).parse(superagent.parse.text))
          .text,
      ) as unknown,
  },
  answer,
)
exchange(
  'undici',
  {
    server: plain,
    client: async () => {
      setGlobalDispatcher(new Agent({ headersTimeout: 5_000 }))
      const { statusCode, body } = await request(url, { method: 'POST', body: text })
      return [statusCode, await body.json()]
    },
  },
  [200, answer],
)

const get = async (): Promise<unknown> => {
  const answers: unknown[] = []
  for (const id of [1, 2, 3]) answers.push(await (await fetch(`http://server/items/${id}`)).json())
  return answers
}
const items = [{ id: '1' }, { id: '2' }, { id: '3' }]
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 3))

exchange(
  'hono',
  {
    server: () => {
      const app = new Hono().get('/items/:id', async (context) => {
        await pause()
        return context.json({ id: context.req.param('id') })
      })
      serve({ fetch: app.fetch, port: 80 })
    },
    client: get,
  },
  items,
)
exchange(
  'fastify',
  {
    server: () => {
      const app = fastify()
      app.get('/items/:id', async (message) => {
        await pause()
        return { id: (message.params as { id: string }).id }
      })
      return app.listen({ port: 80, host: '0.0.0.0' })
    },
    client: async (sim) => {
      await sim.sleep(20)
      return get()
    },
  },
  items,
)
exchange(
  'express',
  {
    server: () => {
      const app = express()
      app.get('/items/:id', async (message: { params: { id: string } }, response: { json(value: unknown): void }) => {
        await pause()
        response.json({ id: message.params.id })
      })
      app.listen(80)
    },
    client: get,
  },
  items,
)
exchange(
  'koa',
  {
    server: () => {
      const app = new Koa()
      app.use(async (context) => {
        await pause()
        context.body = { id: context.path.split('/').at(-1) }
      })
      app.listen(80)
    },
    client: get,
  },
  items,
)

const t = initTRPC.create()
const router = t.router({ greet: t.procedure.input(String).query(({ input }) => `hello ${input}`) })
exchange(
  'trpc',
  {
    server: () => void createHTTPServer({ router }).listen(80),
    client: () => {
      const client = createTRPCClient<typeof router>({ links: [httpBatchLink({ url: 'http://server' })] })
      return Promise.all([client.greet.query('a'), client.greet.query('b')])
    },
  },
  ['hello a', 'hello b'],
)
exchange(
  'json-rpc-2.0',
  {
    server: () => {
      const rpc = new JSONRPCServer()
      rpc.addMethod('add', ([a, b]: [number, number]) => a + b)
      http
        .createServer(async (message, response) => {
          let body = ''
          for await (const data of message) body += String(data)
          response.end(JSON.stringify(await rpc.receiveJSON(body)))
        })
        .listen(80)
    },
    client: async () => {
      const client: JSONRPCClient = new JSONRPCClient(async (question) => {
        const response = await fetch('http://server', { method: 'POST', body: JSON.stringify(question) })
        client.receive((await response.json()) as never)
      })
      return client.request('add', [1, 2]) as Promise<unknown>
    },
  },
  3,
)
