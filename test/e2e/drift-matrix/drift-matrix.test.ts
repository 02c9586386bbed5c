/**
 * Every attribute of every resource type, changed by hand one at a time, and counted: found in the report and attributed
 * to the caller. The same after a refresh-only apply, after an unrelated apply, and with `ignore_changes`.
 */

import { jest } from '@jest/globals';
import type { InputJson, OutputJson } from '@keystead/provider-schema/json-types.ts';
import type { OperationName } from '@keystead/provider-schema/operations/index.ts';
import * as resources from '@keystead/provider-schema/resources/index.ts';
import { encodeRestCall } from '@keystead/provider-schema/rest-call.ts';
import { describeAtLength } from '../../support/at-length.ts';
import { type Caller, caller } from '../../support/calls.ts';
import { wrapKeyMaterial } from '../../support/key-import.ts';
import { describeWith } from '../../support/needs.ts';
import { type Credentials, runKeystead, startServer, type TestServer } from '../../support/server.ts';
import { openWorkspace, type Workspace } from '../../support/terraform.ts';
import { configuration, type MatrixRow, matrixRows } from './configuration.ts';
import { iamRows, serviceLinkedRoleRows } from './iam-rows.ts';
import { kmsRows, MATERIAL, otherRows } from './kms-rows.ts';
import { ALICE, type Hand, type Rows } from './row.ts';

jest.setTimeout(600_000);

const table: Readonly<Record<string, Rows>> = {
  ...Object.fromEntries(Object.entries({ ...kmsRows, ...iamRows }).map(([type, { rows }]) => [type, rows])),
  ...otherRows,
  aws_iam_service_linked_role: serviceLinkedRoleRows,
};

test('the table has a row for each attribute of each resource type, and for no other', () => {
  const records: readonly { readonly type: string; readonly attributes: object; readonly blocks?: object }[] =
    Object.values(resources);
  for (const { type, attributes, blocks = {} } of records) {
    const nested = Object.entries(blocks as Readonly<Record<string, { readonly attributes: object }>>).flatMap(
      ([name, block]) => Object.keys(block.attributes).map((inner) => `${name}.${inner}`),
    );
    const named = Object.keys(table[type] ?? {}).filter((name) => !name.includes(' '));
    expect([type, ...named.toSorted()]).toEqual([type, ...[...Object.keys(attributes), ...nested].toSorted()]);
  }
  expect(Object.keys(table).toSorted()).toEqual(records.map(({ type }) => type).toSorted());
});

interface Finding {
  readonly address?: string;
  readonly attribute: string;
  readonly what: string;
  readonly details?: readonly string[];
  readonly cause?: { readonly principal: string; readonly requestId: string };
}

