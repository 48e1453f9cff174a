import type { Vite, Vitest } from 'vitest/node'
import { packageName } from '../../reporter/contract.ts'
import { findDefinitions } from './definitions.ts'
import { dependents, inlineDependents } from './dependents.ts'
import { moduleLinks } from './links.ts'
import { catalogueEdits, catalogueSites } from './site-catalogue.ts'
import { importsTests, viewEdits } from './module-views.ts'
import { applyEdits } from './source-edits.ts'
import { discoveryEdits } from './static-discovery.ts'
import type { SyntaxNode } from './syntax.ts'

/**
 * The Vite plugin that rewrites modules which import this package, be it by way of others that pass its exports on: for
 * static collection and for the site catalogue.
 *
 * It runs after every other plugin (TypeScript and JSX are gone, `this.parse` takes JavaScript) and before Vite
 * rewrites imports. Code that reaches the package otherwise (`import()`, `require`, a function of the user's own that
 * calls ours) runs as it is: its sites are known once they are evaluated.
 */
export function simulationTransform(): Vite.Plugin {
  const name = `${packageName}:transform`
  const links = moduleLinks()
  let isFirst = true
  let vitest: Vitest | undefined
  const isTestFile = (file: string): boolean =>
    vitest?.projects.some((project) => project.matchesTestGlob(file)) === true
  const plugin: Vite.Plugin = {
    name,
    enforce: 'post',
    config({ test }) {
      const { inline, external } = test?.server?.deps ?? {}
      return inline === true ? undefined : { test: { server: { deps: { inline: [dependents(external)] } } } }
    },
    // A project that extends a configuration may list the plugin a second time.
    configResolved({ plugins }) {
      isFirst = plugins.find((other) => other.name === name) === plugin
    },
    watchChange: (file) => links.forget(file),
    configureVitest({ vitest: host, project }) {
      vitest = host
      inlineDependents(project)
      // The servers of projects watch no files.
      if (host.config.watch) host.vite.watcher.on('all', (_, file) => links.forget(file))
    },
    async transform(code, id) {
      if (!isFirst || id.startsWith('\0') || links.isRead(id, () => this.parse(code) as unknown as SyntaxNode)) return
      if (!code.includes('import')) return
      const linked = await links.of(this, code, id)
      const file = fileOf(id)
      const isTest = isTestFile(file) && (await links.reachTests(this, code, id))
      if (linked.size === 0 && !isTest && !code.includes(packageName)) return
      let program: SyntaxNode
      try {
        program = this.parse(code) as unknown as SyntaxNode
      } catch (error) {
        this.warn(`cannot read ${id} to list its simulations and assertions: ${String(error)}`)
        return
      }
      const findings = findDefinitions(program, linked)
      const sites = catalogueSites(code, findings, file, () => this.getCombinedSourcemap())
      const edits = [
        ...discoveryEdits(code, findings),
        ...catalogueEdits(code, findings, sites, file),
        ...(isTest || findings.definitions.length > 0 || importsTests(program) ? viewEdits(code, program, file) : []),
      ]
      return edits.length > 0 ? applyEdits(code, edits, file) : undefined
    },
  }
  return plugin
}

function fileOf(id: string): string {
  return id.replace(/[?#].*$/, '').replaceAll('\\', '/')
}
