const request = /^([A-Z]{3,10}) (\S+) HTTP\/1\.[01]\r\n/
const response = /^HTTP\/1\.[01] (\d{3}) ?([^\r\n]*)\r\n/

/** 'GET /orders', '200 OK'; undefined: no head of HTTP/1 begins here. */
export function describeHttp(bytes: Buffer): string | undefined {
  const head = bytes.toString('latin1', 0, 500)
  const [, method, path] = request.exec(head) ?? []
  if (method !== undefined) return `${method} ${path}`
  const [, status, reason] = response.exec(head) ?? []
  return status === undefined ? undefined : `${status} ${reason}`.trim()
}
