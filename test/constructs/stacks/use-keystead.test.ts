/** An app of the prebuilt AWS bindings, of which a stand-in has the parts that matter, moved to Keystead as a whole. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type bindings,
  Key,
  Keystead,
  KeysteadProvider,
  type UseKeysteadOptions,
  useKeystead,
} from '@keystead/constructs/cdktf';
import { KmsAlias } from '@keystead/constructs/cdktf/lib/kms-alias';
import { KmsKey } from '@keystead/constructs/cdktf/lib/kms-key';
import { type App, TerraformDataSource, TerraformProvider, TerraformResource, TerraformStack, Testing } from 'cdktf';
import type { Construct } from 'constructs';
import { type Configuration, resources, synthesize, theResource } from '../stack.ts';

const endpoint = 'https://keys.example.com';
const metadata = { providerName: 'aws', providerVersion: '6.25.0', providerVersionConstraint: '~> 6.0' };

interface AwsProviderConfig {
  readonly region?: string;
  readonly alias?: string;
  readonly defaultTags?: bindings.provider.AwsProviderDefaultTags[];
}

/** `AwsProvider` of the prebuilt bindings. */
class AwsProvider extends TerraformProvider {
  readonly region: string | undefined;
  readonly defaultTags: bindings.provider.AwsProviderDefaultTags[] | undefined;
  endpoints?: object[];
  profile?: string;
  readonly #alias: string | undefined;

  constructor(scope: Construct, id: string, { region, alias, defaultTags }: AwsProviderConfig = {}) {
    super(scope, id, {
      terraformResourceType: 'aws',
      terraformGeneratorMetadata: metadata,
      terraformProviderSource: 'hashicorp/aws',
    });
    this.region = region;
    this.defaultTags = defaultTags;
    this.#alias = alias;
  }

  override get alias(): string | undefined {
    return this.#alias;
  }

  protected override synthesizeAttributes() {
    const { region, endpoints, profile, defaultTags } = this;
    return { region, endpoints, profile, default_tags: defaultTags };
  }
}

function resource(scope: Construct, id: string, type: string): TerraformResource {
  return new TerraformResource(scope, id, { terraformResourceType: type, terraformGeneratorMetadata: metadata });
}

function stackOf(app: App, name: string, provider: AwsProviderConfig = { region: 'eu-west-1' }): TerraformStack {
  const stack = new TerraformStack(app, name);
  new AwsProvider(stack, 'aws', provider);
  new KmsKey(stack, 'key', { description: name });
  return stack;
}

/** What Terraform reads of one stack, after `app.synth()`. */
function written(app: App, stack: string): Configuration {
  app.synth();
  const manifest = app.manifest.stacks[stack];
  if (manifest === undefined) throw new Error(`The app has no stack ${stack}`);
  return JSON.parse(readFileSync(join(app.outdir, manifest.synthesizedStackPath), 'utf8'));
}

const ours = { aws: { source: 'keystead/aws', version: expect.stringMatching(/^~> \d+\.\d+$/) } };

