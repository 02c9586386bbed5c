/** A PKCS#11 token that the operator has configured for custom key stores. */
export interface Pkcs11TokenConfig {
  /** `CloudHsmClusterId` of the key stores that use it. */
  readonly clusterId: string;
  /** Absolute path of its PKCS#11 module (a shared library). */
  readonly modulePath: string;
  /** Label and serial number select among the module's tokens; at least one is given. */
  readonly label?: string;
  readonly serialNumber?: string;
}
