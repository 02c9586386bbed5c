/**
 * The Hsm port: the only access to key material, in four services (FIPS 140-3's word for the functions of a
 * cryptographic module). Code that builds an Hsm has all of it; all other code gets only the services that it needs.
 */
import type { CredentialService } from './credentials.ts';
import type { InstallationService } from './installation.ts';
import type { KeyMaterialService } from './key-material.ts';
import type { Pkcs11Service } from './pkcs11.ts';

export type Hsm = KeyMaterialService & CredentialService & Pkcs11Service & InstallationService;

export interface HsmServices {
  readonly keyMaterial: KeyMaterialService;
  readonly credentials: CredentialService;
  readonly pkcs11: Pkcs11Service;
  readonly installation: InstallationService;
}

export function servicesOf(hsm: Hsm): HsmServices {
  return { keyMaterial: hsm, credentials: hsm, pkcs11: hsm, installation: hsm };
}
