import { expect, test } from 'vitest'
import { simulation } from 'vitest-simulation'
import { Account } from './fixtures/account.ts'
import * as accounts from './fixtures/account.ts'

class Savings extends Account {
  override describe(): string {
    return `savings ${super.describe()}`
  }
}
export class Shared extends accounts.Account {}
const Anonymous = class extends Savings {}

simulation.test(
  'a class of the test file extends the class of the iteration',
  { iterations: 3, determinism: 1 },
  () => {
    const savings = new Savings()
    expect(savings).toBeInstanceOf(Account)
    expect([savings.number, Savings.open(), Account.open()]).toEqual([1, 1, 1])
    expect(savings.describe()).toBe('savings 1 of 1, 101')
    expect(new Shared().number).toBe(2)
    expect(new Anonymous()).toBeInstanceOf(Account)
  },
)

test('outside it extends the ordinary one', () => {
  const savings = new Savings()
  expect(savings).toBeInstanceOf(Account)
  expect(savings.describe()).toBe('savings 1 of 1, 101')
  expect(new Shared()).toBeInstanceOf(Account)
  expect(Account.open()).toBe(2)
})

simulation.test('and that changes nothing of the next seeds', { iterations: 2 }, () => {
  expect(new Savings().describe()).toBe('savings 1 of 1, 101')
})
