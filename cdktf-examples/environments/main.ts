/** One code base, an environment each: what differs between them stands in one table. */
import { Key, KeysteadProvider } from '@keystead/constructs/cdktf';
import { App, LocalBackend, TerraformOutput, TerraformStack } from 'cdktf';

const {
  KEYSTEAD_ENDPOINT: endpoint = 'http://127.0.0.1:8600',
  KEYSTEAD_REGION: region = 'eu-west-1',
  KEYSTEAD_ACCOUNT_ID: account = '111122223333',
} = process.env;

interface Environment {
  readonly rotationPeriodInDays: number;
  readonly removalProtection: boolean;
  /** Regions of replicas. */
  readonly replicas: readonly string[];
}

const environments: Readonly<Record<string, Environment>> = {
  staging: { rotationPeriodInDays: 365, removalProtection: false, replicas: [] },
  production: { rotationPeriodInDays: 365, removalProtection: true, replicas: ['us-east-1'] },
};

class OrdersStack extends TerraformStack {
  constructor(app: App, environment: string, settings: Environment) {
    super(app, `environments-${environment}`);
    const { rotationPeriodInDays, removalProtection, replicas } = settings;
    new LocalBackend(this, { path: 'terraform.tfstate' });
    const tags = { Environment: environment };
    new KeysteadProvider(this, 'keystead', { endpoint, region, account, defaultTags: tags });
    const key = new Key(this, 'orders', {
      description: `Orders of ${environment}`,
      alias: `${environment}/orders`,
      multiRegion: replicas.length > 0,
      rotationPeriodInDays,
      removalProtection,
      pendingWindowInDays: 7,
    });
    for (const replica of replicas) {
      key.replicateTo(replica, { alias: `${environment}/orders`, removalProtection, pendingWindowInDays: 7 });
    }
    new TerraformOutput(this, 'key_arn', { value: key.keyArn, staticId: true });
  }
}

const app = new App();
for (const [environment, settings] of Object.entries(environments)) new OrdersStack(app, environment, settings);
app.synth();
