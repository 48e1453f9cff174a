/** What two ends of a connection speak, as far as it has been recognised. */
export interface Speech {
  protocol: 'http' | 'websocket' | 'redis' | 'mqtt' | 'bytes' | undefined
  readonly ports: readonly [number, number]
}
