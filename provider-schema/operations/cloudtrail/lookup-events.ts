/** CloudTrail's LookupEvents, over the audit log. */
import { cloudtrail } from '../apis.ts';
import { account } from '../targets.ts';

export const lookupEventsOperations = cloudtrail({
  LookupEvents: {
    summary: 'Looks up audit events of the account and Region, newest first.',
    targets: [account()],
    accessLevel: 'List',
    errors: [
      'InvalidEventCategoryException',
      'InvalidLookupAttributesException',
      'InvalidMaxResultsException',
      'InvalidNextTokenException',
      'InvalidTimeRangeException',
    ],
    rest: 'GET /v1/events',
  },
});
