/**
 * `make demo`: the whole way once, from nothing to declared, used, drifted and repaired keys, with nothing simulated.
 * Each step says what it does, shows the result, and ends the demo if the result is not the expected one.
 * `--up` applies the same stacks and leaves the control plane running; `--down` stops it.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateAliasCommand,
  CreateGrantCommand,
  DecryptCommand,
  DeleteAliasCommand,
  EncryptCommand,
  RevokeGrantCommand,
  ScheduleKeyDeletionCommand,
  UpdateKeyDescriptionCommand,
} from '@aws-sdk/client-kms';
import { openDemo } from './demo.ts';
import { expect, say, show, step } from './say.ts';
import { takeDown } from './server.ts';
import { stackOf } from './stack.ts';
import type { Demo, Stack, User } from './types.ts';

const PRIMARY_REGION = 'eu-west-1';
const REPLICA_REGION = 'us-east-1';

const up = process.argv.includes('--up');
let demo: Demo | undefined;
try {
  if (process.argv.includes('--down')) {
    await takeDown();
  } else {
    demo = await openDemo(up ? 'up' : 'demo');
    await runDemo(demo);
  }
} catch (error) {
  if (!up) await demo?.stop();
  console.error(`\nThe demo failed: ${error instanceof Error ? error.message : error}`);
  if (demo) console.error(`hint: its files are in ${demo.directory}; server.log there is the control plane's log.`);
  process.exit(1);
}

async function runDemo(demo: Demo): Promise<void> {
  const { alice, bob, carol } = await makeUsers(demo);
  const stacks = declare(demo, { alice, bob, carol });
  apply(stacks);
  if (up) return demo.leaveRunning();
  await use(demo, stacks, bob);
  await refuse(demo, stacks, alice, carol);
  const byHand = await drift(demo, stacks, alice);
  await repair(demo, stacks, byHand);
  await destroy(demo, stacks);
  await demo.stop();
  rmSync(demo.directory, { recursive: true });
  say('\nDone. Everything the demo made is gone again; "make up" leaves a control plane running.');
}

interface Stacks {
  readonly orders: Stack;
  readonly ledger: Stack;
  readonly archive: Stack;
}

async function makeUsers(demo: Demo) {
  step('Make three users: alice administers, bob uses, carol works in finance');
  const alice = await demo.createUser('alice');
  const bob = await demo.createUser('bob');
  const carol = await demo.createUser('carol');
  show(`${alice.arn}\n${bob.arn}\n${carol.arn}`);
  return { alice, bob, carol };
}

function declare(demo: Demo, users: Readonly<Record<'alice' | 'bob' | 'carol', User>>): Stacks {
  step('Synthesize the stacks from TypeScript: key with alias and policy, grant for finance, key in two Regions');
  const env = {
    KEYSTEAD_ENDPOINT: demo.endpoint,
    KEYSTEAD_ACCOUNT_ID: demo.accountId,
    KEYSTEAD_REGION: PRIMARY_REGION,
    REPLICA_REGION,
    ADMINISTRATOR: users.alice.arn,
    KEY_USER: users.bob.arn,
    GRANTEE: users.carol.arn,
  };
  const stacks = {
    orders: stackOf(demo, 'key-with-alias', env),
    ledger: stackOf(demo, 'grant-finance', env),
    archive: stackOf(demo, 'multi-region', env),
  };
  for (const stack of Object.values(stacks)) {
    stack.synthesize();
    show(stack.directory);
  }
  return stacks;
}

function apply(stacks: Stacks): void {
  for (const stack of Object.values(stacks)) {
    step(`terraform init, plan, apply: ${stack.name}`);
    stack.initialize();
    show(stack.plan().summary);
    show(stack.apply());
    const again = stack.plan();
    expect(!again.changes, `a second plan of ${stack.name} shows changes:\n${again.text}`);
    show('planned again: no changes');
  }
}

async function use(demo: Demo, stacks: Stacks, bob: User): Promise<void> {
  step(`Encrypt as bob with the AWS SDK, in ${PRIMARY_REGION}, by alias; decrypt`);
  const plaintext = Buffer.from('order 4711: 3 apples');
  const EncryptionContext = { Order: '4711' };
  const asBob = demo.kms(PRIMARY_REGION, bob);
  const sealed = await asBob.send(
    new EncryptCommand({ KeyId: 'alias/orders', Plaintext: plaintext, EncryptionContext }),
  );
  expect(sealed.KeyId === stacks.orders.output('key_arn'), 'the ciphertext is of another key than declared');
  const opened = await asBob.send(new DecryptCommand({ CiphertextBlob: sealed.CiphertextBlob, EncryptionContext }));
  expect(Buffer.from(opened.Plaintext ?? []).equals(plaintext), 'decryption gave another plaintext');
  show(`${sealed.CiphertextBlob?.length} bytes of ciphertext → "${Buffer.from(opened.Plaintext ?? [])}"`);

  step(`Encrypt in ${PRIMARY_REGION}, decrypt by the replica in ${REPLICA_REGION}`);
  const archived = await demo
    .kms(PRIMARY_REGION)
    .send(new EncryptCommand({ KeyId: stacks.archive.output('primary_arn'), Plaintext: plaintext }));
  const read = await demo.kms(REPLICA_REGION).send(new DecryptCommand({ CiphertextBlob: archived.CiphertextBlob }));
  expect(Buffer.from(read.Plaintext ?? []).equals(plaintext), 'the replica decrypted to another plaintext');
  expect(read.KeyId === stacks.archive.output('replica_arn'), 'another key than the replica decrypted');
  show(`decrypted by ${read.KeyId}`);

  if (!demo.hasAwsCli()) return say('  (the aws CLI is not installed: skipping its part, the SDK has done the same)');
  for (const region of [PRIMARY_REGION, REPLICA_REGION]) {
    step(`The same with the aws CLI in ${region}`);
    // fileb:// means the same bytes to every version of the CLI.
    const inFile = (name: string, bytes: Buffer) => {
      const file = join(demo.directory, name);
      writeFileSync(file, bytes);
      return `fileb://${file}`;
    };
    const sealed = demo.aws(region, [
      'encrypt',
      '--key-id',
      'alias/archive',
      '--plaintext',
      inFile('plaintext', plaintext),
    ]);
    const blob = inFile('ciphertext', Buffer.from(String(sealed.CiphertextBlob), 'base64'));
    const { Plaintext } = demo.aws(region, ['decrypt', '--ciphertext-blob', blob]);
    expect(Buffer.from(String(Plaintext), 'base64').equals(plaintext), 'the aws CLI decrypted to another plaintext');
    show(`aws kms encrypt, aws kms decrypt → "${Buffer.from(String(Plaintext), 'base64')}"`);
  }
}

async function refuse(demo: Demo, stacks: Stacks, alice: User, carol: User): Promise<void> {
  step('alice administers the key, so she is not allowed to use it');
  const Plaintext = Buffer.from('secret');
  const asAlice = demo.kms(PRIMARY_REGION, alice);
  await demo.expectRefusal('AccessDeniedException', () =>
    asAlice.send(new EncryptCommand({ KeyId: 'alias/orders', Plaintext })),
  );
  step("carol's grant allows the finance department only");
  const KeyId = stacks.ledger.output('key_arn');
  const asCarol = demo.kms(PRIMARY_REGION, carol);
  await asCarol.send(new EncryptCommand({ KeyId, Plaintext, EncryptionContext: { Department: 'finance' } }));
  show('Department=finance: encrypted');
  await demo.expectRefusal('AccessDeniedException', () =>
    asCarol.send(new EncryptCommand({ KeyId, Plaintext, EncryptionContext: { Department: 'sales' } })),
  );
}

interface MadeByHand {
  readonly aliasName: string;
  readonly grantId: string;
}

async function drift(demo: Demo, stacks: Stacks, alice: User): Promise<MadeByHand> {
  step("Behind Terraform's back: alice changes the description; root adds an alias and a grant");
  const KeyId = stacks.orders.output('key_arn');
  await demo
    .kms(PRIMARY_REGION, alice)
    .send(new UpdateKeyDescriptionCommand({ KeyId, Description: 'changed by hand at three in the morning' }));
  const aliasName = 'alias/orders-workaround';
  const asRoot = demo.kms(PRIMARY_REGION);
  await asRoot.send(new CreateAliasCommand({ AliasName: aliasName, TargetKeyId: KeyId }));
  const { GrantId: grantId = '' } = await asRoot.send(
    new CreateGrantCommand({ KeyId, GranteePrincipal: alice.arn, Operations: ['Decrypt'] }),
  );

  step('keystead drift');
  const report = demo.drift(stacks.orders);
  show(report.text);
  expect(report.code === 2, `keystead drift ended with ${report.code}, not with 2 for drift`);
  for (const [what, part] of [
    ['the description', 'description'],
    ['who changed it', alice.arn],
    ['the alias made by hand', aliasName],
    ['the grant made by hand', 'grant of Decrypt'],
  ] as const) {
    expect(report.text.includes(part), `the drift report does not name ${what}`);
  }
  step('terraform plan -refresh-only agrees on what Terraform can see');
  expect(stacks.orders.refreshFindsChanges(), 'terraform plan -refresh-only sees no drift');
  show('exit code 2: changes outside of Terraform');
  return { aliasName, grantId };
}

async function repair(demo: Demo, stacks: Stacks, byHand: MadeByHand): Promise<void> {
  step('Apply again; remove by hand what was made by hand');
  show(stacks.orders.apply());
  const asRoot = demo.kms(PRIMARY_REGION);
  await asRoot.send(new DeleteAliasCommand({ AliasName: byHand.aliasName }));
  await asRoot.send(new RevokeGrantCommand({ KeyId: stacks.orders.output('key_arn'), GrantId: byHand.grantId }));
  const report = demo.drift(stacks.orders, stacks.ledger, stacks.archive);
  show(report.text);
  expect(report.code === 0, `keystead drift ended with ${report.code} after the repair`);
}

async function destroy(demo: Demo, stacks: Stacks): Promise<void> {
  step('terraform destroy: keys wait seven days before they are gone');
  const KeyId = stacks.orders.output('key_arn');
  for (const stack of Object.values(stacks)) show(stack.destroy());
  await demo.expectRefusal('KMSInvalidStateException', () =>
    demo.kms(PRIMARY_REGION).send(new ScheduleKeyDeletionCommand({ KeyId })),
  );
  step('The audit: every request above, in hash-chained records');
  const verified = demo.keystead('audit', 'verify', '--data-dir', join(demo.directory, 'data'));
  show(verified.stdout.trim());
  expect(verified.code === 0, 'the audit does not verify');
}
