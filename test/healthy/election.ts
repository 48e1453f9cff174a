/** Election: three candidates ask three voters for a term; who leads beats, who hears nothing stands for the next term. */
import { randomUUID } from 'node:crypto'
import { type Healthy, tried } from './kit.ts'

interface Vote {
  readonly isGranted: boolean
  readonly term: number
}
interface Beat {
  readonly term: number
  readonly leader: string
}

const candidates = ['a', 'b', 'c']
const voters = ['v1', 'v2', 'v3']

export const election: Healthy = {
  name: 'election',
  bug: 'a voter votes more than once in a term',
  body: async (sim, isBroken) => {
    for (const id of voters) {
      let [term, choice] = [0, '']
      sim.node(id).bus.handle('vote', (asked: Beat): Vote => {
        if (asked.term > term || (isBroken && asked.term === term)) [term, choice] = [asked.term, asked.leader]
        return { isGranted: term === asked.term && choice === asked.leader, term }
      })
    }

    const leaders = new Map<number, string>()
    const states = new Map<string, { term: number; following: string; me: string }>()
    let wrong: string | undefined
    for (const id of candidates) {
      sim.node(id, (node) => {
        const state = { term: 0, following: '', me: `${id} ${randomUUID()}` }
        states.set(id, state)
        let heard = performance.now()
        let isStanding = false
        const patience = (): number => 150 + Math.random() * 150
        let waits = patience()
        node.bus.handle('beat', ({ term, leader }: Beat) => {
          if (term < state.term) return
          ;[state.term, state.following] = [term, leader]
          heard = performance.now()
        })
        const stand = async (): Promise<void> => {
          isStanding = true
          const term = ++state.term
          state.following = ''
          const question = { term, leader: state.me }
          const votes = await Promise.all(
            voters.map((voter) => tried(node.bus.request<Vote>(voter, 'vote', question, { timeout: 100 }))),
          )
          const granted = votes.filter((vote) => vote?.isGranted === true).length
          if (granted >= 2 && state.term === term) {
            state.following = state.me
            const other = leaders.get(term) ?? state.me
            if (other !== state.me) wrong = `term ${term} has ${other} and ${state.me}`
            leaders.set(term, state.me)
          }
          for (const vote of votes) state.term = Math.max(state.term, vote?.term ?? 0)
          heard = performance.now()
          waits = patience()
          isStanding = false
        }
        setInterval(() => {
          if (state.following === state.me) {
            const beat = { term: state.term, leader: state.me }
            for (const other of candidates) if (other !== id) void tried(node.bus.send(other, 'beat', beat))
          } else if (!isStanding && performance.now() - heard > waits) void stand()
        }, 25)
      })
    }

    sim.invariant('a term has one leader', () => wrong ?? true)
    await sim.sleep(1_500)
    await sim.eventually(
      'all follow one leader',
      () => {
        const all = [...states.values()]
        const leader = all.find(({ me, following }) => me === following)
        return (
          all.every(({ following }) => following === leader?.me) ||
          all.map(({ me, term, following }) => `${me} in ${term} follows ${following || 'nobody'}`).join(', ')
        )
      },
      { within: 5_000 },
    )
  },
}
