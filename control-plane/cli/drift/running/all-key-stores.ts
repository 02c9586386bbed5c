/** The custom key stores of some Regions. */
import { defined } from '@keystead/provider-schema/defined.ts';
import type { OutputJson } from '@keystead/provider-schema/json-types.ts';
import { type Connection, Refusal } from '../../shared/connection.ts';
import { CommandError } from '../../shared/report.ts';

export interface RunningKeyStore {
  readonly region: string;
  readonly entry: NonNullable<OutputJson<'DescribeCustomKeyStores'>['CustomKeyStores']>[number];
}

/** @throws CommandError when the caller is not allowed to list them */
export async function readKeyStores(
  connection: Connection,
  regions: readonly string[],
): Promise<readonly RunningKeyStore[]> {
  return (await Promise.all(regions.map((region) => readRegion(connection, region)))).flat();
}

async function readRegion(connection: Connection, region: string): Promise<readonly RunningKeyStore[]> {
  const found: RunningKeyStore[] = [];
  for (let Marker: string | undefined; ; ) {
    const page = await connection.call('DescribeCustomKeyStores', defined({ Marker }), region).catch(permissionNamed);
    found.push(...(page.CustomKeyStores ?? []).map((entry) => ({ region, entry })));
    if (page.NextMarker === undefined) return found;
    Marker = page.NextMarker;
  }
}

function permissionNamed(error: unknown): never {
  if (!(error instanceof Refusal) || error.code !== 'AccessDeniedException') throw error;
  throw new CommandError(
    `The custom key stores cannot be read for comparison. ${error.message}`,
    'Declared custom key stores and --unmanaged need kms:DescribeCustomKeyStores.',
  );
}
