import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runVitest } from '../helpers/run-vitest.ts'

const root = fileURLToPath(new URL('../fixtures/plugin-discovery', import.meta.url))

interface Listed {
  readonly name: string
  readonly location?: { readonly line: number }
}

test('static collection sees every form of a simulation, on its line', async () => {
  const { stdout } = await runVitest({ root, args: ['list', '--static-parse', '--json'] })
  const listed = (JSON.parse(stdout) as Listed[]).map(({ name, location }) => `${location?.line} ${name}`)
  expect(listed).toMatchInlineSnapshot(`
    [
      "20 called",
      "21 member",
      "22 alias",
      "23 test name",
      "24 test name configured",
      "25 namespace",
      "26 namespace test name",
      "27 configured",
      "32 configured over lines",
      "33 constant",
      "34 constant member",
      "35 destructured",
      "37 by name",
      "42 each %i",
      "43 for %i",
      "44 with options",
      "45 on its own line",
      "52 template \${options.timeout}",
      "56 suite > in suite",
      "57 suite > 💥 in suite",
    ]
  `)
})

test('static collection sees the tags of a simulation', async () => {
  const list = async (filter: string): Promise<string[]> => {
    const { stdout } = await runVitest({ root, args: ['list', '--static-parse', '--json', '--tags-filter', filter] })
    return (JSON.parse(stdout) as Listed[]).map(({ name }) => name)
  }
  expect(await list('slow')).toEqual(['configured', 'with options'])
  expect(await list('simulation')).toContain('constant member')
})

test('what runs is what the user wrote: names, lines, modes; and bodies know their sites', async () => {
  const { stdout, exitCode } = await runVitest({ root, args: ['run', '--reporter=verbose'] })
  expect(exitCode).toBe(0)
  const ran = stdout.split('\n').filter((line) => /^ [✓↓□]/.test(line))
  expect(ran.map((line) => line.replace(/(:\d+):\d+ >/, '$1 >').replace(/ \d+ms$/, ''))).toMatchInlineSnapshot(`
    [
      " ✓ forms.test.ts:20 > called",
      " ✓ forms.test.ts:21 > member",
      " ✓ forms.test.ts:22 > alias",
      " ✓ forms.test.ts:23 > test name",
      " ✓ forms.test.ts:24 > test name configured",
      " ✓ forms.test.ts:25 > namespace",
      " ✓ forms.test.ts:26 > namespace test name",
      " ✓ forms.test.ts:27 > configured",
      " ✓ forms.test.ts:32 > configured over lines",
      " ✓ forms.test.ts:33 > constant",
      " ✓ forms.test.ts:34 > constant member",
      " ✓ forms.test.ts:35 > destructured",
      " ↓ forms.test.ts:36 > destructured skip",
      " ✓ forms.test.ts:37 > by name",
      " ↓ forms.test.ts:38 > skipped",
      " ↓ forms.test.ts:39 > skipped without test",
      " □ forms.test.ts:40 > to do",
      " ↓ forms.test.ts:41 > skipped if",
      " ✓ forms.test.ts:42 > each 1",
      " ✓ forms.test.ts:42 > each 2",
      " ✓ forms.test.ts:43 > for 1",
      " ✓ forms.test.ts:43 > for 2",
      " ✓ forms.test.ts:44 > with options",
      " ✓ forms.test.ts:45 > on its own line",
      " ✓ forms.test.ts:52 > template 4000",
      " ✓ forms.test.ts:56 > suite > in suite",
      " ✓ forms.test.ts:57 > suite > 💥 in suite",
    ]
  `)
  const sites = stdout.split('\n').filter((line) => line.startsWith('ran ') && !line.endsWith(' []'))
  expect(sites).toMatchInlineSnapshot(`
    [
      "ran member ["inside member"]",
      "ran namespace ["inside namespace"]",
      "ran by name ["inside run"]",
      "ran on its own line ["first","second"]",
    ]
  `)
})
