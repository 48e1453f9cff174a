/** Every scenario: a module beside this file with `run(bench)`, which answers with rows of the table. */
export const scenarios = [
  'long-run',
  'two-nodes',
  'breakdown',
  'storm',
  'actors',
  'many-actors',
  'phase-5',
  'sockets',
  'memory',
  'empty-simulation',
]
