/** Figures of Linux (tcp(7), RFC 6298), times in µs: what a service meets in production is what it meets here. */
export const tcp = {
  /** First wait for the answer to a SYN; doubles each time. */
  synTimeout: 1_000_000,
  /** `tcp_syn_retries`: ETIMEDOUT after 127 s. */
  synRetries: 6,
  /** TCP_RTO_MIN; doubles each time. */
  retransmissionTimeout: 200_000,
  /** TCP_RTO_MAX. */
  longestTimeout: 120_000_000,
  /** `tcp_retries2`: ETIMEDOUT after about 15 minutes. */
  retries: 15,
  /** Bytes that wait to be sent before a write no longer ends at once. */
  sendBuffer: 131_072,
  /** Bytes that the receiver holds before the sender must wait. */
  receiveBuffer: 131_072,
  /** Bytes that one read gives at most, as libuv does. */
  readSize: 65_536,
  /** Longest segment, bytes: that of a loopback interface. */
  segmentSize: 65_483,
  /** What libuv sets with TCP_KEEPINTVL and TCP_KEEPCNT. */
  keepAliveInterval: 1_000_000,
  keepAliveProbes: 10,
} as const

/** First port that is given to who asks for none, and the first after the last (RFC 6335). */
export const ephemeral = { first: 49_152, end: 65_536 } as const

/** Longest datagram, bytes (IPv4). */
export const longestDatagram = 65_507
