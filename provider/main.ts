/** The executable of the Terraform provider keystead/aws. */
import manifest from './package.json' with { type: 'json' };
import { provider } from './provider.ts';
import { runPlugin } from './wire/plugin.ts';

void runPlugin(provider, { source: 'keystead/aws', version: manifest.version });
