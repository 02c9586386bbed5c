/** Every key of the account in some Regions. */
import { defined } from '@keystead/provider-schema/defined.ts';
import { type Connection, Refusal } from '../../shared/connection.ts';
import { CommandError } from '../../shared/report.ts';
import type { ActualKey } from './actual.ts';

/** @throws CommandError when the caller is not allowed to list or read them */
export async function readAllKeys(connection: Connection, regions: readonly string[]): Promise<readonly ActualKey[]> {
  const ofRegions = await Promise.all(regions.map((region) => readRegion(connection, region)));
  return ofRegions.flat();
}

/** Those of these keys that exist, in each of the Regions. @throws CommandError when the caller is not allowed to read one */
export async function readTheseKeys(
  connection: Connection,
  regions: readonly string[],
  keyIds: readonly string[],
): Promise<readonly ActualKey[]> {
  const found = await Promise.all(
    regions.flatMap((region) =>
      keyIds.map((KeyId) =>
        connection.call('GetKeyConfiguration', { KeyId }, region).catch((error: unknown) => {
          if (error instanceof Refusal && error.code === 'NotFoundException') return undefined;
          return permissionNamed(error);
        }),
      ),
    ),
  );
  return found.filter((key) => key !== undefined) as readonly ActualKey[];
}

async function readRegion(connection: Connection, region: string): Promise<readonly ActualKey[]> {
  const ids: string[] = [];
  for (let Marker: string | undefined; ; ) {
    const page = await connection
      .call('ListKeys', { Limit: 1000, ...defined({ Marker }) }, region)
      .catch(permissionNamed);
    ids.push(...(page.Keys ?? []).flatMap(({ KeyArn }) => KeyArn ?? []));
    if (page.NextMarker === undefined) break;
    Marker = page.NextMarker;
  }
  return Promise.all(
    ids.map(async (KeyId) => {
      const key = await connection.call('GetKeyConfiguration', { KeyId }, region).catch(permissionNamed);
      return key as ActualKey;
    }),
  );
}

function permissionNamed(error: unknown): never {
  if (!(error instanceof Refusal) || error.code !== 'AccessDeniedException') throw error;
  throw new CommandError(
    `Keys that no state declares cannot be looked for. ${error.message}`,
    '--unmanaged needs kms:ListKeys, and on every key of the account what declared keys need.',
  );
}
