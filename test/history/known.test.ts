/**
 * Histories of real systems with known verdicts, from the Porcupine project: HISTORIES names their folder (etcd/*.log with
 * verdicts.json, kv/*-ok.txt and *-bad.txt).
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  type KeyValueInput,
  type Operation,
  type RegisterInput,
  checkLinearizable,
  keyValue,
  register,
} from '../../src/history/door.ts'

const folder = process.env['HISTORIES'] ?? ''
const filesIn = (name: string): string[] => (existsSync(join(folder, name)) ? readdirSync(join(folder, name)) : [])

type Value = number | null
type RegisterOperation = Operation<RegisterInput<Value>, Value | boolean | void>

function registerHistory(path: string): RegisterOperation[] {
  const open = new Map<string, number>()
  const operations: (RegisterOperation | undefined)[] = []
  for (const [time, line] of readFileSync(path, 'utf8').split('\n').entries()) {
    const [, client = '', kind, name, value = ''] = /(\d+)\s+:(\w+)\s+:(read|write|cas)\s+(.*)$/.exec(line) ?? []
    if (kind === undefined) continue
    const number = (text: string): Value => (text === 'nil' ? null : Number(text))
    const [first = '', second = ''] = value.replace(/[[\]]/g, '').split(' ')
    if (kind === 'invoke') {
      const input: RegisterInput<Value> =
        name === 'read'
          ? { read: true }
          : name === 'write'
            ? { write: number(value) }
            : { compare: number(first), swap: number(second) }
      open.set(client, operations.length)
      operations.push({ client, input, call: time })
      continue
    }
    const index = open.get(client) as number
    const operation = operations[index] as RegisterOperation
    // A comparison that failed is an answer; anything else that failed was not done.
    if (kind === 'fail') operations[index] = name === 'cas' ? { ...operation, return: time, output: false } : undefined
    else if (kind === 'ok') {
      const output = name === 'read' ? number(value) : name === 'cas' ? true : undefined
      operations[index] = { ...operation, return: time, output }
    }
  }
  return operations.filter((one) => one !== undefined)
}

function keyValueHistory(path: string): Operation<KeyValueInput, string | null | void>[] {
  const open = new Map<string, number>()
  const operations: Operation<KeyValueInput, string | null | void>[] = []
  for (const [time, line] of readFileSync(path, 'utf8').split('\n').entries()) {
    const [, client = '', kind, name, key = '', text = ''] =
      /:process (\d+), :type :(\w+), :f :(\w+), :key "(.*?)", :value (?:"(.*)"|nil)/.exec(line) ?? []
    if (kind === undefined) continue
    if (kind === 'invoke') {
      const input: KeyValueInput =
        name === 'get' ? { get: key } : name === 'put' ? { put: key, value: text } : { append: key, value: text }
      open.set(client, operations.length)
      operations.push({ client, input, call: time })
      continue
    }
    const index = open.get(client) as number
    operations[index] = { ...operations[index]!, return: time, ...(name === 'get' && { output: text }) }
  }
  return operations
}

describe.skipIf(folder === '')('known verdicts', () => {
  const verdicts =
    folder === ''
      ? {}
      : (JSON.parse(readFileSync(join(folder, 'etcd/verdicts.json'), 'utf8')) as Record<string, string>)

  test.each(filesIn('etcd').filter((name) => name.endsWith('.log')))('%s', (name) => {
    const expected = verdicts[name] ?? verdicts[name.replace('.log', '')]
    expect(checkLinearizable(register<Value>(null), registerHistory(join(folder, 'etcd', name))).verdict).toBe(expected)
  })

  test.each(filesIn('kv'))('%s', (name) => {
    const { verdict } = checkLinearizable(keyValue(''), keyValueHistory(join(folder, 'kv', name)))
    expect(verdict).toBe(name.endsWith('-ok.txt') ? 'ok' : 'illegal')
  })

  test('the folder has them', () => {
    expect(filesIn('etcd').length + filesIn('kv').length).toBeGreaterThan(50)
  })
})
