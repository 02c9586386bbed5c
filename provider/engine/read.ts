/** Refreshes a resource's state, reads a data source, and starts an import. */
import type { TerraformRecord } from '@keystead/provider-schema/terraform.ts';
import { conform } from './conform.ts';
import { contractFault, diagnosticsOf } from './diagnostics.ts';
import { keepSpelling } from './equivalence.ts';
import type { DataSourceType, Diagnostic, ResourceType } from './resource.ts';
import type { ObjectValue } from './value.ts';

export interface ReadOutcome {
  /** null: the object does not exist any more. */
  readonly state: ObjectValue | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** The new state keeps the old spelling of a value with the same meaning, or every plan would show a difference. */
export async function readResource<Client>(
  type: ResourceType<Client>,
  client: Client,
  state: ObjectValue,
): Promise<ReadOutcome> {
  try {
    const found = await type.read(client, state);
    if (found === null) return { state: null, diagnostics: [] };
    const { value, faults } = conform(type.record, found, { unknowns: 'refused', absent: 'refused' });
    const broken = faults.map(({ path, what }) => contractFault(type.record.type, path, what));
    return { state: keepSpelling(type.record, state, value), diagnostics: broken };
  } catch (error) {
    return { state, diagnostics: diagnosticsOf(error, `reading ${type.record.type}`) };
  }
}

export async function readDataSource<Client>(
  type: DataSourceType<Client>,
  client: Client,
  config: ObjectValue,
): Promise<ReadOutcome> {
  try {
    const { value, faults } = conform(type.record, await type.read(client, config), {
      unknowns: 'refused',
      absent: 'refused',
    });
    const state = keepSpelling(type.record, config, value);
    return { state, diagnostics: faults.map(({ path, what }) => contractFault(type.record.type, path, what)) };
  } catch (error) {
    return { state: null, diagnostics: diagnosticsOf(error, `reading data source ${type.record.type}`) };
  }
}

/** An import by id, or by identity where Terraform knows identities (1.12 and newer). */
export type ImportRequest = { readonly id: string } | { readonly identity: ObjectValue };

function cannotImport(type: string, detail: string): ReadOutcome {
  return { state: null, diagnostics: [{ severity: 'error', summary: `Cannot import ${type}`, detail }] };
}

function missingNames({ identity = {} }: TerraformRecord, given: ObjectValue): readonly string[] {
  const required = Object.keys(identity).filter((name) => identity[name]?.requiredForImport);
  return required.filter((name) => (given[name] ?? null) === null);
}

/** The part of the state that an import names; Terraform reads the rest right after. */
export async function importResource<Client>(
  type: ResourceType<Client>,
  client: Client,
  request: ImportRequest,
): Promise<ReadOutcome> {
  const { type: typeName, importId } = type.record;
  if ('identity' in request && type.importIdentity === undefined) {
    return cannotImport(typeName, `It can be imported by id only: ${importId ?? 'see its documentation'}.`);
  }
  if (type.importState === undefined) return cannotImport(typeName, 'Resources of this type cannot be imported.');
  const missing = 'identity' in request ? missingNames(type.record, request.identity) : [];
  if (missing.length > 0) return cannotImport(typeName, `The identity needs ${missing.join(', ')}. Add it.`);
  try {
    const partial =
      'identity' in request
        ? await type.importIdentity?.(client, request.identity)
        : await type.importState(client, request.id);
    const { value, faults } = conform(type.record, partial ?? {}, { unknowns: 'refused', absent: 'null' });
    return { state: value, diagnostics: faults.map(({ path, what }) => contractFault(typeName, path, what)) };
  } catch (error) {
    return { state: null, diagnostics: diagnosticsOf(error, `importing ${typeName}`) };
  }
}
