import { AsyncLocalStorage } from 'node:async_hooks'
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Vite } from 'vitest/node'
import { packageName } from '../../reporter/contract.ts'
import { mayUseUs } from './dependents.ts'
import { exportsOf, passedOnIn, sourcesIn } from './exports.ts'
import { isOurs } from './resolve-meaning.ts'
import type { Exports, Links } from './meaning.ts'
import { moduleScope } from './scope.ts'
import type { SyntaxNode } from './syntax.ts'

/** What is used of the context that Vite gives a `transform` hook. */
interface Host {
  readonly environment: Vite.Environment
  resolve(source: string, importer: string): Promise<{ readonly id: string } | null>
}

/** A module that other modules import from, as far as its text was read. */
interface Passage {
  readonly file: string
  readonly text: string
  /** It passes on exports of this package itself. */
  readonly ours: boolean
  /** The files whose exports it may pass on, by the source it names. */
  readonly next: ReadonlyMap<string, string>
  /** Filled when the passage is known to lead to this package. */
  readonly links: Map<string, Exports>
  exports?: Promise<Exports | undefined>
}

interface Cache {
  /** The modules that were transformed: what they import, and whether they may pass some of it on. */
  readonly users: Map<string, { readonly imports: ReadonlySet<string>; readonly passesOn: boolean }>
  readonly passages: Map<string, Promise<Passage | undefined>>
  readonly files: Map<string, Promise<string | undefined>>
  readonly texts: Map<string, Promise<string>>
}

/** An import of the package itself, and not of its `sdk`. */
const takesTests = new RegExp(`\\bfrom\\s*(["'])${packageName}\\1`)

/** How many modules a name may be passed through. */
const maximumDepth = 10

/**
 * Follows exports of this package through modules of the user and of dependencies that pass them on.
 *
 * Texts are only searched, until a chain is known to end at this package: the modules of that chain, and no others, are
 * compiled and parsed. Nothing here waits for the transform of another module, so circles of imports are no matter.
 */
