/**
 * What all resources of IAM have in common: the order of calls, their texts, tags in the plan. Each resource states only
 * what differs.
 */
import { defined } from '@keystead/provider-schema/defined.ts';
import type { TerraformRecord } from '@keystead/provider-schema/terraform.ts';
import type { Client } from '../../client/client.ts';
import { type Diagnostic, DiagnosticError, type ResourceType } from '../../engine/resource.ts';
import type { ObjectValue } from '../../engine/value.ts';
import { attempt, runSteps, type Step } from './failures.ts';
import { finish } from './finish.ts';
import { planTagsAll } from './tags.ts';
import { knownPart, textOf } from './values.ts';

export interface IdentityTraits {
  readonly record: TerraformRecord;
  /** In diagnostics: `IAM User`. */
  readonly title: string;
  /** Checks that need several attributes. Any value can be unknown. */
  validate?(config: ObjectValue): readonly Diagnostic[];
  /** Planned values that do not follow from the record alone. */
  plan?(prior: ObjectValue | null, proposed: ObjectValue, config: ObjectValue): ObjectValue;
  /** The call that makes it. Returns what only this call tells, at least `id`. */
  create(client: Client, planned: ObjectValue): Promise<ObjectValue>;
  /** The calls after it. `known` holds the plan and what `create` returned. */
  firstSteps?(client: Client, known: ObjectValue, planned: ObjectValue): readonly ChangeStep[];
  read(client: Client, state: ObjectValue): Promise<ObjectValue | null>;
  /** The calls of an update, in their order. Absent: every change replaces. */
  changeSteps?(client: Client, prior: ObjectValue, planned: ObjectValue): readonly ChangeStep[];
  /** What identifies it after the update, where that changes (a new name). */
  renamed?(planned: ObjectValue): ObjectValue;
  remove(client: Client, state: ObjectValue): Promise<void>;
  /** The part of the state that an import id names. undefined: the id is not valid. */
  importState(id: string): ObjectValue | undefined;
}

/** One call of an update: the argument that it applies, when it is needed, and the call. */
export type ChangeStep = readonly [argument: string, when: boolean, run: () => Promise<unknown>];

export function identityResource(traits: IdentityTraits): ResourceType<Client> {
  const { record, title } = traits;
  const thing = (state: ObjectValue): string => `${title} (${textOf(state, 'id') ?? textOf(state, 'name') ?? 'new'})`;
  const steps = (doing: string, changes: readonly ChangeStep[] | undefined): readonly Step[] =>
    (changes ?? []).map(([argument, when, run]) => ({ doing, path: [argument], when, run }));
  const end = (
    client: Client,
    known: ObjectValue,
    planned: ObjectValue,
    failures: readonly Diagnostic[],
  ): ReturnType<typeof finish> =>
    finish({
      planned,
      known,
      failures,
      reading: `reading ${thing(known)}`,
      read: () => traits.read(client, known),
    });

  return {
    record,
    ...defined({ validate: traits.validate }),

    async plan({ config, prior, proposed, client }) {
      const tagged: ObjectValue = Object.hasOwn(record.attributes, 'tags_all')
        ? { ...proposed, tags_all: planTagsAll(client?.tags, config, prior) }
        : proposed;
      return { planned: traits.plan?.(prior, tagged, config) ?? tagged };
    },

    async create(client, planned) {
      const made = await attempt(`creating ${thing(planned)}`, undefined, () => traits.create(client, planned));
      const known = { ...knownPart(planned), ...made };
      const failures = await runSteps(steps(`updating ${thing(known)}`, traits.firstSteps?.(client, known, planned)));
      return end(client, known, planned, failures);
    },

    read: (client, state) => attempt(`reading ${thing(state)}`, undefined, () => traits.read(client, state)),

    async update(client, prior, planned) {
      const changes = steps(`updating ${thing(prior)}`, traits.changeSteps?.(client, prior, planned));
      const failures = await runSteps(changes);
      // A rename comes first: after it the other calls, and the read, need the new name.
      const isRenamed = !failures.some(({ path }) => path?.[0] === 'name');
      const known = { ...prior, ...unread(record, planned), ...(isRenamed && traits.renamed?.(planned)) };
      return end(client, known, planned, failures);
    },

    remove: (client, state) => attempt(`deleting ${thing(state)}`, undefined, () => traits.remove(client, state)),

    async importState(_client, id) {
      const state = traits.importState(id);
      if (state !== undefined) return { ...defaultsOf(record), ...state };
      throw new DiagnosticError([
        {
          severity: 'error',
          summary: `Cannot import ${record.type}`,
          detail: `The import id "${id}" is not valid. Write the ${record.importId}.`,
        },
      ]);
    },
  };
}

/** Flags that are never sent and never read: as planned, whatever happened to the rest. */
function unread({ attributes }: TerraformRecord, planned: ObjectValue): ObjectValue {
  const flags = ['force_destroy', 'force_detach_policies'].filter((name) => Object.hasOwn(attributes, name));
  return Object.fromEntries(flags.map((name) => [name, planned[name] ?? null]));
}

/** A read leaves flags as they are, so an import gives them the values that a plan without them has. */
function defaultsOf({ attributes }: TerraformRecord): ObjectValue {
  const flags = Object.entries(attributes).filter(
    ([, { type, default: value }]) => type === 'bool' && value !== undefined,
  );
  return Object.fromEntries(flags.map(([name, { default: value }]) => [name, value ?? null]));
}
