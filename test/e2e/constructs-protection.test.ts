/** `removalProtection` of the constructs, with the real Terraform and control plane: whatever loses a key is refused at plan. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { Key, type KeyProps, KeysteadProvider } from '@keystead/constructs/cdktf';
import type { TerraformResource } from 'cdktf';
import { Construct } from 'constructs';
import { needs } from '../support/needs.ts';
import { root, startServer, type TestServer } from '../support/server.ts';
import { type NewStack, type StackApps, stackApps } from '../support/stack-apps.ts';
import { openWorkspace, type Workspace } from '../support/terraform.ts';

needs('terraform');

jest.setTimeout(240_000);

let server: TestServer;
let workspace: Workspace;
let apps: StackApps;

beforeAll(async () => {
  server = await startServer();
  workspace = await openWorkspace(server);
  apps = stackApps(workspace);
});
afterAll(async () => {
  await workspace?.dispose();
  await server?.stop();
});

/** The stacks that every test starts from: a key with a replica below a construct of the user's own. */
function stacks(newStack: NewStack) {
  const [shop, other] = ['shop', 'other'].map((name) => {
    const stack = newStack(name);
    new KeysteadProvider(stack, 'keystead', { endpoint: server.endpoint, region: 'eu-west-1' });
    return stack;
  });
  if (shop === undefined || other === undefined) throw new Error('two stacks');
  return { shop, other, orders: new Construct(shop, 'orders') };
}

const protectedKey = (scope: Construct, id: string, props: KeyProps = {}) =>
  new Key(scope, id, { multiRegion: true, alias: 'orders', ...props });

function write(declare: (scopes: ReturnType<typeof stacks>) => void): void {
  apps.write((newStack) => declare(stacks(newStack)));
}

const waysOn = (path: string, what: string) => [
  what === 'destroys it' ? `renamedFrom('${path}')` : 'undo the change of that argument in the construct',
  'declare the construct with removalProtection: false and apply that alone',
];

interface Refused {
  readonly title: string;
  readonly path: string;
  readonly what: string;
}

function expectRefusals(said: string, ...refused: readonly Refused[]): void {
  for (const { title, path, what } of refused) {
    expect(said).toMatch(new RegExp(`Error: ${title} \\([\\w-]+\\) is protected from deletion`));
    expect(said).toContain(
      `declared by the construct ${path}, is protected (removalProtection), and this plan ${what}`,
    );
    for (const way of waysOn(path, what)) expect(said).toContain(way);
  }
}

const destroyed: readonly Refused[] = [
  { title: 'KMS Key', path: 'shop/ledger', what: 'destroys it' },
  // Terraform does not ask about a primary key whose replica was refused.
  { title: 'KMS Replica Key', path: 'shop/orders/key/Replica-eu-central-1', what: 'destroys it' },
];

beforeAll(async () => {
  write(({ shop, orders }) => {
    new Key(shop, 'ledger');
    protectedKey(orders, 'key').replicateTo('eu-central-1');
  });
  await apps.apply('shop');
});

test('Keys that were renamed are refused to be destroyed', async () => {
  write(({ shop, orders }) => {
    new Key(shop, 'books');
    protectedKey(orders, 'renamed').replicateTo('eu-central-1');
  });
  expectRefusals(await apps.refusedPlan('shop'), ...destroyed);
});

test('So are keys that were removed', async () => {
  write(() => undefined);
  expectRefusals(await apps.refusedPlan('shop'), ...destroyed);
});

test('The guide shows the refusal as it is', async () => {
  const guide = readFileSync(join(root, 'docs/guide/constructs-protection-and-place.md'), 'utf8');
  const [, shown = ''] = /^```text\n([\s\S]*?)^```$/m.exec(guide) ?? [];
  write(() => undefined);
  const id = String(
    [...(await apps.state('shop'))].find(([address]) => address.startsWith('aws_kms_key.ledger'))?.[1].id,
  );
  const said = (await apps.refusedPlan('shop')).replaceAll(id, '1234abcd-12ab-34cd-56ef-1234567890ab');
  expect(said).toContain(shown.replace(/\s+/g, ' ').trim());
});

