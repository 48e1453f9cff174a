/**
 * Adds to package-lock.json the binaries of other platforms that npm left out, because the registry it asked did not
 * have them: without them `npm ci` refuses the lock file. Run it after `npm install` when `npm ci` says "Missing: …".
 */
import { readFileSync, writeFileSync } from 'node:fs'

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'))
const systems = /(darwin|win32|android|freebsd|openharmony|linux|wasm32)-(arm64|arm|x64|ia32|ppc64|riscv64|s390x|wasi)/
let added = 0

/** What Node would find from this folder: the nearest entry, going up. */
function nearest(from, name) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(folder.lastIndexOf('/node_modules/'), 0))) {
    const entry = lock.packages[`${folder ? `${folder}/` : ''}node_modules/${name}`]
    if (entry || folder === '') return entry
  }
}

for (const [path, { dev, optionalDependencies }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies ?? {})) {
    const [, os, cpu] = systems.exec(name) ?? []
    if (!os || nearest(path, name)?.version === version) continue
    const libc = /-(gnu|musl)/.exec(name)?.[1]
    lock.packages[`${path}/node_modules/${name}`] = {
      version,
      cpu: [os === 'wasm32' ? 'wasm32' : cpu],
      ...(dev ? { dev } : {}),
      ...(libc ? { libc: [libc === 'gnu' ? 'glibc' : libc] } : {}),
      optional: true,
      ...(os === 'wasm32' ? {} : { os: [os] }),
    }
    added += 1
  }
}

const [[, root], ...others] = Object.entries(lock.packages)
lock.packages = Object.fromEntries([['', root], ...others.sort(([a], [b]) => a.localeCompare(b, 'en'))])
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`)
process.stdout.write(`${added} entries added\n`)
