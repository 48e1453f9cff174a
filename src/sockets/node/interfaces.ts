import os from 'node:os'
import { current } from '../../engine/current.ts'
import { replaceFunction } from '../../virtual/replace.ts'
import { socketsOf } from '../sockets.ts'

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown

/** `os.networkInterfaces()` shows the loopback interface and the one address of the node. */
export function installInterfaces(): void {
  replaceFunction<AnyFunction>(os, 'networkInterfaces', (original) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const { engine } = current
      if (engine === undefined) return original.apply(this, args)
      const { address } = socketsOf(engine).here
      const bytes = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'))
      return {
        lo: [entry('127.0.0.1', '255.0.0.0', 8, '00:00:00:00:00:00', true)],
        // A locally administered address, made of the other one.
        eth0: [entry(address, '255.255.0.0', 16, ['02', '00', ...bytes].join(':'), false)],
      }
    }
  })
}

function entry(
  address: string,
  netmask: string,
  bits: number,
  mac: string,
  internal: boolean,
): os.NetworkInterfaceInfo {
  return { address, netmask, family: 'IPv4', mac, internal, cidr: `${address}/${bits}` }
}
