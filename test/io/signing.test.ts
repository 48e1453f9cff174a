import crypto from 'node:crypto'
import { expect } from 'vitest'
import { simulation } from 'vitest-simulation'

const often = { iterations: 3, determinism: 1 } as const
const data = Buffer.from('text')
const { subtle } = crypto.webcrypto

simulation.test('nonces and salts of signatures are drawn from the seed', often, async (sim) => {
  const made: string[] = []
  for (const namedCurve of ['P-256', 'P-384', 'P-521', 'secp256k1']) {
    const { publicKey, privateKey } = crypto.generateKeyPairSync('ec', { namedCurve })
    const pem = privateKey.export({ format: 'pem', type: 'pkcs8' })
    for (const algorithm of ['sha256', 'sha512', undefined]) {
      const signature = crypto.sign(algorithm, data, pem)
      expect(crypto.verify(algorithm, data, publicKey, signature)).toBe(true)
      made.push(signature.toString('hex'))
    }
    const dsaEncoding = 'ieee-p1363'
    const text = crypto.createSign('RSA-SHA384').update('te').update('xt').sign({ key: privateKey, dsaEncoding }, 'hex')
    const verify = crypto.createVerify('RSA-SHA384').update('text')
    expect(verify.verify({ key: publicKey, dsaEncoding }, text, 'hex')).toBe(true)
    made.push(text)
    const later = await new Promise<Buffer>((resolve, reject) => {
      crypto.sign('sha1', data, { key: pem }, (error, signature) => (error ? reject(error) : resolve(signature)))
    })
    expect(crypto.verify('sha1', data, publicKey, later)).toBe(true)
    expect(crypto.verify('sha1', Buffer.from('other'), publicKey, later)).toBe(false)
    made.push(later.toString('hex'))
  }
  for (const modulusLength of [1024, 1025]) {
    const { publicKey, privateKey } = crypto.generateKeyPairSync('rsa', { modulusLength })
    const padding = crypto.constants.RSA_PKCS1_PSS_PADDING
    for (const saltLength of [undefined, 0, 20, crypto.constants.RSA_PSS_SALTLEN_DIGEST]) {
      const salt = saltLength === undefined ? {} : { saltLength }
      const signature = crypto.sign('sha256', data, { key: privateKey, padding, ...salt })
      expect(signature).toHaveLength(Math.ceil(modulusLength / 8))
      expect(crypto.verify('sha256', data, { key: publicKey, padding, ...salt }, signature)).toBe(true)
      made.push(signature.toString('hex'))
    }
    expect(() => crypto.sign('sha256', data, { key: privateKey, padding, saltLength: 500 })).toThrow()
  }
  sim.log('made', made)
  expect(new Set(made).size).toBe(made.length)
})

simulation.test('paddings of encryption are drawn from the seed', often, (sim) => {
  const { publicKey, privateKey } = crypto.generateKeyPairSync('rsa', { modulusLength: 1024 })
  const ways = [
    {},
    { oaepHash: 'sha256', oaepLabel: Buffer.from('label') },
    { padding: crypto.constants.RSA_PKCS1_OAEP_PADDING },
  ]
  for (const options of ways) {
    for (const key of [publicKey, publicKey.export({ format: 'pem', type: 'spki' }), privateKey]) {
      const secret = crypto.publicEncrypt({ ...options, key }, data)
      expect(crypto.privateDecrypt({ ...options, key: privateKey }, secret)).toEqual(data)
      sim.log('secret', secret.toString('hex'))
    }
  }
  const secret = crypto.publicEncrypt({ key: publicKey, padding: crypto.constants.RSA_PKCS1_PADDING }, data)
  const padded = crypto.privateDecrypt({ key: privateKey, padding: crypto.constants.RSA_NO_PADDING }, secret)
  expect(padded.subarray(0, 2).toString('hex')).toBe('0002')
  expect(padded.indexOf(0, 2)).toBe(padded.length - data.length - 1)
  expect(padded.subarray(-data.length)).toEqual(data)
  sim.log('secret', secret.toString('hex'))
  expect(() => crypto.publicEncrypt(publicKey, Buffer.alloc(1000))).toThrow('too large')
})

simulation.test('so are those of Web Crypto', often, async (sim) => {
  const ecdsa = { name: 'ECDSA', hash: 'SHA-256' }
  const rsa = { modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' }
  const signing = [
    [{ name: 'ECDSA', namedCurve: 'P-256' }, ecdsa],
    [
      { name: 'ECDSA', namedCurve: 'P-521' },
      { ...ecdsa, hash: { name: 'SHA-512' } },
    ],
    [
      { name: 'RSA-PSS', ...rsa },
      { name: 'RSA-PSS', saltLength: 32 },
    ],
  ] as const
  for (const [algorithm, how] of signing) {
    const pair = (await subtle.generateKey(algorithm as never, false, [
      'sign',
      'verify',
    ])) as crypto.webcrypto.CryptoKeyPair
    const signature = await subtle.sign(how, pair.privateKey, data)
    expect(await subtle.verify(how, pair.publicKey, signature, data)).toBe(true)
    sim.log('signature', Buffer.from(signature).toString('hex'))
    await expect(subtle.sign(how, pair.publicKey, data)).rejects.toThrow()
  }
  const pair = (await subtle.generateKey({ name: 'RSA-OAEP', ...rsa }, false, [
    'encrypt',
    'decrypt',
  ])) as crypto.webcrypto.CryptoKeyPair
  const how = { name: 'RSA-OAEP', label: Buffer.from('label') }
  const secret = await subtle.encrypt(how, pair.publicKey, data)
  expect(Buffer.from(await subtle.decrypt(how, pair.privateKey, secret))).toEqual(data)
  sim.log('secret', Buffer.from(secret).toString('hex'))
})
