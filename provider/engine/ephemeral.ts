/** Opens, renews and closes ephemeral resources: their values exist during one run and are stored nowhere. */
import { defined } from '@keystead/provider-schema/defined.ts';
import { conform } from './conform.ts';
import { contractFault, diagnosticsOf } from './diagnostics.ts';
import type { Diagnostic, EphemeralResourceType, Opened } from './resource.ts';
import type { ObjectValue } from './value.ts';

export interface OpenOutcome extends Omit<Opened, 'result'> {
  /** null: it could not be opened. */
  readonly result: ObjectValue | null;
  readonly diagnostics: readonly Diagnostic[];
}

export async function openEphemeral<Client>(
  type: EphemeralResourceType<Client>,
  client: Client,
  config: ObjectValue,
): Promise<OpenOutcome> {
  try {
    const { result, renewAt, kept } = await type.open(client, config);
    const { value, faults } = conform(type.record, result, { unknowns: 'refused', absent: 'refused' });
    const diagnostics = faults.map(({ path, what }) => contractFault(type.record.type, path, what));
    return { result: value, diagnostics, ...defined({ renewAt, kept }) };
  } catch (error) {
    return { result: null, diagnostics: diagnosticsOf(error, `opening ${type.record.type}`) };
  }
}

export async function renewEphemeral<Client>(
  type: EphemeralResourceType<Client>,
  client: Client,
  kept: string,
): Promise<Omit<OpenOutcome, 'result'>> {
  try {
    return { ...(await type.renew?.(client, kept)), diagnostics: [] };
  } catch (error) {
    return { diagnostics: diagnosticsOf(error, `renewing ${type.record.type}`) };
  }
}

export async function closeEphemeral<Client>(
  type: EphemeralResourceType<Client>,
  client: Client,
  kept: string,
): Promise<readonly Diagnostic[]> {
  try {
    await type.close?.(client, kept);
    return [];
  } catch (error) {
    return diagnosticsOf(error, `closing ${type.record.type}`);
  }
}
