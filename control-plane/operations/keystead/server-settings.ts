/** The settings that this server was started with. The operation is Keystead's own. */
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { serverSettingsOperations } from '@keystead/provider-schema/operations/keystead/server-settings.ts';
import { ROOT_KEY_STATE, rootKeyStateOf } from '../../domain/keys/root-key-state.ts';
import type { Implementation, Implementations } from '../shared/implementation.ts';

/** Accounts beside the first are tenants: how the installation is run is not theirs to know. */
const getServerSettings: Implementation<'GetServerSettings'> = {
  async check(ctx) {
    const first = await ctx.store.findMeta('first-account');
    if (first?.value !== ctx.accountId) throw new KmsError('AccessDeniedException', messages.onlyFirstAccount);
  },
  async run(ctx) {
    const { inUse } = rootKeyStateOf(await ctx.store.findMeta(ROOT_KEY_STATE));
    const all = { ...ctx.settings, 'root-key-generation': String(inUse) };
    return { output: { Settings: Object.entries(all).map(([Name, Value]) => ({ Name, Value })) } };
  },
};

export const serverSettingsFunctions: Implementations<typeof serverSettingsOperations> = {
  GetServerSettings: getServerSettings,
};
