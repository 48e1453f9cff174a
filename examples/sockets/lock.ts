import type { Redis } from 'ioredis'

const release = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end"

/** A lock in Redis that ends by itself after `ms`, with a number that grows with each holder: a fencing token. */
export class Lock {
  private readonly redis: Redis
  private readonly name: string

  constructor(redis: Redis, name: string) {
    this.redis = redis
    this.name = name
  }

  /** Waits until it has the lock, does the work, and gives the lock back. */
  async hold<T>(ms: number, work: (fence: number) => Promise<T>): Promise<T> {
    const token = crypto.randomUUID()
    while ((await this.redis.set(this.name, token, 'PX', ms, 'NX')) === null) {
      await new Promise((resolve) => setTimeout(resolve, 10 + Math.random() * 20))
    }
    try {
      return await work(await this.redis.incr(`${this.name}:fence`))
    } finally {
      await this.redis.eval(release, 1, this.name, token)
    }
  }
}
