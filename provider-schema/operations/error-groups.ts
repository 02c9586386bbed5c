/** Error codes that several records list together, named after their cause. */

/** Finding the one key that a request names. */
export const keyErrors = ['DependencyTimeoutException', 'InvalidArnException', 'NotFoundException'] as const;

/** The same, and requiring a state of the key. */
export const keyStateErrors = [...keyErrors, 'KMSInvalidStateException'] as const;

/** Using a key's material. */
export const keyUseErrors = [
  'DisabledException',
  'DryRunOperationException',
  'InvalidGrantTokenException',
  'InvalidKeyUsageException',
  'KMSInvalidStateException',
  'KeyUnavailableException',
  'NotFoundException',
] as const;

/** Reading a ciphertext. */
export const ciphertextErrors = ['IncorrectKeyException', 'InvalidCiphertextException'] as const;

/** Finding a custom key store and requiring a state of it. */
export const keyStoreErrors = ['CustomKeyStoreInvalidStateException', 'CustomKeyStoreNotFoundException'] as const;

/** Naming a key store and its AWS CloudHSM cluster. */
export const clusterErrors = [
  'CloudHsmClusterInvalidConfigurationException',
  'CloudHsmClusterNotActiveException',
  'CloudHsmClusterNotFoundException',
  'CustomKeyStoreNameInUseException',
] as const;

/** Reaching the proxy of an external key store. */
export const proxyErrors = [
  'XksProxyIncorrectAuthenticationCredentialException',
  'XksProxyInvalidConfigurationException',
  'XksProxyInvalidResponseException',
  'XksProxyUriEndpointInUseException',
  'XksProxyUriInUseException',
  'XksProxyUriUnreachableException',
  'XksProxyVpcEndpointServiceInUseException',
  'XksProxyVpcEndpointServiceInvalidConfigurationException',
  'XksProxyVpcEndpointServiceNotFoundException',
] as const;

/** Changing an IAM identity, its policies or its credentials. */
export const identityChangeErrors = ['LimitExceededException', 'NoSuchEntityException'] as const;

/** Session policies. */
export const sessionPolicyErrors = ['MalformedPolicyDocumentException', 'PackedPolicyTooLargeException'] as const;
