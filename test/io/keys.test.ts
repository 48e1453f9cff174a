import crypto from 'node:crypto'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import { simulation } from 'vitest-simulation'

const often = { iterations: 3, determinism: 1 } as const

simulation.test('keys are drawn from the seed, and work', often, async (sim) => {
  const made: string[] = []
  for (const type of ['ed25519', 'ed448'] as const) {
    const { publicKey, privateKey } = crypto.generateKeyPairSync(type as 'ed25519')
    const signature = crypto.sign(null, Buffer.from('text'), privateKey)
    expect(crypto.verify(null, Buffer.from('text'), publicKey, signature)).toBe(true)
    made.push(signature.toString('hex'))
  }
  for (const namedCurve of ['P-256', 'P-384', 'P-521', 'secp256k1']) {
    const { publicKey, privateKey } = await promisify(crypto.generateKeyPair)('ec', { namedCurve })
    const signature = crypto.sign('sha256', Buffer.from('text'), privateKey)
    expect(crypto.verify('sha256', Buffer.from('text'), publicKey, signature)).toBe(true)
    made.push(publicKey.export({ format: 'pem', type: 'spki' }) as string)
  }
  const [one, two] = [crypto.generateKeyPairSync('x25519'), crypto.generateKeyPairSync('x448')]
  made.push(one.publicKey.export({ format: 'jwk' }).x as string, two.publicKey.export({ format: 'jwk' }).x as string)
  const { publicKey: text } = crypto.generateKeyPairSync('ed25519', {
    publicKeyEncoding: { format: 'pem', type: 'spki' },
    privateKeyEncoding: { format: 'pem', type: 'pkcs8' },
  })
  expect(text).toContain('BEGIN PUBLIC KEY')
  made.push(text, crypto.generateKeySync('hmac', { length: 64 }).export().toString('hex'))
  made.push((await promisify(crypto.generateKey)('aes', { length: 256 })).export().toString('hex'))
  expect(() => crypto.generateKeySync('aes', { length: 5 as 128 })).toThrow('128')
  sim.log('made', made)
  expect(new Set(made).size).toBe(made.length)
})

simulation.test('two nodes agree on a secret', often, (sim) => {
  const secrets: string[] = []
  for (const curve of ['prime256v1', 'secp521r1']) {
    const [alice, bob] = [crypto.createECDH(curve), crypto.createECDH(curve)]
    const [a, b] = [alice.generateKeys(), bob.generateKeys()]
    const secret = alice.computeSecret(b)
    expect(secret).toEqual(bob.computeSecret(a))
    secrets.push(secret.toString('hex'))
  }
  const alice = crypto.createDiffieHellman(crypto.getDiffieHellman('modp5').getPrime())
  const bob = crypto.createDiffieHellman(alice.getPrime())
  const [a, b] = [alice.generateKeys(), bob.generateKeys()]
  expect(alice.computeSecret(b)).toEqual(bob.computeSecret(a))
  secrets.push(alice.computeSecret(b).toString('hex'))
  sim.log('secrets', secrets)
})

simulation.test('a file is as old as its simulation', often, (sim) => {
  expect(new File(['text'], 'name').lastModified).toBe(Date.now())
  expect(new File(['text'], 'name', { lastModified: 5 }).lastModified).toBe(5)
  sim.log('utilization', performance.eventLoopUtilization())
})
