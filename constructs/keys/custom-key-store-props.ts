/** The props of a custom key store: one of its two kinds. */
import type { TerraformProvider } from '../cdk.ts';
import type { SecretInput } from './secret-input.ts';

/** A key store on a CloudHSM cluster: on Keystead, a PKCS#11 token that its operators configured. */
export interface CloudHsmClusterProps {
  /**
   * Id of the cluster. Cannot be changed later.
   * @example 'cluster-2a23b4cdefg'
   */
  readonly clusterId: string;
  /**
   * Certificate of the cluster's certificate authority, PEM. Cannot be changed later.
   * @example readFileSync('customerCA.crt', 'utf8')
   */
  readonly trustAnchorCertificate: string;
  /**
   * Password of the cluster's crypto user, 7 to 32 characters. It is in no plan and no state; Terraform or OpenTofu 1.11
   * or newer.
   * @example SecretInput.fromVariable(new TerraformVariable(stack, 'hsm-password', { sensitive: true }))
   */
  readonly password: SecretInput;
  /**
   * Any text that stands for the password: changing it sets the password again.
   * @default '1'
   * @example '2'
   */
  readonly passwordVersion?: string;
}

/** A key store whose keys are in a key manager outside, behind an XKS proxy. */
export interface ExternalKeyStoreProxyProps {
  /**
   * Address of the proxy, without a path.
   * @example 'https://xks.example.com'
   */
  readonly uriEndpoint: string;
  /**
   * Path of the proxy's API, which ends in `/kms/xks/v1`.
   * @example '/kms/xks/v1'
   */
  readonly uriPath: string;
  /**
   * How the proxy is reached.
   * @default 'PUBLIC_ENDPOINT'
   * @example 'VPC_ENDPOINT_SERVICE'
   */
  readonly connectivity?: 'PUBLIC_ENDPOINT' | 'VPC_ENDPOINT_SERVICE';
  /**
   * Name of the VPC endpoint service, where the proxy is reached through one.
   * @default - none
   * @example 'com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0'
   */
  readonly vpcEndpointServiceName?: string;
  /**
   * Access key id of the credential that requests to the proxy are signed with: 20 to 30 letters A to Z and digits 2
   * to 7.
   * @example 'ABCDEFGHIJKLMNOPQRST'
   */
  readonly accessKeyId: string;
  /**
   * Its secret access key. It is in no plan and no state; Terraform or OpenTofu 1.11 or newer.
   * @example SecretInput.fromVariable(new TerraformVariable(stack, 'xks-secret', { sensitive: true }))
   */
  readonly secretAccessKey: SecretInput;
  /**
   * Any text that stands for the secret: changing it sets the credential again.
   * @default '1'
   * @example '2'
   */
  readonly secretAccessKeyVersion?: string;
}

export interface CustomKeyStoreProps {
  /**
   * Name of the key store, unique in the account and Region: 1 to 256 characters.
   * @example 'production-hsm'
   */
  readonly customKeyStoreName: string;
  /**
   * Makes a key store of type AWS_CLOUDHSM. Give either this or `externalKeyStoreProxy`.
   * @default - none: `externalKeyStoreProxy` is given
   * @example { clusterId: 'cluster-2a23b4cdefg', trustAnchorCertificate, password }
   */
  readonly cloudHsmCluster?: CloudHsmClusterProps;
  /**
   * Makes a key store of type EXTERNAL_KEY_STORE. Give either this or `cloudHsmCluster`.
   * @default - none: `cloudHsmCluster` is given
   * @example { uriEndpoint: 'https://xks.example.com', uriPath: '/kms/xks/v1', accessKeyId, secretAccessKey }
   */
  readonly externalKeyStoreProxy?: ExternalKeyStoreProxyProps;
  /**
   * The Region of the key store.
   * @default - the provider's
   * @example 'eu-west-1'
   */
  readonly region?: string;
  /**
   * The provider that serves the key store.
   * @default - the stack's default Keystead provider
   * @example new KeysteadProvider(stack, 'other', { alias: 'other' })
   */
  readonly provider?: TerraformProvider;
}
