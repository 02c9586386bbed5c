/** Ciphertexts and data keys, which the service does not keep: the state is all that there is of them. */
import type { TypeCase } from '../case.ts';
import { text, twoKeys } from './hcl.ts';

const sealed = (which: '' | '2', more: string): string => `key_id = aws_kms_key.of_ciphertext${which}.id\n${more}`;

export const ciphertext: TypeCase = {
  type: 'aws_kms_ciphertext',
  around: twoKeys('of_ciphertext'),
  body: sealed('', 'plaintext = "a-secret-in-the-state"'),
  state: { plaintext: 'a-secret-in-the-state', ciphertext_blob: expect.stringMatching(/^[\w+/]{100,}=*$/) },
  secrets: ['plaintext'],
  changes: [
    { body: sealed('', 'plaintext = "another-secret"'), how: 'replace', of: ['plaintext'] },
    { body: sealed('', 'plaintext = "another-secret"\ncontext = { a = "b" }'), how: 'replace', of: ['context'] },
    { body: sealed('2', 'plaintext = "another-secret"\ncontext = { a = "b" }'), how: 'replace', of: ['key_id'] },
  ],
  refused: [
    ['resource', 'key_id = "x"'],
    ['plaintext', 'key_id = "x"\nplaintext = "a"\nplaintext_wo = "b"\nplaintext_wo_version = "1"'],
    ['plaintext_wo', 'key_id = "x"\nplaintext_wo = "a"'],
    ['plaintext_wo_version', 'key_id = "x"\nplaintext = "a"\nplaintext_wo_version = "1"'],
  ],
};

const hidden = (version: string): string => `key_id = aws_kms_key.of_hidden.id
plaintext_wo = var.write_only_text
plaintext_wo_version = "${version}"`;

export const ciphertextWriteOnly: TypeCase = {
  type: 'aws_kms_ciphertext',
  variant: 'write_only',
  isOurs: true,
  around: 'resource "aws_kms_key" "of_hidden" {}',
  body: hidden('1'),
  state: { plaintext: null, plaintext_wo: null, plaintext_wo_version: '1' },
  changes: [{ body: hidden('2'), how: 'replace', of: ['plaintext_wo_version'] }],
  refused: [],
};

const dataKeyOf = (which: '' | '2', more = ''): string =>
  `provider = aws\nkey_id = aws_kms_key.of_data_key${which}.id\n${more}`;

export const dataKey: TypeCase = {
  type: 'kms_data_key_without_plaintext',
  isOurs: true,
  around: twoKeys('of_data_key'),
  body: dataKeyOf(''),
  state: { ciphertext_blob: expect.stringMatching(/^[\w+/]{100,}$/) },
  changes: [
    { body: dataKeyOf('', 'keepers = { year = "1" }'), how: 'replace', of: ['keepers'] },
    { body: dataKeyOf('', 'keepers = { year = "2" }'), how: 'replace', of: ['keepers'] },
    { body: dataKeyOf('', 'number_of_bytes = 64'), how: 'replace', of: ['keepers', 'number_of_bytes'] },
    { body: dataKeyOf('', 'key_spec = "AES_128"'), how: 'replace', of: ['key_spec', 'number_of_bytes'] },
    { body: dataKeyOf('2', 'key_spec = "AES_128"'), how: 'replace', of: ['key_id'] },
  ],
  refused: [
    ['key_id', 'provider = aws\nkey_id = "none"'],
    ['key_spec', 'provider = aws\nkey_id = "alias/a"\nkey_spec = "AES_512"'],
    ['number_of_bytes', 'provider = aws\nkey_id = "alias/a"\nnumber_of_bytes = 1025'],
    ['number_of_bytes', 'provider = aws\nkey_id = "alias/a"\nnumber_of_bytes = 32\nkey_spec = "AES_256"'],
  ],
  importId: (state) => `${text(state, 'key_id')},AES_128,${text(state, 'ciphertext_blob')}`,
};
