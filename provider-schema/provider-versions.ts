/** Under which sources and versions the provider can be installed. */

export const ownSource = 'keystead/aws';
export const awsSource = 'hashicorp/aws';

/**
 * Versions under the AWS provider's source, newest first: the last of each major version that configurations are pinned
 * to, so that `~> 3.0` to `~> 6.0` and `>= 6.28` all find one.
 */
export const standInVersions: readonly string[] = ['6.999.0', '5.999.0', '4.999.0', '3.999.0'];
