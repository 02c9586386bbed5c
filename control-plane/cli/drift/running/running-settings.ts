/** The settings that the server was started with. */
import { type Connection, Refusal } from '../../shared/connection.ts';
import { CommandError } from '../../shared/report.ts';

/** @throws CommandError when the caller is not allowed to read them */
export async function readSettings(connection: Connection): Promise<Readonly<Record<string, string>>> {
  const { Settings } = await connection.call('GetServerSettings', {}).catch(permissionNamed);
  return Object.fromEntries(Settings.map(({ Name, Value }) => [Name, Value]));
}

function permissionNamed(error: unknown): never {
  if (!(error instanceof Refusal) || error.code !== 'AccessDeniedException') throw error;
  throw new CommandError(
    `The settings of the server cannot be read for comparison. ${error.message}`,
    '"settings" of keystead-drift.yaml needs keystead:GetServerSettings, and credentials of the first account.',
  );
}
