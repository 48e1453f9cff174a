import { isIP } from 'node:net'

/** Address of the node at that index: 10.0.0.1, 10.0.0.2, … */
export function addressOf(index: number): string {
  const number = index + 1
  return `10.0.${Math.floor(number / 250)}.${(number % 250) + (number < 250 ? 0 : 1)}`
}

/** Where the test itself is. */
export const addressOfTest = '10.1.0.1'

/** Takes off what an IPv6 socket puts before an IPv4 address. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address
}

/** An IPv4 address as an IPv6 socket shows it. */
export function mapped(address: string): string {
  return isIP(address) === 4 ? `::ffff:${address}` : address
}

/** The machine that asks: loopback addresses, and those that stand for every address. */
export function isOwn(address: string): boolean {
  return isLoopback(address) || address === '0.0.0.0' || address === '::' || address === ''
}

export function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1'
}

/** True for an address that means every interface. */
export function isAny(address: string): boolean {
  return address === '0.0.0.0' || address === '::' || address === ''
}

export function isMulticast(address: string): boolean {
  const first = Number(address.split('.', 1)[0])
  return first >= 224 && first <= 239
}

/** What `address()`, `remoteAddress` and the like show. */
export interface SocketAddress {
  readonly address: string
  readonly family: 'IPv4' | 'IPv6'
  readonly port: number
}

export function socketAddress(address: string, port: number): SocketAddress {
  return { address, family: isIP(address) === 6 ? 'IPv6' : 'IPv4', port }
}
