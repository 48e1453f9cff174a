import crypto from 'node:crypto'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import { simulation } from 'vitest-simulation'

type GeneratePrime = (size: number, options: crypto.GeneratePrimeOptions) => Promise<unknown>

const generatePrime = promisify(crypto.generatePrime) as unknown as GeneratePrime
const data = Buffer.from('text')
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

simulation.test('keys of RSA are drawn from the seed, and work', often, async (sim) => {
  const made: string[] = []
  for (const modulusLength of [512, 1023, 1024]) {
    const { publicKey, privateKey } = await promisify(crypto.generateKeyPair)('rsa', { modulusLength })
    expect(privateKey.asymmetricKeyDetails).toEqual({ modulusLength, publicExponent: 65537n })
    const signature = crypto.sign('sha1', Buffer.from('text'), privateKey)
    expect(crypto.verify('sha1', Buffer.from('text'), publicKey, signature)).toBe(true)
    const secret = crypto.publicEncrypt(publicKey, Buffer.from('secret'))
    expect(crypto.privateDecrypt(privateKey, secret).toString()).toBe('secret')
    made.push(publicKey.export({ format: 'pem', type: 'spki' }) as string)
  }
  const { privateKey } = crypto.generateKeyPairSync('rsa', { modulusLength: 512, publicExponent: 3 })
  expect(privateKey.asymmetricKeyDetails?.publicExponent).toBe(3n)
  expect(() => crypto.generateKeyPairSync('rsa', { modulusLength: 'long' as never })).toThrow('modulusLength')
  sim.log('made', made)
  expect(new Set(made).size).toBe(made.length)
})

const { subtle } = crypto.webcrypto
type Pair = crypto.webcrypto.CryptoKeyPair
type Key = crypto.webcrypto.CryptoKey

simulation.test('keys of Web Crypto are drawn from the seed, and work', often, async (sim) => {
  const made: string[] = []
  const keep = async (format: 'raw' | 'spki', key: Key): Promise<void> => {
    made.push(Buffer.from(await subtle.exportKey(format, key)).toString('hex'))
  }
  for (const name of ['AES-CBC', 'AES-CTR', 'AES-GCM', 'AES-KW']) {
    const usages = name === 'AES-KW' ? (['wrapKey'] as const) : (['encrypt', 'decrypt'] as const)
    const key = (await subtle.generateKey({ name, length: 256 }, true, usages)) as Key
    expect(key.algorithm).toEqual({ name, length: 256 })
    await keep('raw', key)
  }
  const hmac = await subtle.generateKey({ name: 'hmac', hash: 'SHA-384' }, true, ['sign', 'verify'])
  expect(hmac.algorithm).toMatchObject({ name: 'HMAC', length: 1024 })
  expect(await subtle.verify('HMAC', hmac, await subtle.sign('HMAC', hmac, data), data)).toBe(true)
  await keep('raw', hmac)
  const rsa = { modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' }
  const signing = [
    [{ name: 'RSASSA-PKCS1-v1_5', ...rsa }, { name: 'RSASSA-PKCS1-v1_5' }],
    [
      { name: 'RSA-PSS', ...rsa },
      { name: 'RSA-PSS', saltLength: 32 },
    ],
    [
      { name: 'ECDSA', namedCurve: 'P-521' },
      { name: 'ECDSA', hash: 'SHA-512' },
    ],
    ['Ed25519', 'Ed25519'],
  ] as const
  for (const [algorithm, how] of signing) {
    const pair = (await subtle.generateKey(algorithm as never, false, ['sign', 'verify'])) as Pair
    expect(pair.privateKey).toMatchObject({ extractable: false, usages: ['sign'] })
    expect(pair.publicKey).toMatchObject({ extractable: true, usages: ['verify'] })
    expect(await subtle.verify(how, pair.publicKey, await subtle.sign(how, pair.privateKey, data), data)).toBe(true)
    await keep('spki', pair.publicKey)
  }
  const oaep = await subtle.generateKey({ name: 'RSA-OAEP', ...rsa }, true, ['encrypt', 'decrypt'])
  const secret = await subtle.encrypt('RSA-OAEP', oaep.publicKey, data)
  expect(Buffer.from(await subtle.decrypt('RSA-OAEP', oaep.privateKey, secret))).toEqual(data)
  for (const algorithm of [{ name: 'ECDH', namedCurve: 'P-256' }, 'X25519'] as const) {
    const make = async (): Promise<Pair> => (await subtle.generateKey(algorithm as never, true, ['deriveBits'])) as Pair
    const [one, two] = [await make(), await make()]
    const name = one.publicKey.algorithm.name
    const [a, b] = await Promise.all([
      subtle.deriveBits({ name, public: two.publicKey }, one.privateKey, 256),
      subtle.deriveBits({ name, public: one.publicKey }, two.privateKey, 256),
    ])
    expect(a).toEqual(b)
    made.push(Buffer.from(a).toString('hex'))
  }
  sim.log('made', made)
  expect(new Set(made).size).toBe(made.length)
})

simulation.test('Web Crypto refuses the keys that it refuses outside', often, async () => {
  const wrong: readonly (readonly [unknown, readonly string[], string])[] = [
    [{ name: 'AES-GCM', length: 256 }, [], 'SyntaxError'],
    [{ name: 'AES-GCM', length: 256 }, ['sign'], 'SyntaxError'],
    [{ name: 'ECDSA', namedCurve: 'P-256' }, ['verify'], 'SyntaxError'],
    [{ name: 'ECDSA', namedCurve: 'P-256' }, ['encrypt'], 'SyntaxError'],
  ]
  for (const [algorithm, usages, name] of wrong) {
    await expect(subtle.generateKey(algorithm as never, true, usages as never)).rejects.toMatchObject({ name })
  }
})

simulation.test('primes are drawn from the seed', often, async (sim) => {
  const made: bigint[] = []
  for (const size of [2, 3, 4, 7, 8, 31, 64, 65, 512]) {
    const prime = crypto.generatePrimeSync(size, { bigint: true })
    expect(prime.toString(2)).toHaveLength(size)
    expect(crypto.checkPrimeSync(prime)).toBe(true)
    made.push(prime)
  }
  const safe = Buffer.from((await generatePrime(96, { safe: true })) as ArrayBuffer)
  expect(safe).toHaveLength(12)
  expect(crypto.checkPrimeSync((BigInt(`0x${safe.toString('hex')}`) - 1n) / 2n)).toBe(true)
  expect(() => crypto.generatePrimeSync(0)).toThrow('size')
  sim.log('primes', [...made, safe.toString('hex')].map(String))
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
