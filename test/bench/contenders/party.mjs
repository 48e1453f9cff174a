/**
 * A minimal request/response bus for the competitors: correlation map, payload copied on send, a timeout per request
 * that is cancelled by its response. `wire` is the competitor: how a message travels and how a timer runs.
 */
export function createParties(wire, copyPayload) {
  const pending = new Map()
  const handlers = new Map()
  let correlationIds = 0

  const deliverResponse = ({ id, payload }) => {
    const request = pending.get(id)
    if (request === undefined) return
    pending.delete(id)
    wire.clearTimer(request.timer)
    request.resolve(payload)
  }
  const deliverRequest = ({ id, method, payload }) => {
    const result = handlers.get(method)(payload)
    wire.send(deliverResponse, { id, payload: copyPayload(result) })
  }
  const expire = (id) => {
    const request = pending.get(id)
    pending.delete(id)
    request.reject(new Error(`request ${id} timed out`))
  }
  return {
    handle: (method, handler) => handlers.set(method, handler),
    request: (method, payload) =>
      new Promise((resolve, reject) => {
        const id = ++correlationIds
        pending.set(id, { resolve, reject, timer: wire.setTimer(expire, 5_000, id) })
        wire.send(deliverRequest, { id, method, payload: copyPayload(payload) })
      }),
  }
}
