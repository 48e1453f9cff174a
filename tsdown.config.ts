import { type UserConfig, defineConfig } from 'tsdown'

/** Comments that name the source of each part: a test asks for them; the package is smaller without. */
const sourceNames = process.env['BUILD_SOURCE_NAMES'] === undefined ? 'none' : 'simple'

/**
 * Takes the indentation off: a fortieth of the package. Lines and names stay, so that stack traces read as before. The sources
 * are indented with spaces, so no text of theirs can begin a line with the tabs that the bundler indents with.
 */
const flat = {
  name: 'flat',
  renderChunk: (code: string, { fileName }: { fileName: string }) =>
    fileName.endsWith('.js') ? { code: code.replace(/^\t+/gm, '') } : null,
}

/**
 * One build of all doors together, so that code which two doors need becomes one shared chunk, loaded once.
 * No minifying and no source maps: the names stay readable in a stack trace and the package stays small.
 */
const doors: UserConfig = {
  entry: {
    index: 'plugin/api.ts',
    plugin: 'plugin/index.ts',
    reporter: 'reporter/index.ts',
    sdk: 'src/assertions/sdk.ts',
    history: 'src/history/door.ts',
    'tcp-bus': 'src/tcp-bus/door.ts',
    setup: 'plugin/setup.ts', // the plugin looks for it beside itself
  },
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  fixedExtension: false,
  dts: true,
  sourcemap: false,
  minify: false,
  plugins: [flat],
  clean: true,
  deps: {
    neverBundle: [
      /^node:/,
      /^@?vitest(\/|$)/,
      /^vite(\/|$)/,
      /^vitest-simulation(\/|$)/,
      /^seedrandom(\/|$)/,
      /^picocolors(\/|$)/,
    ],
    // Check options and resolve imports; part of the package, so that nobody has to install them.
    onlyBundle: ['valibot', 'resolve.exports'],
  },
  // Without this the bundler applies our manifest's `sideEffects` to the sources and drops `import './install.ts'`.
  treeshake: { moduleSideEffects: (id, external) => !external && id.endsWith('.ts') },
  inputOptions: { checks: { pluginTimings: false }, experimental: { attachDebugInfo: sourceNames } },
  // Doc comments are in the declarations; beside the code they were a fifth of the package.
  outputOptions: { chunkFileNames: 'shared/[name]-[hash].js', comments: { jsdoc: false } },
}

/** The script of the timeline: runs in a browser, and goes into each page whole. */
const timeline: UserConfig = {
  entry: { 'timeline-page': 'reporter/timeline/browser/main.ts' },
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  fixedExtension: false,
  dts: false,
  sourcemap: false,
  minify: true,
  clean: false,
  deps: { alwaysBundle: [/^d3-/], onlyBundle: false },
  inputOptions: { checks: { pluginTimings: false } },
}

export default defineConfig([doors, timeline])
