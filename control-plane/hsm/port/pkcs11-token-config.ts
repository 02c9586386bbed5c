/** Which PKCS#11 tokens the operator lets custom key stores stand on. */
export interface Pkcs11TokenConfig {
  /** `CloudHsmClusterId` of the stores on it. */
  readonly clusterId: string;
  /** Absolute path of the PKCS#11 module (a shared library) that drives it. */
  readonly modulePath: string;
  /** Both narrow the choice among the module's tokens; at least one is given. */
  readonly label?: string;
  readonly serialNumber?: string;
}
