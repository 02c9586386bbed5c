/** All migrations, in order. Numbers only increase, released files never change, and migrations cannot be reverted. */
import type { CompiledQuery } from 'kysely';
import type { Dialect } from '../queries/dialect.ts';
import { initial } from './0001-initial.ts';
import { organizations } from './0002-organizations.ts';
import { rootKeyHolders } from './0003-root-key-holders.ts';
import { accountAliases } from './0004-account-aliases.ts';
import { keyUsers } from './0005-key-users.ts';
import { deletionProtection } from './0006-deletion-protection.ts';
import { auditSegments } from './0007-audit-segments.ts';
import { driftReports } from './0008-drift-reports.ts';
import { identityTokenUses } from './0009-identity-token-uses.ts';
import { touchedRows } from './0010-touched-rows.ts';

export interface Migration {
  readonly name: string;
  readonly statements: (dialect: Dialect) => readonly CompiledQuery[];
}

/** Migration n is the nth. */
export const migrations: readonly Migration[] = [
  { name: 'initial', statements: initial },
  { name: 'organizations', statements: organizations },
  { name: 'root-key-holders', statements: rootKeyHolders },
  { name: 'account-aliases', statements: accountAliases },
  { name: 'key-users', statements: keyUsers },
  { name: 'deletion-protection', statements: deletionProtection },
  { name: 'audit-segments', statements: auditSegments },
  { name: 'drift-reports', statements: driftReports },
  { name: 'identity-token-uses', statements: identityTokenUses },
  { name: 'touched-rows', statements: touchedRows },
];
