// Prints "passed failed" of a report: Vitest's json reporter's, or a lane's.
import { readFileSync } from 'node:fs'

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const passed = report.numPassedTests ?? report.passed
const tests = report.numFailedTests ?? report.failed
// A file that fails to load has no failed test; it counts as one.
const broken = (report.testResults ?? []).filter(
  (file) => file.status === 'failed' && file.assertionResults.every(({ status }) => status !== 'failed'),
).length
process.stdout.write(`${passed} ${tests + broken}\n`)
