import { afterAll, expect, test } from 'vitest'
import { printed, project, removeProjects } from './project.ts'

afterAll(removeProjects)

test('a run that evaluates modules for most of its time says so, and what to set', { timeout: 120_000 }, async () => {
  const own = project('dear', 'plugins: [simulationPlugin({ seed: 5 })]')
  const output = await own.run(['--reporter=json', '--outputFile=report.json'])
  expect(output.exitCode, printed(output)).toBe(0)
  const outcomes = await own.outcomes('report.json')
  const warnings = (title: string): readonly string[] => outcomes.get(title)?.meta.simulation?.warnings ?? []
  expect(warnings('dear')).toEqual([
    expect.stringMatching(
      /^evaluating modules for each seed took \d+ % of the run, .*table\.ts [\d.]+ ms.*modules: 'shared'/,
    ),
  ])
  expect(warnings('shared')).toEqual([])
})
