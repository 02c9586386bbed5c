/** The table of resource types with Terraform: `make test` takes a selection, `make test-terraform` all. */
import { jest } from '@jest/globals';
import { needs } from '../support/needs.ts';
import { selectedCases } from './cases/index.ts';
import { declareTable } from './lifecycle.ts';

needs('terraform');

jest.setTimeout(600_000);

describe('resource types', () => declareTable('terraform', selectedCases()));
