/** The table is complete: it has every resource type, and sets every argument of each. */
import * as resources from '@keystead/provider-schema/resources/index.ts';
import type { BlockRecord, TerraformRecord } from '@keystead/provider-schema/terraform.ts';
import { nameOf, type TypeCase } from './case.ts';
import { allCases } from './cases/index.ts';
import { keyStoreCases } from './cases/kms-key-stores.ts';

const proxy = { endpoint: 'https://a.example.test', accessKeyId: 'a', secret: 'b' };
const cases: readonly TypeCase[] = [
  ...allCases,
  ...keyStoreCases({
    certificate: 'PEM',
    clusters: ['cluster-a', 'cluster-b'],
    password: 'password',
    proxies: [proxy, proxy],
    connected: { cluster: 'cks-1', proxy: 'cks-2', keys: ['a', 'b'] },
  }),
];

/** Ids and all tags are arguments by form only: upstream computes them. */
const byFormOnly: ReadonlySet<string> = new Set(['id', 'tags_all']);
/** Used on create only: test/e2e/terraform-own-arguments.test.ts and test/provider/resources/aws-iam.test.ts. */
const elsewhere: ReadonlySet<string> = new Set(['adopt_pending_deletion', 'pgp_key']);

function argumentsOf({
  attributes,
  blocks = {},
}: Pick<TerraformRecord | BlockRecord, 'attributes' | 'blocks'>): string[] {
  const own = Object.entries(attributes)
    .filter(([name, { optional, required }]) => (optional || required) && !byFormOnly.has(name) && !elsewhere.has(name))
    .map(([name]) => name);
  return [...own, ...Object.entries(blocks).flatMap(([name, block]) => [name, ...argumentsOf(block)])];
}

test('no two cases have the same name', () => {
  const names = cases.map(nameOf);
  expect(names).toEqual([...new Set(names)]);
});

test.each(Object.entries(resources))('%s sets every argument', (type, record) => {
  const bodies = cases
    .filter((one) => one.type === type)
    .flatMap(({ body, changes }) => [body, ...changes.map((change) => change.body)]);
  const isSet = (name: string) => bodies.some((body) => new RegExp(`\\b${name}\\s*[={]`).test(body));
  expect(bodies).not.toEqual([]);
  expect(argumentsOf(record).filter((name) => !isSet(name))).toEqual([]);
});