export function moduleLinks() {
  const caches = new Map<Vite.Environment, Cache>()
  const looking = new AsyncLocalStorage<{ readonly id: string; program?: SyntaxNode }>()

  function cacheOf({ environment }: Host): Cache {
    let cache = caches.get(environment)
    if (!cache)
      caches.set(environment, (cache = { users: new Map(), passages: new Map(), files: new Map(), texts: new Map() }))
    return cache
  }

  function fileAt(host: Host, source: string, importer: string): Promise<string | undefined> {
    if (isOurs(source) || source.startsWith('node:')) return Promise.resolve(undefined)
    const { files } = cacheOf(host)
    const key = `${dirname(importer)}\0${source}`
    let file = files.get(key)
    if (!file) files.set(key, (file = resolved(host, source, importer)))
    return file
  }

  async function filesAt(host: Host, sources: readonly string[], importer: string): Promise<Map<string, string>> {
    const files = new Map<string, string>()
    const found = await Promise.all(sources.map((source) => fileAt(host, source, importer)))
    for (const [index, source] of sources.entries()) {
      const file = found[index]
      if (file !== undefined) files.set(source, file)
    }
    return files
  }

  function passageAt(host: Host, file: string): Promise<Passage | undefined> {
    const { passages } = cacheOf(host)
    let passage = passages.get(file)
    if (!passage) passages.set(file, (passage = read(host, file)))
    return passage
  }

  async function read(host: Host, file: string): Promise<Passage | undefined> {
    const text = await readFile(file, 'utf8').catch(() => undefined)
    if (text === undefined) return undefined
    const sources = passedOnIn(text)
    const next = await filesAt(host, sources, file)
    return { file, text, ours: sources.some(isOurs), next, links: new Map() }
  }

  /** The passages among the files, and behind them, that lead to this package. */
  async function leading(host: Host, files: Iterable<string>): Promise<Map<string, Passage>> {
    const known = new Map<string, Passage>()
    let edge = new Set(files)
    for (let depth = 0; edge.size > 0 && depth < maximumDepth; depth++) {
      const found = await Promise.all([...edge].map((file) => passageAt(host, file)))
      edge = new Set()
      for (const passage of found) if (passage) known.set(passage.file, passage)
      for (const passage of found) {
        for (const file of passage?.next.values() ?? []) if (!known.has(file)) edge.add(file)
      }
    }
    const lead = new Map([...known].filter(([, { ours }]) => ours))
    for (let before = -1; before < lead.size;) {
      before = lead.size
      for (const [file, passage] of known) {
        if ([...passage.next.values()].some((target) => lead.has(target))) lead.set(file, passage)
      }
    }
    return lead
  }

  function load(host: Host, passage: Passage): Promise<Exports | undefined> {
    return (passage.exports ??= compiled(host, passage).then(
      (program) => program && exportsOf(program, moduleScope(program, passage.links)),
      // The module itself will tell what is wrong with it.
      () => undefined,
    ))
  }

  async function compiled({ environment }: Host, { file, text }: Passage): Promise<SyntaxNode | undefined> {
    const { moduleGraph, pluginContainer, config } = environment as Vite.DevEnvironment
    const look: { readonly id: string; program?: SyntaxNode } = { id: file }
    await looking.run(look, async () => {
      const isInside = file.startsWith(`${config.root}/`)
      await moduleGraph.ensureEntryFromUrl(
        isInside ? file.slice(config.root.length) : `/@fs/${file.replace(/^\//, '')}`,
      )
      const loaded = await pluginContainer.load(file)
      const code = typeof loaded === 'string' ? loaded : (loaded?.code ?? text)
      await pluginContainer.transform(code, file)
    })
    return look.program
  }

  async function linksTo(host: Host, files: ReadonlyMap<string, string>): Promise<Map<string, Exports>> {
    const lead = await leading(host, files.values())
    const exports = new Map<string, Exports>()
    await Promise.all(
      [...lead.values()].map(async (passage) => {
        const own = await load(host, passage)
        if (own) exports.set(passage.file, own)
      }),
    )
    const linked = (targets: ReadonlyMap<string, string>, links: Map<string, Exports>): Map<string, Exports> => {
      for (const [source, file] of targets) {
        const target = exports.get(file)
        if (target) links.set(source, target)
      }
      return links
    }
    for (const passage of lead.values()) linked(passage.next, passage.links)
    return linked(files, new Map())
  }

  function textAt(host: Host, file: string): Promise<string> {
    const { texts } = cacheOf(host)
    let text = texts.get(file)
    if (!text) texts.set(file, (text = readFile(file, 'utf8').catch(() => '')))
    return text
  }

  return {
    /** True when the module, or one that it imports, directly or not, takes what defines tests from this package. */
    async reachTests(host: Host, code: string, id: string): Promise<boolean> {
      const seen = new Set<string>()
      let edge: readonly (readonly [file: string, text: string])[] = [[id.replace(/[?#].*$/, ''), code]]
      for (let depth = 0; edge.length > 0 && depth < maximumDepth; depth++) {
        if (edge.some(([, text]) => takesTests.test(text))) return true
        const found = await Promise.all(edge.map(([file, text]) => filesAt(host, sourcesIn(text), file)))
        const next = [...new Set(found.flatMap((files) => [...files.values()]))].filter((file) => !seen.has(file))
        for (const file of next) seen.add(file)
        edge = await Promise.all(next.map(async (file) => [file, await textAt(host, file)] as const))
      }
      return false
    },
    /** The sources in the code of a module that lead to this package by way of others. */
    async of(host: Host, code: string, id: string): Promise<Links> {
      const file = id.replace(/[?#].*$/, '')
      if (!mayUseUs(file)) return new Map()
      const files = await filesAt(host, sourcesIn(code), file)
      cacheOf(host).users.set(file, { imports: new Set(files.values()), passesOn: passedOnIn(code).length > 0 })
      return linksTo(host, files)
    },
    /** True when the module is only compiled to be read here; `parse` is called then. */
    isRead(id: string, parse: () => SyntaxNode): boolean {
      const look = looking.getStore()
      if (look?.id === id) look.program = parse()
      return look !== undefined
    },
    /**
     * A file has changed. Whoever imports what it passes on is transformed again: Vite would keep the code of those modules.
     */
    forget(changed: string): void {
      for (const [{ moduleGraph }, { users, passages, files, texts }] of caches as Map<Vite.DevEnvironment, Cache>) {
        const start = changed.replaceAll('\\', '/')
        const stale = new Set([start])
        for (const file of stale) {
          if (file !== start && users.get(file)?.passesOn !== true) continue
          for (const [user, { imports }] of users) if (imports.has(file)) stale.add(user)
        }
        for (const file of stale) {
          for (const module of moduleGraph.getModulesByFile(file) ?? []) moduleGraph.invalidateModule(module)
        }
        passages.clear()
        files.clear()
        texts.clear()
      }
    },
  }
}

/** The file of a module that may pass exports on. */
async function resolved(host: Host, source: string, importer: string): Promise<string | undefined> {
  const found = await host.resolve(source, importer).catch(() => null)
  const file = found?.id.replace(/[?#].*$/, '') ?? ''
  return /^(\/|[a-z]:\/).*\.[cm]?[jt]sx?$/i.test(file) && mayUseUs(file) ? file : undefined
}
