/** A small stack for pipelines, whose state is in a file outside of the checkouts, as a backend would have it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** @param body what it declares @param state the file */
export async function writeStack(repository: string, body: string, state: string): Promise<void> {
  const directory = join(repository, 'stacks/orders');
  await mkdir(directory, { recursive: true });
  await writeFile(
    join(directory, 'main.tf'),
    `terraform {
  required_providers {
    aws = { source = "keystead/aws" }
  }
  backend "local" {
    path = "${state}"
  }
}

${body}
`,
  );
}
