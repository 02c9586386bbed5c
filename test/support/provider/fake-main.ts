/** The fake provider as an executable. */
import { runPlugin } from '@keystead/provider/wire/plugin.ts';
import { fakeProvider } from './fake-provider.ts';

void runPlugin(fakeProvider, { source: 'keystead/fake', version: '1.0.0' });
