/**
 * Stands for `@cdktf/provider-aws`, which is 410 MB: the classes of it that the stack uses, under the same names and with
 * the same provider. In your program these imports stay as they are.
 */
import { TerraformProvider, TerraformResource } from 'cdktf';
import type { Construct } from 'constructs';

const terraformGeneratorMetadata = { providerName: 'aws', providerVersionConstraint: '~> 5.0' };

export class AwsProvider extends TerraformProvider {
  readonly #region: string;
  endpoints: object[] | undefined;

  constructor(scope: Construct, id: string, config: { readonly region: string }) {
    super(scope, id, {
      terraformResourceType: 'aws',
      terraformProviderSource: 'hashicorp/aws',
      terraformGeneratorMetadata,
    });
    this.#region = config.region;
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { region: this.#region, endpoints: this.endpoints };
  }
}

export interface KmsKeyConfig {
  readonly description: string;
  readonly deletionWindowInDays: number;
}

export class KmsKey extends TerraformResource {
  readonly #config: KmsKeyConfig;

  constructor(scope: Construct, id: string, config: KmsKeyConfig) {
    super(scope, id, { terraformResourceType: 'aws_kms_key', terraformGeneratorMetadata });
    this.#config = config;
  }

  get keyId(): string {
    return this.getStringAttribute('key_id');
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { description: this.#config.description, deletion_window_in_days: this.#config.deletionWindowInDays };
  }
}

export interface KmsAliasConfig {
  readonly name: string;
  readonly targetKeyId: string;
}

export class KmsAlias extends TerraformResource {
  readonly #config: KmsAliasConfig;

  constructor(scope: Construct, id: string, config: KmsAliasConfig) {
    super(scope, id, { terraformResourceType: 'aws_kms_alias', terraformGeneratorMetadata });
    this.#config = config;
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { name: this.#config.name, target_key_id: this.#config.targetKeyId };
  }
}
