/** Reports of comparisons of stacks with what runs, kept for followers: a console, alerts, the next comparison. */
import { keystead } from '../apis.ts';
import { account, driftReports } from '../targets.ts';

export const driftReportsOperations = keystead({
  PutDriftReport: {
    summary:
      'Keeps the drift report of a stack as its last one. It says up to which change of the account it compared.',
    targets: [driftReports()],
    accessLevel: 'Write',
    errors: ['LimitExceededException'],
    rest: 'POST /v1/drift-reports/{StackName}',
    creates: true,
  },
  GetDriftReport: {
    summary: 'Returns a drift report of a stack with its document: the last one, or the one with a number.',
    targets: [driftReports()],
    accessLevel: 'Read',
    errors: ['NoSuchEntityException'],
    rest: 'GET /v1/drift-reports/{StackName}',
  },
  ListDriftReports: {
    summary:
      'Lists when each stack was last compared and what was found; with StackName the kept reports of that stack, the last one first.',
    targets: [account()],
    accessLevel: 'List',
    errors: ['InvalidMarkerException'],
    rest: 'GET /v1/drift-reports',
  },
  DeleteDriftReports: {
    summary: 'Deletes all drift reports of a stack that is not compared any more.',
    output: null,
    targets: [driftReports()],
    accessLevel: 'Write',
    errors: ['NoSuchEntityException'],
    rest: 'DELETE /v1/drift-reports/{StackName}',
  },
});
