import { expect, test } from 'vitest'
import { judge } from './judge.mjs'

const report = (...tests: [string, string][]) => ({
  testResults: [
    {
      name: 'a.test.ts',
      message: '',
      status: tests.some(([, status]) => status === 'failed') ? 'failed' : 'passed',
      assertionResults: tests.map(([fullName, status]) => ({ fullName, status })),
    },
  ],
})
const ended = (code: number, output = '') => ({ code, output })

test('counts what passed as promised', () => {
  const run = { report: report(['a', 'passed'], ['b', 'skipped']), expected: {}, result: ended(0) }
  expect(judge(run)).toEqual({ passed: 1, problems: [] })
})

test('counts an expected failure, by its name on either Vitest', () => {
  const expected = { failing: ['bus loses'], output: ['seed 7'] }
  for (const name of ['bus loses', 'bus > loses']) {
    const run = { report: report([name, 'failed'], ['ok', 'passed']), expected, result: ended(1, 'seed 7') }
    expect(judge(run)).toEqual({ passed: 3, problems: [] })
  }
})

test('finds every way to break the promise', () => {
  const broken = {
    testResults: [{ name: 'a.test.ts', status: 'failed', message: 'no such file', assertionResults: [] }],
  }
  const cases: [Parameters<typeof judge>[0], string[]][] = [
    [{ report: null, expected: {}, result: ended(0) }, ['Vitest wrote no report']],
    [{ report: { testResults: [] }, expected: {}, result: ended(0) }, ['no test ran']],
    [{ report: report(['a', 'passed']), expected: {}, result: ended(1) }, ['exit code 1, expected 0']],
    [{ report: report(['a', 'failed']), expected: {}, result: ended(1) }, ['exit code 1, expected 0', 'failed: a']],
    [{ report: report(['a', 'passed']), expected: { failing: ['a'] }, result: ended(1) }, ['passed, but must fail: a']],
    [{ report: report(['a', 'passed']), expected: { failing: ['b'] }, result: ended(1) }, ['never ran: b']],
    [{ report: report(['a', 'passed']), expected: { output: ['x'] }, result: ended(0) }, ['not printed: x']],
    [{ report: broken, expected: { exit: 1 }, result: ended(1) }, ['a.test.ts: no such file', 'no test ran']],
  ]
  for (const [run, problems] of cases) expect(judge(run).problems).toEqual(problems)
})
