import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cleanEnvironment } from '../../lanes/project.mjs'
import { buildPackage, repository } from '../build.mjs'
import { row } from '../measure.mjs'

/** Whole-process time of `vitest run` on one empty simulation against one empty test, in pairs. */
export function run({ quick }) {
  const work = mkdtempSync(join(tmpdir(), 'vitest-simulation-bench-'))
  try {
    const dist = join(work, 'dist')
    buildPackage(dist)
    const plain = createProject(join(work, 'plain'), dist, {
      'vitest.config.ts': 'export default { test: {} }\n',
      'empty.test.ts': "import { test } from 'vitest'\ntest('empty', async () => {})\n",
    })
    const simulated = createProject(join(work, 'simulated'), dist, {
      'vitest.config.ts':
        "import { simulationPlugin } from 'vitest-simulation/plugin'\nexport default { plugins: [simulationPlugin()] }\n",
      'empty.test.ts': "import { simulation } from 'vitest-simulation'\nsimulation.test('empty', async () => {})\n",
    })
    const pairs = []
    for (let pair = 0; pair <= (quick ? 1 : 15); pair++) {
      // Which of the two goes first changes, so that neither gets the warmer file cache every time.
      const order = pair % 2 === 0 ? [plain, simulated] : [simulated, plain]
      const times = new Map(order.map((project) => [project, runVitest(project)]))
      if (pair > 0) pairs.push([times.get(plain), times.get(simulated)])
    }
    const extra = pairs.map(([without, with_]) => with_ - without)
    return [
      row(
        'vitest run, one empty test',
        'ms',
        pairs.map(([ms]) => ms),
      ),
      row(
        '  one empty simulation',
        'ms',
        pairs.map(([, ms]) => ms),
      ),
      row('  extra', 'ms', extra, 'emptySimulationExtraMs'),
    ]
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** A project that has our package as npm would install it: a copy in node_modules, not a link that Vite would follow to sources of ours. */
function createProject(folder, dist, files) {
  const modules = join(folder, 'node_modules')
  const ours = join(modules, 'vitest-simulation')
  mkdirSync(ours, { recursive: true })
  cpSync(dist, join(ours, 'dist'), { recursive: true })
  cpSync(join(repository, 'package.json'), join(ours, 'package.json'))
  for (const name of ['vitest', 'seedrandom', 'picocolors']) {
    symlinkSync(join(repository, 'node_modules', name), join(modules, name), 'junction')
  }
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

function runVitest(folder) {
  const entry = join(repository, 'node_modules', 'vitest', 'vitest.mjs')
  const start = performance.now()
  execFileSync(process.execPath, [entry, 'run'], {
    cwd: folder,
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return performance.now() - start
}
