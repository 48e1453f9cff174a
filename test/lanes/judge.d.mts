interface AssertionResult {
  fullName: string
  status: string
}
export function judge(run: {
  report: {
    testResults: { name: string; status: string; message: string; assertionResults: AssertionResult[] }[]
  } | null
  expected: { failing?: string[]; output?: string[]; exit?: number }
  result: { code: number; output: string }
}): { passed: number; problems: string[] }
