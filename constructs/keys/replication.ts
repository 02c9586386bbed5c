/** What every replica must keep to, whatever its key material is. */
import type { IConstruct } from 'constructs';
import type { TerraformProvider } from '../cdk.ts';
import { AwsProvider } from '../generated/provider.ts';
import { refuse } from '../stacks/refuse.ts';
import type { IKey } from './interfaces.ts';
import { known, pendingWindowFinding, refuseOn } from './key-rules.ts';

interface Replication {
  readonly primaryKey: IKey;
  readonly region: string;
  readonly pendingWindowInDays?: number;
  readonly provider?: TerraformProvider;
}

/** @throws Error when the primary cannot have a replica there. */
export function requireReplicable(replica: IConstruct, props: Replication): void {
  const { primaryKey, region } = props;
  if (primaryKey.multiRegion === false) {
    refuse(replica, `The key ${primaryKey.node.path} is a single-Region key.`, 'Set multiRegion: true on it.');
  }
  if (region === primaryKey.region) refuseOwnRegion(replica, region);
  refuseOn(replica, pendingWindowFinding(known(props.pendingWindowInDays)));
}

/** Where the primary has no Region of its own it is in its provider's, which the replica shares here. */
export function requireOtherRegion(replica: IConstruct, props: Replication, provider: TerraformProvider): void {
  if (props.provider !== undefined) return;
  if (props.primaryKey.region !== undefined || !(provider instanceof AwsProvider)) return;
  if (provider.regionInput === props.region) refuseOwnRegion(replica, props.region);
}

function refuseOwnRegion(replica: IConstruct, region: string): never {
  return refuse(replica, `The primary key is in ${region} already.`, 'Name another Region for the replica.');
}
