/** The service by its messages, with the fake provider behind it and no transport between. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Engine } from '@keystead/provider/engine/engine.ts';
import { levelType } from '@keystead/provider/engine/type.ts';
import { type ObjectValue, unknown, type Value } from '@keystead/provider/engine/value.ts';
import { tfplugin6 } from '@keystead/provider/proto/generated/tfplugin6.js';
import { decodeDynamicValue, encodeDynamicValue } from '@keystead/provider/wire/codec/dynamic-value.ts';
import type { Method } from '@keystead/provider/wire/grpc.ts';
import { providerService } from '@keystead/provider/wire/provider-service.ts';
import { GrpcError } from '@keystead/provider/wire/status.ts';
import {
  fakeProvider,
  providerRecord,
  type Shelf,
  shelfSource,
  thingRecord,
} from '../../support/provider/fake-provider.ts';

const directory = mkdtempSync(join(tmpdir(), 'keystead-service-'));
afterAll(() => rmSync(directory, { recursive: true }));

let service: ReadonlyMap<string, Method>;
const logged: string[] = [];
beforeEach(() => {
  logged.length = 0;
  service = providerService(new Engine<Shelf>(fakeProvider), (level, message) => logged.push(`${level} ${message}`));
});

interface Messages<Properties, Decoded> {
  readonly Request: { encode(message: Properties): { finish(): Uint8Array } };
  readonly Response: { decode(bytes: Uint8Array): Decoded };
}

async function ask<Properties, Decoded>(
  name: string,
  { Request, Response }: Messages<Properties, Decoded>,
  request: Properties,
): Promise<Decoded> {
  return Response.decode(await handle(name, Request.encode(request).finish()));
}

async function handle(name: string, bytes: Uint8Array): Promise<Uint8Array> {
  const method = service.get(`/tfplugin6.Provider/${name}`);
  if (method?.kind !== 'unary') throw new Error(`no unary method ${name}`);
  return method.handle(bytes, { closed: Promise.resolve() });
}

const thingType = levelType(thingRecord);
const providerType = levelType(providerRecord);
const thing = (change: ObjectValue = {}): ObjectValue => ({
  ...Object.fromEntries(Object.keys(thingRecord.attributes).map((name) => [name, null])),
  rule: [],
  tag: [],
  timeouts: null,
  ...change,
});
const encoded = (value: Value) => encodeDynamicValue(thingType, value);
const typeName = 'fake_thing';

async function configure(label: Value = null): Promise<tfplugin6.ConfigureProvider.Response> {
  const config = encodeDynamicValue(providerType, { directory, label, endpoints: [] });
  return ask('ConfigureProvider', tfplugin6.ConfigureProvider, { config, terraformVersion: '1.12.0' });
}

describe('the schema', () => {
  test('has every type, the provider block, provider_meta and the capabilities', async () => {
    const schema = await ask('GetProviderSchema', tfplugin6.GetProviderSchema, {});
    expect(Object.keys(schema.resourceSchemas ?? {})).toEqual(['fake_thing']);
    expect(Object.keys(schema.dataSourceSchemas ?? {})).toEqual(['fake_shelf']);
    expect(schema.provider?.block?.attributes?.map(({ name }) => name)).toEqual(['directory', 'label']);
    expect(schema.providerMeta?.block?.attributes?.map(({ name }) => name)).toEqual(['user_agent']);
    expect(schema.serverCapabilities).toMatchObject({
      planDestroy: true,
      getProviderSchemaOptional: true,
      moveResourceState: true,
    });
  });

  test('says of each attribute and block what the record says', async () => {
    const { resourceSchemas } = await ask('GetProviderSchema', tfplugin6.GetProviderSchema, {});
    const schema = resourceSchemas?.fake_thing;
    expect(schema?.version).toBe(1);
    const attributes = Object.fromEntries((schema?.block?.attributes ?? []).map((each) => [each.name, each]));
    expect(attributes.size).toMatchObject({ optional: true, computed: true });
    expect(attributes.kind).toMatchObject({ required: true });
    expect(attributes.secret).toMatchObject({ sensitive: true });
    expect(attributes.secret_wo).toMatchObject({ writeOnly: true });
    expect(Buffer.from(attributes.labels?.type ?? []).toString()).toBe('["map","string"]');
    const { NestingMode } = tfplugin6.Schema.NestedBlock;
    expect(schema?.block?.blockTypes?.map(({ typeName: name, nesting }) => [name, nesting])).toEqual([
      ['rule', NestingMode.LIST],
      ['tag', NestingMode.SET],
      ['timeouts', NestingMode.SINGLE],
    ]);
  });

  test('is short in the metadata', async () => {
    expect(await ask('GetMetadata', tfplugin6.GetMetadata, {})).toMatchObject({
      resources: [{ typeName: 'fake_thing' }],
      dataSources: [{ typeName: 'fake_shelf' }],
    });
  });

  test('of identities says what an import needs', async () => {
    const { identitySchemas } = await ask('GetResourceIdentitySchemas', tfplugin6.GetResourceIdentitySchemas, {});
    expect(identitySchemas?.fake_thing?.identityAttributes).toMatchObject([
      { name: 'id', requiredForImport: true },
      { name: 'shelf', optionalForImport: true },
    ]);
  });
});

describe('validation', () => {
  test('points at an attribute, an element of a list block, and no further than a set', async () => {
    const config = thing({
      kind: 'k',
      note: 'x'.repeat(21),
      rule: [
        { action: 'allow', weight: null, serial: null },
        { action: 'no', weight: null, serial: null },
      ],
    });
    const { diagnostics } = await ask('ValidateResourceConfig', tfplugin6.ValidateResourceConfig, {
      typeName,
      config: encoded(config),
    });
    expect(diagnostics?.map(({ attribute }) => attribute?.steps?.map((step) => ({ ...step })))).toEqual([
      [{ attributeName: 'note' }],
      [{ attributeName: 'rule' }, { elementKeyInt: 1 }, { attributeName: 'action' }],
    ]);
  });

  test('of write-only arguments depends on what the client supports', async () => {
    const config = encoded(thing({ kind: 'k', secret_wo: 's' }));
    const ofOld = await ask('ValidateResourceConfig', tfplugin6.ValidateResourceConfig, { typeName, config });
    expect(ofOld.diagnostics).toMatchObject([{ summary: 'Write-only argument not supported' }]);
    const clientCapabilities = { writeOnlyAttributesAllowed: true };
    const ofNew = { typeName, config, clientCapabilities };
    expect((await ask('ValidateResourceConfig', tfplugin6.ValidateResourceConfig, ofNew)).diagnostics).toEqual([]);
  });

  test('works on the provider block and data sources, with unknown values', async () => {
    const config = encodeDynamicValue(providerType, { directory: unknown, label: unknown, endpoints: unknown });
    expect((await ask('ValidateProviderConfig', tfplugin6.ValidateProviderConfig, { config })).diagnostics).toEqual([]);
    const data = encodeDynamicValue(levelType(shelfSource.record), { prefix: unknown, ids: null });
    expect(
      (
        await ask('ValidateDataResourceConfig', tfplugin6.ValidateDataResourceConfig, {
          typeName: 'fake_shelf',
          config: data,
        })
      ).diagnostics,
    ).toEqual([]);
  });
});

describe('a change', () => {
  test('keeps private state and identity, and never sends a path without steps', async () => {
    const prior = thing({ kind: 'a', id: 'i', version: 1, owner: 'o', size: 5 });
    const priorIdentity = { identityData: { msgpack: Buffer.of(0xc0) } };
    const planned = await ask('PlanResourceChange', tfplugin6.PlanResourceChange, {
      typeName,
      priorState: encoded(prior),
      proposedNewState: encoded({ ...prior, kind: 'b' }),
      config: encoded(thing({ kind: 'b' })),
      priorPrivate: Buffer.from('kept'),
      priorIdentity,
    });
    expect(planned.requiresReplace?.map(({ steps }) => steps?.map((step) => ({ ...step })))).toEqual([
      [{ attributeName: 'kind' }],
    ]);
    expect(Buffer.from(planned.plannedPrivate ?? []).toString()).toBe('kept');
    expect(planned.plannedIdentity).toMatchObject({ identityData: { msgpack: Buffer.of(0xc0) } });
  });

  test('is planned by the proposal alone when it is a destroy', async () => {
    const planned = await ask('PlanResourceChange', tfplugin6.PlanResourceChange, {
      typeName,
      priorState: encoded(thing({ kind: 'a' })),
      proposedNewState: encoded(null),
      config: encoded(null),
    });
    expect(decodeDynamicValue(thingType, planned.plannedState)).toBeNull();
  });

  test('that meets an unexpected exception tells the user its text and the log where it came from', async () => {
    await configure();
    const applied = await ask('ApplyResourceChange', tfplugin6.ApplyResourceChange, {
      typeName,
      priorState: encoded(null),
      plannedState: encoded(thing({ kind: 'k' })),
      config: encoded(thing({ kind: 'k', fail: 'crash' })),
    });
    expect(applied.diagnostics?.[0]?.detail).toMatch(/^unforeseen\n/);
    expect(logged).toEqual([expect.stringMatching(/^error TypeError: unforeseen\n +at /)]);
  });

  test('is applied, read back with its identity, and found gone', async () => {
    await configure();
    const planned = thing({ kind: 'k', id: unknown, version: unknown, owner: unknown, size: 5 });
    const applied = await ask('ApplyResourceChange', tfplugin6.ApplyResourceChange, {
      typeName,
      priorState: encoded(null),
      plannedState: encoded(planned),
      config: encoded(thing({ kind: 'k' })),
      plannedPrivate: Buffer.from('kept'),
    });
    expect(applied.diagnostics).toEqual([]);
    expect(Buffer.from(applied.private ?? []).toString()).toBe('kept');
    const state = decodeDynamicValue(thingType, applied.newState) as ObjectValue;
    const request = { typeName, currentState: encoded(state), private: Buffer.from('kept') };
    const read = await ask('ReadResource', tfplugin6.ReadResource, request);
    expect(decodeDynamicValue(thingType, read.newState)).toEqual(state);
    expect(read.newIdentity).toEqual(applied.newIdentity);
    expect(Buffer.from(read.private ?? []).toString()).toBe('kept');
    const gone = await ask('ReadResource', tfplugin6.ReadResource, {
      typeName,
      currentState: encoded({ ...state, id: 'x' }),
    });
    expect(decodeDynamicValue(thingType, gone.newState)).toBeNull();
    expect(gone.newIdentity ?? null).toBeNull();
  });
});

describe('state from elsewhere', () => {
  const stored = (value: object) => ({ json: Buffer.from(JSON.stringify(value)) });

  test('of an older schema is upgraded', async () => {
    const { upgradedState } = await ask('UpgradeResourceState', tfplugin6.UpgradeResourceState, {
      typeName,
      version: 0,
      rawState: stored({ id: 'i', former: true }),
    });
    expect(decodeDynamicValue(thingType, upgradedState)).toEqual(thing({ id: 'i' }));
  });

  test('from before Terraform 0.12 is refused with a remedy', async () => {
    const { diagnostics } = await ask('UpgradeResourceState', tfplugin6.UpgradeResourceState, {
      typeName,
      version: 0,
      rawState: { flatmap: { id: 'i' } },
    });
    expect(diagnostics?.[0]?.detail).toContain('0.12');
  });

  test('of the same type of another provider of that kind can be moved, and of no other', async () => {
    const move = (sourceProviderAddress: string, sourceTypeName: string) =>
      ask('MoveResourceState', tfplugin6.MoveResourceState, {
        sourceProviderAddress,
        sourceTypeName,
        targetTypeName: typeName,
        sourceState: stored({ id: 'i', more: 1 }),
      });
    const moved = await move('registry.terraform.io/upstream/fake', 'fake_thing');
    expect(decodeDynamicValue(thingType, moved.targetState)).toEqual(thing({ id: 'i' }));
    expect((await move('registry.terraform.io/upstream/other', 'fake_thing')).diagnostics?.[0]?.detail).toContain(
      'fake_thing',
    );
    expect((await move('registry.terraform.io/upstream/fake', 'fake_other')).diagnostics).toHaveLength(1);
  });

  test('of an identity is read by its schema', async () => {
    const answer = await ask('UpgradeResourceIdentity', tfplugin6.UpgradeResourceIdentity, {
      typeName,
      version: 0,
      rawIdentity: stored({ id: 'i', former: 1 }),
    });
    const type = ['object', { id: 'string', shelf: 'string' }] as const;
    expect(decodeDynamicValue(type, answer.upgradedIdentity?.identityData)).toEqual({ id: 'i', shelf: null });
  });

  test('is imported by id and by identity, and answered with the identity in full', async () => {
    await configure();
    const id = '1234abcd-12ab-34cd-56ef-1234567890ab';
    const identityType = ['object', { id: 'string', shelf: 'string' }] as const;
    const identityData = encodeDynamicValue(identityType, { id, shelf: null });
    for (const named of [{ id }, { identity: { identityData } }]) {
      const { importedResources } = await ask('ImportResourceState', tfplugin6.ImportResourceState, {
        typeName,
        ...named,
      });
      const [imported] = importedResources ?? [];
      expect(imported?.typeName).toBe(typeName);
      expect(decodeDynamicValue(thingType, imported?.state)).toEqual(thing({ id }));
      expect(decodeDynamicValue(identityType, imported?.identity?.identityData)).toEqual({ id, shelf: directory });
    }
  });
});

describe('hostile and mistaken requests', () => {
  test('that are not a message are refused by status', async () => {
    await expect(handle('ReadResource', Buffer.from('ffffffff', 'hex'))).rejects.toThrow(GrpcError);
  });

  test.each([
    ['an unknown type', { typeName: 'fake_other', currentState: { msgpack: Buffer.of(0xc0) } }, /no resource type/],
    ['a value of another schema', { typeName, currentState: { msgpack: Buffer.of(0x80) } }, /attributes, found 0/],
    ['a value cut short', { typeName, currentState: { msgpack: Buffer.of(0xdf, 0xff) } }, /end too early/],
    ['a wholly unknown object', { typeName, currentState: { msgpack: Buffer.from('d40000', 'hex') } }, /unknown/],
  ])('with %s become diagnostics', async (_name, request, detail) => {
    const { diagnostics } = await ask('ReadResource', tfplugin6.ReadResource, request);
    expect(diagnostics).toMatchObject([
      { severity: tfplugin6.Diagnostic.Severity.ERROR, detail: expect.stringMatching(detail) },
    ]);
  });

  test('with null where an object belongs become diagnostics', async () => {
    const answer = await ask('ConfigureProvider', tfplugin6.ConfigureProvider, {});
    expect(answer.diagnostics?.[0]?.detail).toContain('expected an object');
  });

  test('a refused configuration points into the provider block', async () => {
    const { diagnostics } = await configure('refused');
    expect(diagnostics?.[0]?.attribute?.steps).toMatchObject([{ attributeName: 'label' }]);
  });
});
