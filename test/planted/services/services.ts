/** Services as a user would write them, each with one bug that bad luck finds. */
import type { PlantedBug } from '../workload/planted-bug.ts'
import { chat } from './chat.ts'
import { configStore } from './config-store.ts'
import { rateLimiter } from './rate-limiter.ts'
import { saga } from './saga.ts'
import { webhooks } from './webhooks.ts'

export const services: readonly PlantedBug[] = [rateLimiter, webhooks, configStore, saga, chat]
