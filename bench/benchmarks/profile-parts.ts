/** The parts into which a request's processor time is divided, with a goal for each. */
import { GARBAGE_COLLECTION, NODE } from '../measure/cpu-profile.ts';

export interface Part {
  readonly id: string;
  readonly name: string;
  /** Folders below `control-plane`, or whole packages. */
  readonly folders: readonly string[];
  /** In units of the echo, for an Encrypt: together they are what 0.80 of the promise floor needs. */
  readonly goal: number;
}

export const parts: readonly Part[] = [
  { id: 'node', name: NODE, folders: [], goal: 1 },
  { id: 'wire', name: 'HTTP and doors', folders: ['wire'], goal: 0.5 },
  { id: 'signature', name: 'signature', folders: ['sigv4'], goal: 0.6 },
  { id: 'caller', name: 'caller', folders: ['authentication'], goal: 0.1 },
  { id: 'validation', name: 'decode, validate, encode', folders: ['validation', 'provider-schema'], goal: 0.2 },
  { id: 'pipeline', name: 'pipeline', folders: ['pipeline', 'context'], goal: 0.2 },
  { id: 'authorization', name: 'authorization', folders: ['authorization', 'policy'], goal: 0.2 },
  { id: 'operation', name: 'operation', folders: ['operations', 'domain', 'mutations'], goal: 0.1 },
  { id: 'audit', name: 'audit record', folders: ['audit'], goal: 0.2 },
  { id: 'hsm', name: 'connection to the HSM', folders: ['hsm'], goal: 0.6 },
  { id: 'store', name: 'store', folders: ['storage', 'node_modules/kysely', 'node_modules/better-sqlite3'], goal: 0.3 },
  {
    id: 'rest',
    name: 'metrics, quotas, jobs',
    folders: ['startup', 'quotas', 'runtime', 'jobs', 'node_modules'],
    goal: 0.1,
  },
  { id: 'garbage', name: GARBAGE_COLLECTION, folders: [], goal: 0.2 },
];

/** Measured as a whole. */
export const threads = [
  { id: 'workers', name: 'writer and sealing thread', goal: 0.6 },
  { id: 'platform', name: 'threads of V8 and libuv', goal: 0.1 },
  { id: 'hsm-process', name: 'HSM process', goal: 1.2 },
] as const;

/** @param url of a script of the server, run from its sources */
export function partOf(url: string): string | undefined {
  const [, packagePath, ownPath] =
    /^.*\/(?:((?:node_modules|policy|provider-schema)\/.*)|control-plane\/(.*))$/.exec(url) ?? [];
  const path = packagePath ?? ownPath;
  return parts.find(({ folders }) => folders.some((folder) => path?.startsWith(`${folder}/`)))?.name;
}
