/**
 * The table of resource types with OpenTofu, where it is on the machine: `make test` takes a selection,
 * `make test-terraform` all. And what only OpenTofu has: a provider for each Region, and states and plans that a key of
 * ours encrypts.
 */
import { jest } from '@jest/globals';
import { describeWithOpenTofu } from '../support/opentofu.ts';
import { selectedCases } from './cases/index.ts';
import { declareLives } from './lifecycle.ts';

jest.setTimeout(600_000);

describeWithOpenTofu('resource types with OpenTofu', () => declareLives({ binary: 'tofu', cases: selectedCases() }));
