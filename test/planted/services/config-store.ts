import { isNamed, planted } from '../workload/planted-bug.ts'

/** A primary copies each setting to a backup, which takes over when it hears nothing any more. */
export const configStore = planted(
  'a setting that was confirmed is there',
  'a primary without its backup goes on alone, while the backup has taken over',
  1,
  (isBroken) => async (sim) => {
    for (const name of ['primary', 'backup']) {
      sim.node(name, (node) => {
        const settings = new Map<string, string>()
        let isLeader = name === 'primary'
        let heard = performance.now()
        const other = name === 'primary' ? 'backup' : 'primary'
        node.bus.handle('alive', () => void (heard = performance.now()))
        node.bus.handle('copy', ({ key, value }: { key: string; value: string }) => {
          if (isLeader) throw new Error('I lead')
          settings.set(key, value)
        })
        node.bus.handle('set', async ({ key, value }: { key: string; value: string }) => {
          if (!isLeader) return 'not the leader'
          try {
            await node.bus.request(other, 'copy', { key, value }, { timeout: 60 })
          } catch {
            if (!isBroken || name === 'backup') return 'not confirmed'
          }
          settings.set(key, value)
          return 'ok'
        })
        node.bus.handle('get', (key: string) => (isLeader ? (settings.get(key) ?? 'none') : 'not the leader'))
        setInterval(() => {
          if (isLeader) node.bus.send(other, 'alive', undefined, { background: true }).catch(() => undefined)
          else if (performance.now() - heard > 200) isLeader = true
        }, 40)
      })
    }
    const { bus } = sim.node('app')
    const ask = async (node: string, method: string, payload: unknown): Promise<unknown> => {
      try {
        return await bus.request(node, method, payload, { timeout: 150 })
      } catch (error) {
        if (isNamed(error, 'RequestTimeout')) return 'no answer'
        throw error
      }
    }
    let confirmed = 'none'
    for (let i = 1; i <= 12; i++) {
      if ((await ask('primary', 'set', { key: 'color', value: `color-${i}` })) === 'ok') confirmed = `color-${i}`
      else confirmed = 'unknown'
      for (const node of ['backup', 'primary']) {
        const value = await ask(node, 'get', 'color')
        if (value === 'not the leader' || value === 'no answer') continue
        if (confirmed !== 'unknown' && value !== confirmed)
          throw new Error(`${node} says ${String(value)} after ${confirmed} was confirmed`)
        break
      }
      await sim.sleep(100)
    }
  },
  { chaos: { partition: { every: [200, 800], lasts: [100, 600] } } },
)
