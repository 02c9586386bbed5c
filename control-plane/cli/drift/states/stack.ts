/** A stack: where its state is, and which control plane runs what it declares. */

export interface Stack {
  /** For people: the directory with its workspace, or the file. */
  readonly name: string;
  readonly source: StateSource;
  readonly endpoint: string;
  /** Of resources whose state names none. */
  readonly region: string;
  /** Profile of the shared files of AWS; undefined: what the credential chain finds. */
  readonly profile?: string;
  /** Source address of the provider whose resources are compared, without its host. */
  readonly provider: string;
  /** A state without resources is not a mistake. */
  readonly mayBeEmpty: boolean;
  /** Its code, to compare with instead of the state alone: a directory, or a file in JSON. */
  readonly code?: string;
}

export type StateSource =
  | { readonly dir: string; readonly workspace?: string; readonly terraform: string }
  /** Output of `terraform show -json`; `-` is standard input. */
  | { readonly file: string }
  /** A saved plan, which Terraform reads in the directory, or what `terraform show -json` prints of one. */
  | { readonly plan: string; readonly madeIn: string; readonly terraform: string };

/** What the command says of every stack; a file of stacks can say otherwise of one. */
export interface StackDefaults {
  readonly endpoint: string;
  readonly region: string;
  readonly profile?: string;
  readonly provider: string;
  readonly terraform: string;
  readonly mayBeEmpty: boolean;
}
