/** The genuine AWS provider in a directory of its own, against one running control plane. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GenuineProvider, genuineCliConfig } from './genuine-provider.ts';
import { type CommandResult, run, type TestServer } from './server.ts';

export interface GenuineWorkspace {
  readonly directory: string;
  write(hcl: string): Promise<void>;
  terraform(...args: string[]): Promise<CommandResult>;
  /** @throws when the command fails */
  must(...args: string[]): Promise<string>;
  dispose(): Promise<void>;
}

/** Arguments that keep the provider from asking for what only AWS has. */
export const genuineProviderBlock = (more = ''): string => `provider "aws" {
  region                      = "us-east-1"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  ${more}
}
`;

export async function openGenuineWorkspace(server: TestServer, genuine: GenuineProvider): Promise<GenuineWorkspace> {
  const directory = await mkdtemp(join(tmpdir(), 'keystead-genuine-'));
  const env = {
    ...server.env,
    AWS_ENDPOINT_URL: server.endpoint,
    TF_CLI_CONFIG_FILE: genuineCliConfig(directory, genuine),
    TF_IN_AUTOMATION: '1',
    TF_INPUT: '0',
    CHECKPOINT_DISABLE: '1',
  };
  const terraform = (...args: string[]) => run('terraform', args, { cwd: directory, env });
  const must = async (...args: string[]) => {
    const { code, stdout, stderr } = await terraform(...args, '-no-color');
    if (code !== 0) throw new Error(`terraform ${args[0]} ended with ${code}:\n${stdout}\n${stderr}`);
    return stdout;
  };
  let initialized = false;
  return {
    directory,
    terraform,
    must,
    async write(hcl) {
      const requirement = `terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "${genuine.version}"
    }
  }
}
`;
      await writeFile(join(directory, 'main.tf'), requirement + hcl);
      if (!initialized) await must('init');
      initialized = true;
    },
    dispose: () => rm(directory, { recursive: true, force: true }),
  };
}
