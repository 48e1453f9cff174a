/** Names of the built-in invariants of actors. */
export const actorInvariants = {
  single: 'an actor has at most one live registered activation',
  registered: 'when quiet, exactly the registered activations are alive',
  shutdown: 'every activation is deactivated cleanly at shutdown',
  gone: 'no message is handled by a deactivated activation',
} as const
