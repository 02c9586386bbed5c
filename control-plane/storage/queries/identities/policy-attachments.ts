/** Queries over policies and their owners. */
import type { Compilable } from 'kysely';
import type { PolicyAttachmentReader } from '../../port/identities/policy-attachments.ts';
import { prepare, type RunQuery } from '../prepared.ts';
import type { QueryBuilder } from '../schema.ts';

type OfOwner = 'listAttachments' | 'listInlinePolicies';
type Count = 'countAttachments' | 'countBoundaries';

export function policyAttachmentQueries(db: QueryBuilder, run: RunQuery): PolicyAttachmentReader {
  return { ...ofOwner(db, run), ...ofPolicy(db, run), ...counts(db, run) };
}

function ofOwner(db: QueryBuilder, run: RunQuery): Pick<PolicyAttachmentReader, OfOwner> {
  const attached = prepare((of: { ownerId: string }) =>
    db.selectFrom('policy_attachments').selectAll().where('owner_id', '=', of.ownerId).orderBy('policy_arn'),
  );
  const inline = prepare((of: { ownerId: string }) =>
    db.selectFrom('inline_policies').selectAll().where('owner_id', '=', of.ownerId).orderBy('name'),
  );
  return {
    listAttachments: (ownerId) => run(attached({ ownerId })),
    listInlinePolicies: (ownerId) => run(inline({ ownerId })),
  };
}

function ofPolicy(db: QueryBuilder, run: RunQuery): Omit<PolicyAttachmentReader, OfOwner | Count> {
  const entities = prepare((of: { accountId: string; policyArn: string }) =>
    db
      .selectFrom('policy_attachments')
      .leftJoin('principals', 'principals.principal_id', 'policy_attachments.owner_id')
      .leftJoin('groups', 'groups.group_id', 'policy_attachments.owner_id')
      .select((eb) => [
        'policy_attachments.owner_kind as kind',
        'policy_attachments.owner_id as id',
        eb.fn.coalesce('principals.name', 'groups.name', eb.val('')).as('name'),
        eb.fn.coalesce('principals.path', 'groups.path', eb.val('/')).as('path'),
      ])
      .where('policy_attachments.account_id', '=', of.accountId)
      .where('policy_attachments.policy_arn', '=', of.policyArn)
      .orderBy('policy_attachments.owner_kind')
      .orderBy('policy_attachments.owner_id'),
  );
  const bounded = prepare((of: { accountId: string; policyArn: string }) =>
    db
      .selectFrom('principals')
      .selectAll()
      .where('account_id', '=', of.accountId)
      .where('permissions_boundary_arn', '=', of.policyArn)
      .orderBy('kind')
      .orderBy('name_key'),
  );
  return {
    listAttachedEntities: (accountId, policyArn) => run(entities({ accountId, policyArn })),
    listPrincipalsBoundedBy: (accountId, policyArn) => run(bounded({ accountId, policyArn })),
  };
}

function counts(db: QueryBuilder, run: RunQuery): Pick<PolicyAttachmentReader, Count> {
  const byArn = async (query: Compilable<{ arn: string | null; count: number }>) =>
    Object.fromEntries((await run(query.compile())).map(({ arn, count }) => [arn ?? '', count]));
  return {
    countAttachments: async (accountId, policyArns) => {
      if (policyArns.length === 0) return {};
      const query = db
        .selectFrom('policy_attachments')
        .select((eb) => ['policy_arn as arn', eb.fn.countAll<number>().as('count')])
        .where('account_id', '=', accountId)
        .where('policy_arn', 'in', [...policyArns])
        .groupBy('policy_arn');
      return byArn(query);
    },
    countBoundaries: async (accountId, policyArns) => {
      if (policyArns.length === 0) return {};
      const query = db
        .selectFrom('principals')
        .select((eb) => ['permissions_boundary_arn as arn', eb.fn.countAll<number>().as('count')])
        .where('account_id', '=', accountId)
        .where('permissions_boundary_arn', 'in', [...policyArns])
        .groupBy('permissions_boundary_arn');
      return byArn(query);
    },
  };
}