test('So are keys that were moved to another stack', async () => {
  write(({ other }) => {
    new Key(other, 'ledger');
    protectedKey(other, 'key').replicateTo('eu-central-1');
  });
  expectRefusals(await apps.refusedPlan('shop'), ...destroyed);
});

test('So are all keys of a stack that is destroyed', async () => {
  write(({ shop, orders }) => {
    new Key(shop, 'ledger');
    protectedKey(orders, 'key').replicateTo('eu-central-1');
  });
  expectRefusals(await apps.refusedPlan('shop', '-destroy'), ...destroyed);
});

test('So are keys that an argument replaces, also when the same change lifts the protection', async () => {
  for (const removalProtection of [true, false]) {
    write(({ shop, orders }) => {
      new Key(shop, 'ledger', { keySpec: 'HMAC_256', removalProtection });
      protectedKey(orders, 'key', { region: 'eu-west-3', removalProtection }).replicateTo('eu-central-1');
    });
    expectRefusals(
      await apps.refusedPlan('shop'),
      { title: 'KMS Key', path: 'shop/ledger', what: 'replaces it, because customer_master_key_spec changes' },
      { title: 'KMS Key', path: 'shop/orders/key', what: 'replaces it, because region changes' },
    );
  }
});

test('What no plan shows is refused at apply, with the path of the construct', async () => {
  write(({ shop, orders }) => {
    new Key(shop, 'ledger');
    protectedKey(orders, 'key').replicateTo('eu-central-1');
  });
  const { code, stderr } = await apps.terraform(
    'shop',
    'apply',
    '-auto-approve',
    '-no-color',
    '-replace=aws_kms_key.ledger_28D1CA40',
  );
  expect([code, stderr.replace(/[│╷╵\s]+/g, ' ')]).toEqual([
    1,
    expect.stringMatching(/KMSInvalidStateException.* The construct shop\/ledger declares the key/),
  ]);
});

test('A key that another stack declares now is handed over, and is protected all the time', async () => {
  const [[address, { id } = {}] = []] = [...(await apps.state('shop'))].filter(([name]) =>
    name.startsWith('aws_kms_key.l'),
  );
  write(({ shop, other, orders }) => {
    protectedKey(orders, 'key').replicateTo('eu-central-1');
    shop.addOverride('removed', [{ from: address, lifecycle: { destroy: false } }]);
    (new Key(other, 'ledger').node.findChild('Resource') as TerraformResource).importFrom(String(id));
  });
  expect(await apps.plan('other')).toContain('Plan: 1 to import, 0 to add, 1 to change, 0 to destroy.');
  await apps.apply('other', 'shop');
  expect((await apps.state('other')).get(String(address))).toMatchObject({ id, construct_path: 'other/ledger' });
  expect([...(await apps.state('shop')).keys()]).not.toContain(address);
  // And back again.
  write(({ shop, other, orders }) => {
    protectedKey(orders, 'key').replicateTo('eu-central-1');
    other.addOverride('removed', [{ from: address, lifecycle: { destroy: false } }]);
    (new Key(shop, 'ledger').node.findChild('Resource') as TerraformResource).importFrom(String(id));
  });
  await apps.apply('shop', 'other');
});

test('A protection that was lifted and applied first lets the keys go', async () => {
  const given = { removalProtection: false };
  write(({ shop, orders }) => {
    new Key(shop, 'ledger', given);
    protectedKey(orders, 'key', given).replicateTo('eu-central-1', given);
  });
  expect(await apps.apply('shop')).toContain('0 added, 3 changed, 0 destroyed');
  expect(await apps.plan('shop')).toContain('No changes');
  write(() => undefined);
  expect(await apps.apply('shop')).toContain('0 added, 0 changed, 4 destroyed');
});
