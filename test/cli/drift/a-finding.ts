/** A finding for tests of reports, with the changes that a test names. */
import type { Finding } from '@keystead/control-plane/cli/drift/findings/finding.ts';
import { arnOf, keyId } from './state.ts';

export function aFinding(changes: Partial<Finding> = {}): Finding {
  return {
    id: 'f1',
    severity: 'cosmetic',
    address: 'aws_kms_key.orders',
    region: 'us-east-1',
    resourceArn: arnOf(keyId),
    what: 'changed',
    attribute: 'tags_all["Owner"]',
    declared: 'platform',
    cause: {
      eventName: 'UntagResource',
      principal: 'alice',
      chain: ['bob'],
      time: '2026-11-22T03:12:00Z',
      requestId: 'r1',
      eventId: 'e1',
      sourceIp: '192.0.2.1',
      userAgent: 'aws-cli/2',
      throughTerraform: false,
      before: { eventName: 'TagResource', principal: 'carol', time: '2026-11-21T00:00:00Z', requestId: 'r0' },
    },
    ...changes,
  };
}
