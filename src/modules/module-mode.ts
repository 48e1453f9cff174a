/** How often the modules of the code under test are evaluated: once a seed, once a node and seed, or once for all. */
export const moduleModes = ['seed', 'node', 'shared'] as const
export type ModuleMode = (typeof moduleModes)[number]
