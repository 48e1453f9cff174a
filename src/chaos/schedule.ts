/** How simultaneous events are ordered and which nodes are slowed in a seed; drawn per seed unless the test fixes one. */
export type ScheduleStrategy = 'fifo' | 'random' | 'heavyTail' | 'slowPeer' | 'priority'
