/** Descriptions of keys. Source: KMS API reference, CreateKey, Description. */
import { values } from '@keystead/provider-schema/shapes/kms/values.ts';
import type { TerraformResource } from '../cdk.ts';
import { isKnownText, type ResourceFinding } from './finding.ts';

const { max } = values.DescriptionType;

export function descriptionFindings(resource: TerraformResource): ResourceFinding[] {
  if (!resource.terraformResourceType.startsWith('aws_kms_')) return [];
  const { descriptionInput: description } = resource as { readonly descriptionInput?: unknown };
  if (!isKnownText(description) || description.length <= max) return [];
  return [{ at: resource, text: `The description has ${description.length} characters. Give at most ${max}.` }];
}
