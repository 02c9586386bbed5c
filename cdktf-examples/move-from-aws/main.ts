/** The same program, whose stacks Keystead's provider applies from now on: one line more. */
import { Keystead } from '@keystead/constructs/cdktf';
import { App } from 'cdktf';
import { OrdersStack } from './existing-stack.ts';

const { KEYSTEAD_ENDPOINT: endpoint = 'http://127.0.0.1:8600' } = process.env;

const app = new App();
new OrdersStack(app, 'move-from-aws');
Keystead.use(app, { endpoint });
app.synth();
