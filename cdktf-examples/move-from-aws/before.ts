/** The program as it was: the AWS provider applies its stack. */
import { App } from 'cdktf';
import { OrdersStack } from './existing-stack.ts';

const app = new App();
new OrdersStack(app, 'move-from-aws');
app.synth();
