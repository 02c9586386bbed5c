/** Signatures over checkpoints of the audit log: one text for each. */
import { createPublicKey } from 'node:crypto';
import {
  signStatement,
  statementPublicKey,
  verifiesStatement,
} from '@keystead/control-plane/hsm/crypto/checkpoint-key.ts';

const seed = Buffer.alloc(32, 9);
const publicKey = createPublicKey({ key: Buffer.from(statementPublicKey(seed)), format: 'der', type: 'spki' });
const body = 'a statement';
const signature = Buffer.from(signStatement(seed, body)).toString('hex');

test('a statement verifies with its signature, and no other statement does', () => {
  expect(verifiesStatement(publicKey, body, signature)).toBe(true);
  expect(verifiesStatement(publicKey, 'another statement', signature)).toBe(false);
});

test.each([
  ['with a byte more', `${signature}00`],
  ['with half a byte more', `${signature}0`],
  ['with other characters after it', `${signature}, or so`],
  ['with a line break', `${signature}\n`],
  ['without its last byte', signature.slice(0, -2)],
  ['in capital letters', signature.toUpperCase()],
  ['that is empty', ''],
])('a signature %s does not verify', (_what, other) => {
  expect(verifiesStatement(publicKey, body, other)).toBe(false);
});