describeAtLength(
  'the matrix',
  () =>
    describeWith('terraform')('of changes by hand', () => {
      let server: TestServer;
      let workspace: Workspace;
      let root: Hand['call'];
      let hand: Hand;

      beforeAll(async () => {
        server = await startServer({ args: ['--quotas', 'off'] });
        root = client(server.credentials).call;
        await root('CreateUser', { UserName: 'bob' });
        await root('CreateUser', { UserName: 'alice' });
        await root('PutUserPolicy', {
          UserName: 'alice',
          PolicyName: 'everything',
          PolicyDocument: JSON.stringify({
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
          }),
        });
        const { AccessKey } = await root('CreateAccessKey', { UserName: 'alice' });
        const alice = client({ accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey });
        hand = { call: alice.call, importMaterial: importBy(alice.caller) };
        workspace = await openWorkspace(server);
        await workspace.write(configuration(() => '', 'one'));
        await workspace.apply();
        await workspace.apply('-refresh-only');
        await accept();
      });

      afterAll(async () => {
        await workspace?.dispose();
        await server?.stop();
      });

      function client(credentials: Credentials) {
        const by = caller(server.endpoint, credentials);
        const call = async <Name extends OperationName>(
          name: Name,
          input: InputJson<Name>,
          region = 'us-east-1',
        ): Promise<OutputJson<Name>> => {
          const { method, target, body } = encodeRestCall(name, input);
          const reply = await by.rest(method, target, body, { region });
          if (reply.status >= 300) throw new Error(`${name}: ${reply.text}`);
          return reply.json as OutputJson<Name>;
        };
        return { caller: by, call };
      }

      async function accept(): Promise<void> {
        const { code, stderr } = await runKeystead(['drift', 'accept', ...where(), '--baseline', 'matrix'], server.env);
        if (code !== 0) throw new Error(stderr);
      }

      const where = () => ['--dir', workspace.directory];

      async function drift(...args: string[]): Promise<readonly Finding[]> {
        const { stdout, stderr } = await runKeystead(['drift', ...where(), '--json', ...args], server.env);
        if (stderr !== '') throw new Error(stderr);
        return (JSON.parse(stdout) as { findings: readonly Finding[] }).findings;
      }

      /** @returns the request of each row's change, the last of them if there are several */
      async function changeAll(round: number): Promise<ReadonlyMap<MatrixRow, readonly string[]>> {
        const state = await workspace.state();
        const requests = new Map<MatrixRow, readonly string[]>();
        let position = await newestChange();
        for (const row of matrixRows) {
          const values = state.get(row.address);
          if (!values) throw new Error(`${row.address} is not in the state`);
          await row.change.by(hand, values as Record<string, string>, round).catch((error: Error) => {
            throw new Error(`${row.address}: ${error.message}`);
          });
          const { Changes, NextSequence } = await root('ListChanges', { After: position, Limit: 100 });
          position = NextSequence;
          requests.set(row, [...new Set(Changes.map(({ RequestId }) => RequestId))]);
        }
        return requests;
      }

      async function newestChange(): Promise<number> {
        for (let position = 0; ; ) {
          const { Changes, NextSequence } = await root('ListChanges', { After: position, Limit: 1000 });
          if (Changes.length === 0) return position;
          position = NextSequence;
        }
      }

      /** Rows whose change no finding names, by the request and with its caller. */
      function missing(requests: ReadonlyMap<MatrixRow, readonly string[]>, findings: readonly Finding[]) {
        const seen = new Set(
          findings.flatMap(({ cause, details = [] }) => [
            ...(cause?.principal === ALICE ? [cause.requestId] : []),
            ...details.flatMap((line) => (line.includes(` by ${ALICE}, `) ? (line.split(', request ')[1] ?? []) : [])),
          ]),
        );
        return matrixRows.filter((row) => !requests.get(row)?.some((id) => seen.has(id))).map(({ address }) => address);
      }

      let requests: ReadonlyMap<MatrixRow, readonly string[]>;

      test('nothing is reported before', async () => {
        expect(await drift('--baseline', 'matrix')).toEqual([]);
      });

      test('each is found in the state and attributed, and so is what the state cannot have', async () => {
        requests = await changeAll(0);
        const findings = await drift('--baseline', 'matrix');
        counted('by hand', missing(requests, findings));
        expect(missing(requests, findings)).toEqual([]);
        // A key's attribute that the state declares is named by it.
        const named = matrixRows.filter(({ type, name }) => type.startsWith('aws_kms_') && !name.includes(' '));
        const shown = new Set(findings.map(({ address, attribute }) => `${address} ${attribute}`));
        expect(
          named
            .filter(({ address, name, change }) => !shown.has(`${address} ${change.reported ?? name}`))
            .map(({ address }) => address),
        ).toEqual([]);
      });

      test('each is found and attributed after a refresh-only apply', async () => {
        await workspace.apply('-refresh-only');
        const left = missing(requests, await drift('--baseline', 'matrix'));
        counted('after a refresh-only apply', left);
        expect(left).toEqual([]);
      });

      test('each is found and attributed after an unrelated apply', async () => {
        await workspace.write(configuration(() => '', 'two'));
        await workspace.apply();
        const left = missing(requests, await drift('--baseline', 'matrix'));
        counted('after an unrelated apply', left);
        expect(left).toEqual([]);
      });

      test('with ignore_changes, attributes are left to others, and everything else is found', async () => {
        await workspace.write(configuration(() => 'lifecycle {\n    ignore_changes = all\n  }', 'three'));
        await workspace.apply();
        await accept();
        const again = await changeAll(1);
        const left = missing(again, await drift('--baseline', 'matrix'));
        const ignorable = matrixRows.filter(({ change, type }) => !change.whole && type.startsWith('aws_kms_'));
        counted('with ignore_changes', left, ignorable.length);
        expect(left.filter((address) => address.startsWith('aws_kms_')).toSorted()).toEqual(
          ignorable.map(({ address }) => address).toSorted(),
        );
      });

      const total = matrixRows.length;
      function counted(title: string, left: readonly string[], ignored = 0): void {
        const found = total - left.length;
        process.stderr.write(
          `${title}: ${found} of ${total} found and attributed, ${ignored} of keys left to others\n`,
        );
      }
    }),
  'make test-drift',
);

function importBy(by: Caller): Hand['importMaterial'] {
  return async (KeyId, validTo, region = 'us-east-1') => {
    const wanted = { KeyId, WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' };
    const { json } = await by.aws('GetParametersForImport', wanted, { region });
    const material = Buffer.from(MATERIAL, 'base64');
    const wrapped = wrapKeyMaterial(material, Buffer.from(String(json.PublicKey), 'base64'), 'RSAES_OAEP_SHA_256');
    const input = {
      KeyId,
      ImportToken: String(json.ImportToken),
      EncryptedKeyMaterial: wrapped.toString('base64'),
      ValidTo: validTo.getTime() / 1000,
    };
    const reply = await by.aws('ImportKeyMaterial', { ...input, ExpirationModel: 'KEY_MATERIAL_EXPIRES' }, { region });
    if (reply.status >= 300) throw new Error(reply.text);
  };
}
