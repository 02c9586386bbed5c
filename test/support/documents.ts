/** Small policy documents. */

/** Allows these actions on these resources. */
export function policy(action: string | readonly string[], resource: string | readonly string[] = '*'): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: action, Resource: resource }],
  });
}

/** Lets these AWS principals assume a role. */
export function trustPolicy(principal: string | readonly string[]): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: principal }, Action: 'sts:AssumeRole' }],
  });
}
