import Bluebird from 'bluebird'
import Emittery from 'emittery'
import { EventEmitter } from 'eventemitter3'
import mitt from 'mitt'
import { bufferTime, debounceTime, firstValueFrom, interval, take, toArray } from 'rxjs'
import { expect } from 'vitest'
import { check } from './check.ts'
import { bus, heard } from './state/streams.ts'

check('rxjs', async (sim) => {
  const ticks = await firstValueFrom(interval(10).pipe(take(5), bufferTime(25), toArray()))
  const last = await firstValueFrom(interval(10).pipe(take(3), debounceTime(20)))
  return [ticks, last, sim.now]
})

check('mitt', () => {
  bus.emit('event', 1)
  expect(heard).toEqual([1])
  return mitt().all.size
})

check('eventemitter3', () => {
  const events = new EventEmitter()
  const seen: unknown[] = []
  events.once('a', (value) => seen.push(value))
  events.emit('a', 1)
  events.emit('a', 2)
  return seen
})

check('emittery', async () => {
  const events = new Emittery()
  const next = events.once('a')
  await events.emit('a', 5)
  return next
})

check('bluebird', async (sim) => {
  await Bluebird.delay(20)
  const values = await Bluebird.map([1, 2, 3], (value) => Bluebird.delay(5).then(() => value * 2), { concurrency: 1 })
  await expect(Bluebird.delay(100).timeout(10)).rejects.toThrow('timed out')
  return [values, sim.now]
})
