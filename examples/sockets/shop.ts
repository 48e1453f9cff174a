import { createServer } from 'node:http'

/** A shop that knows an order again by its key, and answers as it did the first time. */
export class Shop {
  readonly sold: string[] = []
  private readonly answers = new Map<string, string>()

  open(port: number): void {
    createServer((request, response) => {
      const answer = this.sell(
        decodeURIComponent(request.url ?? '').slice(1),
        String(request.headers['idempotency-key']),
      )
      setTimeout(() => response.end(answer), 5)
    }).listen(port)
  }

  private sell(article: string, key: string): string {
    const known = this.answers.get(key)
    if (known !== undefined) return known
    this.sold.push(article)
    const answer = `sold, number ${this.sold.length}`
    this.answers.set(key, answer)
    return answer
  }
}
