import type { Vite } from 'vitest/node'
import { packageName } from './contract.ts'
import { findDefinitions } from './definitions.ts'
import { catalogueEdits, catalogueSites } from './site-catalogue.ts'
import { applyEdits } from './source-edits.ts'
import { discoveryEdits } from './static-discovery.ts'
import type { SyntaxNode } from './syntax.ts'

/**
 * The Vite plugin that rewrites modules which import this package: for static collection and for the site catalogue.
 *
 * It runs after every other plugin (TypeScript and JSX are gone, `this.parse` takes JavaScript) and before Vite
 * rewrites imports. Code that reaches the package otherwise (`import()`, `require`, a re-export of the user's own)
 * runs as it is: its sites are known once they are evaluated.
 */
export function simulationTransform(): Vite.Plugin {
  const name = `${packageName}:transform`
  let isFirst = true
  const plugin: Vite.Plugin = {
    name,
    enforce: 'post',
    // A project that extends a configuration may list the plugin a second time.
    configResolved({ plugins }) {
      isFirst = plugins.find((other) => other.name === name) === plugin
    },
    transform(code, id) {
      if (!isFirst || id.startsWith('\0') || !code.includes(packageName) || !code.includes('import')) return undefined
      let program: SyntaxNode
      try {
        program = this.parse(code) as unknown as SyntaxNode
      } catch (error) {
        this.warn(`cannot read ${id} to list its simulations and assertions: ${String(error)}`)
        return undefined
      }
      const findings = findDefinitions(program)
      const file = fileOf(id)
      const sites = catalogueSites(code, findings, file, () => this.getCombinedSourcemap())
      const edits = [...discoveryEdits(code, findings), ...catalogueEdits(code, findings, sites, file)]
      return edits.length > 0 ? applyEdits(code, edits, file) : undefined
    },
  }
  return plugin
}

function fileOf(id: string): string {
  return id.replace(/[?#].*$/, '').replaceAll('\\', '/')
}
