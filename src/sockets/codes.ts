import { constants } from 'node:os'

const { errno } = constants

/** What the handles of Node's sockets answer, as libuv numbers them: 0, or a negative number. */
export const codes = {
  ok: 0,
  endOfFile: -4095,
  addressInUse: -errno.EADDRINUSE,
  addressNotAvailable: -errno.EADDRNOTAVAIL,
  brokenPipe: -errno.EPIPE,
  connectionRefused: -errno.ECONNREFUSED,
  connectionReset: -errno.ECONNRESET,
  destinationMissing: -errno.EDESTADDRREQ,
  invalid: -errno.EINVAL,
  isConnected: -errno.EISCONN,
  noSuchFile: -errno.ENOENT,
  notConnected: -errno.ENOTCONN,
  tooLong: -errno.EMSGSIZE,
  timedOut: -errno.ETIMEDOUT,
  unreachable: -errno.EHOSTUNREACH,
} as const
