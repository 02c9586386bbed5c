/** How the server was started: for administrators, and for drift detection. */
import { keystead } from '../apis.ts';
import { account } from '../targets.ts';

export const serverSettingsOperations = keystead({
  GetServerSettings: {
    summary:
      "Returns the settings that the server was started with, without secrets. Only for the installation's first account.",
    targets: [account()],
    accessLevel: 'Read',
    rest: 'GET /v1/server/settings',
  },
});
