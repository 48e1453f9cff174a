import dgram from 'node:dgram'
import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'

/** What happened, in the order in which one end saw it. */
export type Log = (line: unknown) => void

/**
 * Exchanges over sockets that know nothing of simulations: each is run on simulated sockets and on the loopback interface of
 * this machine, and must tell the same story. Times and ports are left out.
 */
export const scenarios: Record<string, (log: { server: Log; client: Log }, path: string) => Promise<void>> = {
  'echo, then a graceful end': async (log) => {
    const server = net.createServer((socket) => {
      log.server(['connection', socket.remoteFamily, socket.remoteAddress, typeof socket.remotePort])
      socket.on('data', (data) => {
        log.server(String(data))
        socket.write(`re: ${String(data)}`)
      })
      socket.on('end', () => log.server('end'))
      socket.on('close', (hadError) => log.server(['close', hadError, socket.bytesRead, socket.bytesWritten]))
    })
    server.listen(0)
    await once(server, 'listening')
    const { port, address, family } = server.address() as net.AddressInfo
    log.server([address, family, port > 0])
    const socket = net.connect(port, '127.0.0.1')
    for (const event of ['lookup', 'connect', 'ready', 'end', 'close']) {
      socket.on(event, (...args) => log.client([event, event === 'close' ? args : args.length]))
    }
    await once(socket, 'connect')
    log.client([socket.remoteAddress, socket.remoteFamily, socket.localAddress, socket.readyState])
    socket.write('hello')
    log.client(String((await once(socket, 'data'))[0]))
    socket.end('bye')
    socket.resume()
    await once(socket, 'close')
    log.client([socket.bytesRead, socket.bytesWritten, socket.destroyed])
    server.close()
    await once(server, 'close')
    log.server('server closed')
  },

  'nobody listens': async (log) => {
    const probe = net.createServer().listen(0)
    await once(probe, 'listening')
    const { port } = probe.address() as net.AddressInfo
    probe.close()
    await once(probe, 'close')
    const socket = net.connect(port, '127.0.0.1')
    socket.on('close', (hadError) => log.client(['close', hadError]))
    const [error] = (await once(socket, 'error').catch((thrown: unknown) => [thrown])) as [NodeJS.ErrnoException]
    const { code, syscall, errno, message } = error
    log.client([code, syscall, errno, message.replace(String(port), 'PORT')])
    await once(socket, 'close')
  },

  'two servers at one port': async (log) => {
    const one = net.createServer().listen(0)
    await once(one, 'listening')
    const { port } = one.address() as net.AddressInfo
    const two = net.createServer()
    two.on('error', ({ code, syscall, message }: NodeJS.ErrnoException) =>
      log.server([code, syscall, message.replace(String(port), 'PORT')]),
    )
    two.listen(port)
    await once(two, 'error').catch(() => {})
    one.close()
    await once(one, 'close')
  },

  'half-open connections': async (log) => {
    const server = net.createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('end', () => {
        log.server('end')
        socket.write('still here')
        socket.end(', now done')
      })
      socket.on('close', () => log.server('close'))
      socket.resume()
    })
    server.listen(0)
    await once(server, 'listening')
    const socket = net.connect({
      port: (server.address() as net.AddressInfo).port,
      host: '127.0.0.1',
      allowHalfOpen: true,
    })
    socket.end('question')
    let text = ''
    socket.on('data', (data) => (text += String(data)))
    await once(socket, 'end')
    log.client([text, socket.readyState, socket.writableEnded])
    await once(socket, 'close')
    server.close()
    await once(server, 'close')
  },

  'a reset': async (log) => {
    const server = net.createServer((socket) => {
      socket.on('error', ({ code, syscall }: NodeJS.ErrnoException) => log.server([code, syscall]))
      socket.on('close', (hadError) => log.server(['close', hadError]))
      socket.resume()
    })
    server.listen(0)
    await once(server, 'listening')
    const socket = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1')
    await once(socket, 'connect')
    socket.write('x')
    await new Promise((resolve) => setTimeout(resolve, 50))
    socket.on('close', (hadError) => log.client(['close', hadError]))
    socket.resetAndDestroy()
    await once(socket, 'close')
    await new Promise((resolve) => setTimeout(resolve, 50))
    server.close()
    await once(server, 'close')
  },

  'writes after the end': async (log) => {
    const server = net.createServer((socket) => socket.resume()).listen(0)
    await once(server, 'listening')
    const socket = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1')
    await once(socket, 'connect')
    socket.on('error', ({ code }: NodeJS.ErrnoException) => log.client(['error', code]))
    socket.end()
    socket.write('late', (error) => log.client(['callback', (error as NodeJS.ErrnoException | undefined)?.code]))
    await new Promise((resolve) => socket.once('close', resolve))
    server.close()
    await once(server, 'close')
  },

  'a slow reader holds the writer up': async (log) => {
    const size = 16 * 1024 * 1024
    let received = 0
    const server = net.createServer({ pauseOnConnect: true }, (socket) => {
      setTimeout(() => {
        socket.on('data', (data) => (received += data.length))
        socket.on('end', () => log.server(['received', received]))
        socket.resume()
      }, 100)
    })
    server.listen(0)
    await once(server, 'listening')
    const socket = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1')
    await once(socket, 'connect')
    const isBelow = socket.write(Buffer.alloc(size, 7))
    await new Promise((resolve) => setTimeout(resolve, 50))
    log.client(['before it reads', isBelow, socket.writableNeedDrain, socket.writableLength > 0, received])
    await once(socket, 'drain')
    log.client(['drained', socket.writableLength])
    socket.end()
    socket.resume()
    await once(socket, 'close')
    log.client(socket.bytesWritten === size)
    server.close()
    await once(server, 'close')
  },

  'an idle timeout': async (log) => {
    const server = net.createServer((socket) => socket.resume()).listen(0)
    await once(server, 'listening')
    const socket = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1')
    await once(socket, 'connect')
    socket.setTimeout(40, () => log.client(['callback', socket.timeout]))
    await once(socket, 'timeout')
    log.client(['timeout', socket.destroyed])
    socket.setTimeout(0)
    socket.destroy()
    await once(socket, 'close')
    server.close()
    await once(server, 'close')
  },

  'more connections than a server wants': async (log) => {
    const server = net.createServer((socket) => socket.write('welcome'))
    server.maxConnections = 1
    server.on('drop', (data) => log.server(['drop', data?.remoteFamily]))
    server.listen(0)
    await once(server, 'listening')
    const { port } = server.address() as net.AddressInfo
    const first = net.connect(port, '127.0.0.1')
    log.client(String((await once(first, 'data'))[0]))
    const second = net.connect(port, '127.0.0.1')
    second.resume()
    second.on('error', () => {})
    await once(second, 'close')
    const count = await new Promise((resolve) => server.getConnections((_error, n) => resolve(n)))
    log.server(['connections', count])
    first.destroy()
    server.close()
    await once(server, 'close')
  },

  'a Unix socket': async (log, path) => {
    const server = net.createServer((socket) => socket.end('from the path')).listen(path)
    await once(server, 'listening')
    log.server(server.address() === path)
    const socket = net.connect(path)
    let text = ''
    socket.on('data', (data) => (text += String(data)))
    await once(socket, 'close')
    log.client([text, socket.remoteAddress, socket.remotePort])
    server.close()
    await once(server, 'close')
    const missing = net.connect(`${path}.none`)
    const [error] = (await once(missing, 'error').catch((thrown: unknown) => [thrown])) as [NodeJS.ErrnoException]
    log.client([error.code, error.syscall, error.message.replace(`${path}.none`, 'PATH')])
  },

  'a socket that reads into its own buffer': async (log) => {
    const server = net.createServer((socket) => socket.end('0123456789'.repeat(10))).listen(0)
    await once(server, 'listening')
    const sizes: number[] = []
    const socket = net.connect({
      port: (server.address() as net.AddressInfo).port,
      host: '127.0.0.1',
      onread: {
        buffer: Buffer.alloc(100),
        callback: (count, buffer) => {
          sizes.push(count)
          log.client(Buffer.from(buffer.subarray(0, 4)).toString())
          return true
        },
      },
    })
    await once(socket, 'close')
    log.client(sizes)
    server.close()
    await once(server, 'close')
  },

  'HTTP over one connection that is kept': async (log) => {
    const server = http.createServer((request, response) => {
      let body = ''
      request.on('data', (data) => (body += String(data)))
      request.on('end', () => {
        log.server([request.method, request.url, body, request.headers.host?.replace(/:\d+/, '')])
        response.setHeader('x-one', '1')
        response.writeHead(201, { 'content-type': 'text/plain' })
        response.write('part one, ')
        response.end('part two')
      })
    })
    let connections = 0
    server.on('connection', () => connections++)
    server.listen(0)
    await once(server, 'listening')
    const { port } = server.address() as net.AddressInfo
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    for (const id of [1, 2, 3]) {
      const request = http.request({ port, host: '127.0.0.1', path: `/${id}`, method: 'POST', agent })
      request.end(`body ${id}`)
      const [response] = (await once(request, 'response')) as [http.IncomingMessage]
      let text = ''
      for await (const data of response) text += String(data)
      log.client([
        response.statusCode,
        text,
        response.headers['x-one'],
        typeof response.headers.date,
        request.reusedSocket,
      ])
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    log.server(['connections', connections])
    agent.destroy()
    server.close()
    await once(server, 'close')
  },

  'HTTP with a server that hangs up': async (log) => {
    const server = http.createServer((request) => request.socket.destroy()).listen(0)
    await once(server, 'listening')
    const request = http.get({ port: (server.address() as net.AddressInfo).port, host: '127.0.0.1', agent: false })
    const [error] = (await once(request, 'error').catch((thrown: unknown) => [thrown])) as [NodeJS.ErrnoException]
    log.client([error.code, error.message])
    server.close()
    await once(server, 'close')
  },

  'fetch, with a body and an abort': async (log) => {
    const server = http.createServer((request, response) => {
      if (request.url === '/slow') return
      request.pipe(response)
    })
    server.listen(0)
    await once(server, 'listening')
    const base = `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`
    const response = await fetch(`${base}/echo`, { method: 'POST', body: 'text' })
    log.client([response.status, await response.text(), response.headers.has('date')])
    const aborted = await fetch(`${base}/slow`, { signal: AbortSignal.timeout(30) }).catch((error: Error) => error)
    log.client((aborted as Error).name)
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
    await new Promise((resolve) => setTimeout(resolve, 20))
    const refused = await fetch(`${base}/gone`).catch((error: Error) => error)
    log.client([(refused as Error).message, ((refused as Error).cause as NodeJS.ErrnoException).code])
  },

  'UDP there and back': async (log) => {
    const server = dgram.createSocket('udp4')
    server.on('message', (text, from) => {
      log.server([String(text), from.address, from.family, from.size])
      server.send(`re: ${String(text)}`, from.port, from.address)
    })
    server.bind(0)
    await once(server, 'listening')
    const { port, address, family } = server.address()
    log.server([address, family])
    const client = dgram.createSocket('udp4')
    const sent = await new Promise((resolve) =>
      client.send(['hel', 'lo'], port, '127.0.0.1', (error, bytes) => resolve([error, bytes])),
    )
    log.client(sent)
    const [answer] = (await once(client, 'message')) as [Buffer]
    log.client(String(answer))
    const taken = dgram.createSocket('udp4')
    taken.bind(port)
    const [error] = (await once(taken, 'error').catch((thrown: unknown) => [thrown])) as [NodeJS.ErrnoException]
    log.client([error.code, error.syscall])
    taken.close()
    client.close()
    server.close()
    await once(server, 'close')
  },

  'UDP to one address only': async (log) => {
    const server = dgram.createSocket('udp4')
    server.bind(0, '127.0.0.1')
    await once(server, 'listening')
    const client = dgram.createSocket('udp4')
    client.connect(server.address().port, '127.0.0.1')
    await once(client, 'connect')
    log.client([client.remoteAddress().address, client.remoteAddress().family])
    client.send('ping')
    const [text] = (await once(server, 'message')) as [Buffer]
    log.server(String(text))
    client.disconnect()
    const failure = (): unknown => client.remoteAddress()
    try {
      failure()
    } catch (error) {
      log.client((error as NodeJS.ErrnoException).code)
    }
    client.close()
    server.close()
    await once(server, 'close')
  },
}
