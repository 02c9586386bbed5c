/** The operator's quotas: AWS's, none, or a file with those that differ from AWS's. Read once, at the start. */
import { readFileSync } from 'node:fs';
import { defaultRate, isRequestQuota, isResourceQuota, resourceQuotas } from '@keystead/provider-schema/quotas.ts';
import { awsQuotas, noQuotas, type Quotas } from '../quotas/quotas.ts';
import { exitCodes, StartError } from './start-error.ts';

/** @param setting the value of `--quotas`: `off`, `aws`, or a file that changes some of AWS's. @throws StartError */
export function readQuotas(setting: string): Quotas {
  if (setting === 'off') return noQuotas;
  return setting === 'aws' ? awsQuotas : parseQuotas(setting, readQuotaFile(setting));
}

function readQuotaFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw unusable(file, error instanceof Error ? error.message : String(error));
  }
}

/** @param file names the file in errors. @throws StartError */
export function parseQuotas(file: string, value: unknown): Quotas {
  const { requests, resources } = section(file, value, ['requests', 'resources']);
  const rates = overrides(file, 'requests', requests, isRequestQuota);
  const amounts = overrides(file, 'resources', resources, isResourceQuota);
  const kept = { ...resourceQuotas, ...Object.fromEntries(amounts) };
  return {
    resources: Object.fromEntries(Object.entries(kept).filter(([, amount]) => amount !== null)),
    rateOf: (name, region) => {
      const rate = rates.get(name);
      return rate === undefined ? defaultRate(name, region) : (rate ?? undefined);
    },
  };
}

function overrides<Name extends string>(
  file: string,
  place: string,
  value: unknown,
  isName: (name: string) => name is Name,
): ReadonlyMap<Name, number | null> {
  const found = new Map<Name, number | null>();
  for (const [name, quota] of Object.entries(section(file, value ?? {}, undefined, place))) {
    if (!isName(name)) throw unusable(file, `there is no quota "${place}.${name}"`);
    if (quota !== null && !(typeof quota === 'number' && Number.isFinite(quota) && quota > 0)) {
      throw unusable(file, `"${place}.${name}" is neither a positive number nor null`);
    }
    found.set(name, quota);
  }
  return found;
}

function section(file: string, value: unknown, names?: readonly string[], place?: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unusable(file, `${place === undefined ? 'it' : `"${place}"`} is not a JSON object`);
  }
  const unknown = names && Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== undefined) throw unusable(file, `it has an unknown member "${unknown}"`);
  return value as Record<string, unknown>;
}

function unusable(file: string, reason: string): StartError {
  return new StartError(
    `--quotas: ${file} cannot be used: ${reason}.`,
    'Write "off", "aws", or a JSON file such as {"requests": {"CreateKey": 50}, "resources": {"keysPerRegion": null}}.',
    exitCodes.usage,
  );
}
