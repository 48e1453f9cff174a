/**
 * Compares what a user suite did with what it promised. Pure: the json report of Vitest, the suite's `expect.json`
 * and the command's result in, counts and the reasons for each failure out.
 */
export function judge({ report, expected, result }) {
  const failing = new Set(expected.failing ?? [])
  const problems = []
  let passed = 0
  const check = (holds, problem) => (holds ? (passed += 1) : problems.push(problem))

  const exit = expected.exit ?? (failing.size > 0 ? 1 : 0)
  if (result.code !== exit) problems.push(`exit code ${result.code}, expected ${exit}`)
  for (const text of expected.output ?? []) check(result.output.includes(text), `not printed: ${text}`)
  if (report === null) return { passed, problems: [...problems, 'Vitest wrote no report'] }

  const seen = new Set()
  for (const file of report.testResults) {
    if (file.status === 'failed' && file.assertionResults.every(({ status }) => status !== 'failed')) {
      problems.push(`${file.name}: ${file.message || 'failed outside its tests'}`)
    }
    for (const { fullName, status } of file.assertionResults) {
      // Vitest 4 joins suite and test with a blank, Vitest 5 with ' > '.
      const name = fullName.replaceAll(' > ', ' ').trim()
      seen.add(name)
      if (status === 'passed') check(!failing.has(name), `passed, but must fail: ${name}`)
      else if (status === 'failed') check(failing.has(name), `failed: ${name}`)
    }
  }
  for (const name of failing) if (!seen.has(name)) problems.push(`never ran: ${name}`)
  if (seen.size === 0) problems.push('no test ran')
  return { passed, problems }
}
