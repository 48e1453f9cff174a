/** Why a simulation stopped running iterations. `interrupted` runs are never a pass. */
export type StopReason =
  | 'count reached'
  | 'all sometimes reached'
  | 'coverage stable'
  | 'time limit'
  | 'failure'
  | 'coverage missed'
  | 'interrupted'
