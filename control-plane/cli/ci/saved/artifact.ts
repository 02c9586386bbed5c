/**
 * A saved plan in a directory, to be kept as an artifact: `plan.tfplan` and `plan.json`, or both encrypted as
 * `….sealed`; `plan.meta.json`; and, for people, `comment.md` and `changes.md`.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection } from '../../shared/connection.ts';
import { CommandError } from '../../shared/report.ts';
import { type PlanMeta, parseMeta } from './meta.ts';
import { type SealContext, seal, unseal } from './sealed.ts';

const META = 'plan.meta.json';
const PLAN = 'plan.tfplan';
const JSON_OF_PLAN = 'plan.json';
const SEALED = '.sealed';

/** Plans hold secrets: only the user of the job reads them. */
const PRIVATE = { mode: 0o600 } as const;

export interface Contents {
  readonly plan: Buffer;
  readonly json: Buffer;
}

/** What encrypts the files. */
export interface Sealing {
  readonly connection: Connection;
  readonly keyId: string;
}

export type MetaBefore = Omit<PlanMeta, 'planSha256' | 'jsonSha256' | 'encryptedWith' | 'formatVersion'>;

/** Removes what an earlier plan left in the directory first. */
export async function writeArtifact(
  out: string,
  contents: Contents,
  about: MetaBefore,
  sealing: Sealing | undefined,
  texts: Readonly<Record<string, string>>,
): Promise<PlanMeta> {
  await emptyArtifact(out);
  const digests = { planSha256: sha256(contents.plan), jsonSha256: sha256(contents.json) };
  const files = [
    { name: PLAN, content: contents.plan },
    { name: JSON_OF_PLAN, content: contents.json },
  ];
  let encryptedWith: string | undefined;
  for (const { name, content } of files) {
    if (sealing === undefined) await writeFile(join(out, name), content, PRIVATE);
    else {
      const { bytes, keyArn } = await seal(sealing.connection, sealing.keyId, contextOf(about, name), content);
      await writeFile(join(out, `${name}${SEALED}`), bytes, PRIVATE);
      encryptedWith = keyArn;
    }
  }
  const meta: PlanMeta = { formatVersion: '1.0', ...about, ...digests, ...(encryptedWith && { encryptedWith }) };
  await writeFile(join(out, META), `${JSON.stringify(meta, null, 2)}\n`, PRIVATE);
  for (const [name, text] of Object.entries(texts)) await writeFile(join(out, name), text, PRIVATE);
  return meta;
}

/** What an apply of an older plan could take for this one must not remain when a plan fails. */
export async function emptyArtifact(out: string): Promise<void> {
  await mkdir(out, { recursive: true, mode: 0o700 });
  const names = [
    META,
    PLAN,
    JSON_OF_PLAN,
    `${PLAN}${SEALED}`,
    `${JSON_OF_PLAN}${SEALED}`,
    'comment.md',
    'changes.md',
    'terraform-report.json',
  ];
  await Promise.all(names.map((name) => rm(join(out, name), { force: true })));
}

/** @throws CommandError when there is none */
export async function readMeta(out: string): Promise<PlanMeta> {
  const file = join(out, META);
  const text = await readFile(file, 'utf8').catch(() => {
    throw new CommandError(
      `${out} has no saved plan: there is no ${META}.`,
      'Make it with keystead ci plan, or correct --plan.',
    );
  });
  return parseMeta(text, file);
}

export interface Opening {
  readonly connect: () => Promise<Connection>;
  /** Only what this key encrypts is opened; undefined: also what is not encrypted. */
  readonly keyId: string | undefined;
}

/** @throws CommandError when the file is missing or is not the one that the plan's metadata are about */
export async function readContent(
  out: string,
  which: keyof Contents,
  meta: PlanMeta,
  { connect, keyId }: Opening,
): Promise<Buffer> {
  const name = which === 'plan' ? PLAN : JSON_OF_PLAN;
  const digest = which === 'plan' ? meta.planSha256 : meta.jsonSha256;
  const isSealed = meta.encryptedWith !== undefined;
  if (keyId !== undefined && !isSealed) {
    throw new CommandError(`The plan in ${out} is not encrypted.`, 'Make it with --encrypt-with, as this job expects.');
  }
  const file = join(out, isSealed ? `${name}${SEALED}` : name);
  const bytes = await readFile(file).catch((error: Error) => {
    throw new CommandError(`${file} cannot be read: ${error.message}.`, 'Take all files of the artifact.');
  });
  const content = isSealed ? await unseal(await connect(), file, bytes, contextOf(meta, name), keyId) : bytes;
  if (sha256(content) === digest) return content;
  throw new CommandError(
    `${file} is not the file that plan.meta.json is about: it was changed. Nothing was applied.`,
    'Make the plan anew.',
  );
}

/** The encryption context: what the file is about. */
function contextOf({ stack, workspace, codeSha256, state, options, madeAt }: MetaBefore, file: string): SealContext {
  return {
    'keystead:purpose': 'saved-plan',
    file,
    stack,
    workspace,
    code: codeSha256,
    state: `${state.lineage}/${state.serial}`,
    options: JSON.stringify(options),
    'made-at': madeAt,
  };
}

const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');
