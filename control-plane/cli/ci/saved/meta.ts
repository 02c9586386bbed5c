/** `plan.meta.json`: what a saved plan is about. It holds no value of the plan, and can be read by everybody. */
import { CommandError } from '../../shared/report.ts';

export interface PlanMeta {
  readonly formatVersion: '1.0';
  readonly madeAt: string;
  /** The directory, from the root of the repository. */
  readonly stack: string;
  readonly workspace: string;
  readonly commit?: string;
  /** Of the stack's files and modules. */
  readonly codeSha256: string;
  /** Of the state that the plan was made from; a stack that was never applied has lineage '' and serial 0. */
  readonly state: StateVersion;
  readonly options: PlanOptions;
  readonly hasChanges: boolean;
  /** Of the contents, before they were encrypted. */
  readonly planSha256: string;
  readonly jsonSha256: string;
  /** ARN of the key that encrypts the two files; absent: they are not encrypted. */
  readonly encryptedWith?: string;
}

export interface StateVersion {
  readonly lineage: string;
  readonly serial: number;
}

/** Options that change what is planned. */
export interface PlanOptions {
  readonly varFile: readonly string[];
  readonly destroy: boolean;
}

const texts = ['madeAt', 'stack', 'workspace', 'codeSha256', 'planSha256', 'jsonSha256'] as const;

/** @throws CommandError for a text that `keystead ci plan` did not write */
export function parseMeta(text: string, file: string): PlanMeta {
  let meta: PlanMeta;
  try {
    meta = JSON.parse(text);
  } catch {
    throw notMeta(file);
  }
  if (meta?.formatVersion !== '1.0') throw notMeta(file);
  const { state, options } = meta;
  const isWhole =
    texts.every((name) => typeof meta[name] === 'string') &&
    typeof state?.lineage === 'string' &&
    Number.isInteger(state.serial) &&
    Array.isArray(options?.varFile);
  if (!isWhole) throw notMeta(file);
  return meta;
}

const notMeta = (file: string): CommandError =>
  new CommandError(`${file} is not what keystead ci plan writes, or of another version.`, 'Make the plan anew.');

/** @param text of `terraform state pull` */
export function stateVersionOf(text: string): StateVersion {
  if (text.trim() === '') return { lineage: '', serial: 0 };
  const { lineage = '', serial = 0 } = JSON.parse(text) as Partial<StateVersion>;
  return { lineage, serial };
}
