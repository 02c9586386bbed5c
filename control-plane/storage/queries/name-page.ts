/** Pages by name, ignoring case, under a path: the way IAM lists users, groups, roles and policies. */
import { type SelectQueryBuilder, sql } from 'kysely';
import type { NamePage } from '../port/page.ts';
import type { Schema } from './schema.ts';

/** `table` has the columns name_key and path; the query asks for one row more than the page holds. */
export function namePage<Tables extends keyof Schema, Row>(
  query: SelectQueryBuilder<Schema, Tables, Row>,
  table: Tables & ('principals' | 'groups' | 'managed_policies'),
  { pathPrefix = '/', after, limit }: NamePage,
): SelectQueryBuilder<Schema, Tables, Row> {
  const nameKey = sql.ref<string>(`${table}.name_key`);
  const path = sql.ref<string>(`${table}.path`);
  return query
    .$if(pathPrefix !== '/', (all) => all.where(sql<boolean>`substr(${path}, 1, ${pathPrefix.length}) = ${pathPrefix}`))
    .$if(after !== undefined, (all) => all.where(sql<boolean>`${nameKey} > ${after}`))
    .orderBy(nameKey)
    .limit(limit + 1);
}
