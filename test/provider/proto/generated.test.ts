import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { tfplugin6 } from '@keystead/provider/proto/generated/tfplugin6.js';
import { staleOutputs } from '../../../scripts/digests.ts';

describe('the generated messages', () => {
  test('are what the proto file gives now', () => {
    expect(staleOutputs(resolve(import.meta.dirname, '../../..'))).not.toContain('provider/proto/generated');
  });

  test('write members of a oneof also when they are zero or empty, or a step would be lost', () => {
    const path = { steps: [{ attributeName: 'a' }, { elementKeyInt: 0 }, { elementKeyString: '' }] };
    const bytes = Buffer.from(tfplugin6.AttributePath.encode(path).finish());
    expect(bytes.toString('hex')).toBe('0a030a01610a0218000a021200');
  });

  test('read counts and versions as plain numbers', () => {
    const bytes = tfplugin6.Schema.encode({ version: 3 }).finish();
    expect(tfplugin6.Schema.decode(bytes).version).toBe(3);
    expect(tfplugin6.Schema.decode(new Uint8Array()).version).toBe(0);
  });

  test('skip fields of newer minor versions', () => {
    const newer = Buffer.concat([tfplugin6.Schema.encode({ version: 3 }).finish(), Buffer.from('f2060161', 'hex')]);
    expect(tfplugin6.Schema.decode(newer)).toMatchObject({ version: 3 });
  });
});
