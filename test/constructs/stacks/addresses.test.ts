/**
 * The Terraform address of everything that a construct declares is frozen: whoever takes a new release of the library
 * keeps every key.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Testing } from 'cdktf';
import { Construct } from 'constructs';
import { constructNames, everyConstruct, nowhere, surroundings } from '../every-construct.ts';
import { account, aStack, type Configuration, synthesize } from '../stack.ts';

const file = join(import.meta.dirname, 'addresses.json');

type Frozen = Readonly<Record<string, readonly string[]>>;
const frozen: Frozen = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};

const addressesIn = ({ resource }: Configuration): string[] =>
  Object.entries(resource).flatMap(([type, objects]) => Object.keys(objects).map((name) => `${type}.${name}`));

/** Of a construct at the top of its stack, and below another construct. */
function addressesOf(name: (typeof constructNames)[number]): string[] {
  const stack = aStack({ account, region: 'eu-west-1' });
  const around = surroundings(stack, nowhere);
  const without = addressesIn(synthesize(stack));
  everyConstruct[name](stack, 'subject', around);
  everyConstruct[name](new Construct(stack, 'inner'), 'subject', around);
  // Without checks: the two have the same aliases.
  return addressesIn(JSON.parse(Testing.synth(stack)))
    .filter((address) => !without.includes(address))
    .sort();
}

const howTo = `
A Terraform address of this construct changed. Whoever takes this release would have Terraform destroy the object at the
old address, the key included, and make another one: everything encrypted under the key would be lost. Give the child back
its id. If the construct must be built in another way, call renamedFrom(…) on the child in the construct itself, so that
every stack moves its state. A new child is fine: add its address to test/constructs/stacks/addresses.json with
\`KEYSTEAD_RECORD=1\`, which adds lines and never changes one.
`;

test.each(constructNames)('The addresses of %s are the frozen ones', (name) => {
  const addresses = addressesOf(name);
  const before = frozen[name] ?? [];
  const lost = before.filter((address) => !addresses.includes(address));
  if (lost.length > 0) throw new Error(`${howTo}\nNot declared any more:\n  ${lost.join('\n  ')}`);
  const added = addresses.filter((address) => !before.includes(address));
  if (added.length > 0 && process.env.KEYSTEAD_RECORD !== '1')
    throw new Error(`${howTo}\nNew:\n  ${added.join('\n  ')}`);
});

afterAll(() => {
  if (process.env.KEYSTEAD_RECORD !== '1') return;
  const now = constructNames.map((name) => {
    const all = new Set([...(frozen[name] ?? []), ...addressesOf(name)]);
    return [name, [...all].sort()] as const;
  });
  writeFileSync(file, `${JSON.stringify({ ...frozen, ...Object.fromEntries(now.sort()) }, null, 2)}\n`);
});

test('No construct leaves the file', () => {
  expect(Object.keys(frozen).filter((name) => !constructNames.some((one) => one === name))).toEqual([]);
});
