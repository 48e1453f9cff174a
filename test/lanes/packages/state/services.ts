import Redis from 'ioredis-mock'

export const redis = new Redis()

let count = 0
export const hits = (): number => ++count
