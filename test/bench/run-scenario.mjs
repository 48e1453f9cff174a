/** Runs one scenario in a process of its own (see index.mjs), so that none runs in another's heap or optimised code. */
const [name, path, size] = process.argv.slice(2)
const simulator = await import(path)
const { run } = await import(`./scenarios/${name}.mjs`)
const rows = await run({ simulator, path, quick: size === 'quick' })
process.send(rows, () => process.disconnect())
