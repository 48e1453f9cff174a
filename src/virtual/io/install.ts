import { installBlobs } from './blobs.ts'
import { installCompression } from './compression.ts'
import { installCryptography } from './cryptography.ts'
import { installFiles } from './files.ts'
import { installMessagePorts } from './message-ports.ts'
import { installProcesses } from './processes.ts'
import { installWebAssembly } from './web-assembly.ts'

/**
 * Gives Node's asynchronous builtins a place in virtual time, or refuses them by name: nothing that they start may come
 * back while a simulation is suspended.
 */
export function installIo(): void {
  installFiles()
  installBlobs()
  installCompression()
  installCryptography()
  installMessagePorts()
  installWebAssembly()
  installProcesses()
}
