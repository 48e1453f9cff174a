import { randomUUID } from 'node:crypto'

/** Orders an article over HTTP, and tries again while it knows no answer. Throws what the last attempt threw. */
export async function order(article: string, { attempts = 10, timeoutMs = 300 } = {}): Promise<string> {
  const headers = { 'idempotency-key': randomUUID() }
  for (let attempt = 1; ; attempt++) {
    try {
      const signal = AbortSignal.timeout(timeoutMs)
      const response = await fetch(`http://shop:80/${article}`, { method: 'POST', headers, signal })
      return await response.text()
    } catch (error) {
      if (attempt === attempts) throw error
    }
  }
}