describe('useKeystead', () => {
  test('gives every AWS provider of an app our source, version and endpoint, and leaves its arguments', () => {
    const app = Testing.app();
    const stack = stackOf(app, 'first');
    new AwsProvider(stack, 'london', { region: 'eu-west-2', alias: 'london' });
    useKeystead(app, { endpoint });
    const { terraform, provider } = written(app, 'first');
    expect(terraform.required_providers).toEqual(ours);
    const endpoints = [{ kms: endpoint, sts: endpoint, iam: endpoint }];
    expect(provider.aws).toEqual([
      { region: 'eu-west-1', endpoints },
      { region: 'eu-west-2', endpoints, alias: 'london' },
    ]);
  });

  test('reaches stacks that are declared after it', () => {
    const app = Testing.app();
    useKeystead(app);
    stackOf(app, 'later');
    expect(written(app, 'later').terraform.required_providers).toEqual(ours);
  });

  test('reaches a stack that a test synthesizes alone', () => {
    const app = Testing.app();
    const stack = stackOf(app, 'alone');
    useKeystead(app);
    expect(synthesize(stack).terraform.required_providers).toEqual(ours);
  });

  test('moves one stack when it is given one', () => {
    const app = Testing.app();
    const moved = stackOf(app, 'moved');
    const stays = new TerraformStack(app, 'stays');
    new AwsProvider(stays, 'aws', { region: 'eu-west-1' });
    resource(stays, 'key', 'aws_kms_key');
    Keystead.use(moved);
    expect(synthesize(moved).terraform.required_providers).toEqual(ours);
    expect(synthesize(stays).terraform.required_providers.aws).toEqual({ source: 'hashicorp/aws', version: '6.25.0' });
  });

  test('takes the source of a mirror and a version', () => {
    const app = Testing.app();
    const stack = stackOf(app, 'mirror');
    useKeystead(app, { source: 'mirror.example.com/keystead/aws', version: '0.1.0', profile: 'keystead' });
    const { terraform, provider } = synthesize(stack);
    expect(terraform.required_providers.aws).toEqual({ source: 'mirror.example.com/keystead/aws', version: '0.1.0' });
    expect(provider.aws?.[0]).toMatchObject({ profile: 'keystead' });
  });

  test("lets constructs of this library use the AWS provider as the stack's own", () => {
    const app = Testing.app();
    const stack = new TerraformStack(app, 'mixed');
    new Key(stack, 'key');
    new AwsProvider(stack, 'aws');
    useKeystead(app);
    expect(theResource(synthesize(stack), 'aws_kms_key').provider).toBe('aws');
  });

  test('refuses an app with AWS resources that we do not have, and lists all of them', () => {
    const app = Testing.app();
    const stack = stackOf(app, 'one');
    resource(stack, 'bucket', 'aws_s3_bucket');
    new TerraformDataSource(stack, 'zones', {
      terraformResourceType: 'aws_availability_zones',
      terraformGeneratorMetadata: metadata,
    });
    useKeystead(app);
    resource(stackOf(app, 'two'), 'queue', 'aws_sqs_queue');
    expect(() => app.synth()).toThrow(
      /does not have:\n {2}one\/bucket: resource aws_s3_bucket\n {2}one\/zones: data aws_availability_zones\n {2}two\/queue: resource aws_sqs_queue\n.*kmsOnly: true/,
    );
    expect(() => synthesize(stack)).toThrow(/^\[one\] .*\n {2}one\/bucket: resource aws_s3_bucket/);
  });

  test('refuses what is neither an app nor a stack', () => {
    expect(() => useKeystead(new KmsKey(stackOf(Testing.app(), 'key-only'), 'other', {}))).toThrow(
      /^\[key-only\/other\] .*Pass the app/,
    );
  });
});

describe('With kmsOnly', () => {
  function mixed(options: UseKeysteadOptions = {}): Configuration {
    const app = Testing.app();
    const stack = stackOf(app, 'mixed', { region: 'eu-west-1', defaultTags: [{ tags: { Team: 'shop' } }] });
    const london = new AwsProvider(stack, 'london', { region: 'eu-west-2', alias: 'london' });
    const key = new KmsKey(stack, 'london-key', { provider: london });
    new KmsAlias(stack, 'london-alias', { targetKeyId: key.keyId, provider: london });
    resource(stack, 'bucket', 'aws_s3_bucket');
    useKeystead(app, { kmsOnly: true, endpoint, ...options });
    return synthesize(stack);
  }

  test('keys move to a provider of their own in the Region of theirs, and the rest stays with AWS', () => {
    const { terraform, provider, ...configuration } = mixed();
    expect(terraform.required_providers).toEqual({
      aws: { source: 'hashicorp/aws', version: '6.25.0' },
      keystead: ours.aws,
    });
    const endpoints = [{ kms: endpoint, sts: endpoint }];
    expect(provider.keystead).toEqual([
      { region: 'eu-west-1', endpoints, default_tags: [{ tags: { Team: 'shop' } }] },
      { region: 'eu-west-2', endpoints, alias: 'london' },
    ]);
    const whole = { terraform, provider, ...configuration };
    expect(resources(whole, 'aws_kms_key').map((key) => key.provider)).toEqual(['keystead', 'keystead.london']);
    expect(theResource(whole, 'aws_kms_alias').provider).toBe('keystead.london');
    expect(theResource(whole, 'aws_s3_bucket')).not.toHaveProperty('provider');
  });

  test('the provider of keys takes source, version and profile', () => {
    const { terraform, provider } = mixed({
      source: 'mirror.example.com/keystead/aws',
      version: '0.1.0',
      profile: 'keys',
    });
    expect(terraform.required_providers.keystead).toEqual({
      source: 'mirror.example.com/keystead/aws',
      version: '0.1.0',
    });
    expect(provider.keystead?.[0]).toMatchObject({ profile: 'keys' });
  });

  test('constructs that have a Keystead provider keep it', () => {
    const app = Testing.app();
    const stack = new TerraformStack(app, 'both');
    new AwsProvider(stack, 'aws');
    new KeysteadProvider(stack, 'keys', { localName: 'keystead', alias: 'own', region: 'us-east-1' });
    new Key(stack, 'key');
    useKeystead(app, { kmsOnly: true });
    expect(theResource(synthesize(stack), 'aws_kms_key').provider).toBe('keystead.own');
  });
});
