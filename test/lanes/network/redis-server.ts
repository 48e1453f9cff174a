import net from 'node:net'

/** As much of Redis as two clients need to greet it, and to set, get and count. */
export function serveRedis(): net.Server {
  const values = new Map<string, string>()
  return net.createServer((socket) => {
    let seen = ''
    socket.on('error', () => {})
    socket.on('data', (data) => {
      seen += String(data)
      for (let command = take(); command !== undefined; command = take()) socket.write(answer(command))
    })

    /** The next command that is there as a whole. */
    function take(): string[] | undefined {
      const [head, count] = /^\*(\d+)\r\n/.exec(seen) ?? []
      if (head === undefined) return undefined
      const parts: string[] = []
      let at = head.length
      for (let left = Number(count); left > 0; left--) {
        const [size, length] = /^\$(\d+)\r\n/.exec(seen.slice(at)) ?? []
        const start = at + (size?.length ?? 0)
        const end = start + Number(length)
        if (size === undefined || seen.length < end + 2) return undefined
        parts.push(seen.slice(start, end))
        at = end + 2
      }
      seen = seen.slice(at)
      return parts
    }
  })

  function answer([name = '', key = '', value = '']: string[]): string {
    switch (name.toUpperCase()) {
      case 'SET':
        values.set(key, value)
        return '+OK\r\n'
      case 'GET':
        return bulk(values.get(key))
      case 'INCR':
        values.set(key, String(Number(values.get(key) ?? 0) + 1))
        return `:${values.get(key)}\r\n`
      case 'INFO':
        return bulk('redis_version:7.0.0\r\nloading:0\r\n')
      case 'HELLO':
        // A map in version 3 of the protocol, a list before.
        return `${key === '3' ? '%3' : '*6'}\r\n${bulk('server')}${bulk('redis')}${bulk('version')}${bulk('7.0.0')}${bulk('proto')}:${key || '2'}\r\n`
      default:
        return '+OK\r\n'
    }
  }
}

function bulk(text: string | undefined): string {
  return text === undefined ? '$-1\r\n' : `$${text.length}\r\n${text}\r\n`
}
