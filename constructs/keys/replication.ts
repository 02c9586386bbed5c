/** What every replica must keep to, whatever its key material is. */
import type { IConstruct } from 'constructs';
import type { TerraformProvider } from '../cdk.ts';
import { refuse } from '../stacks/refuse.ts';
import type { IKey } from './interfaces.ts';
import { known, pendingWindowFinding, refuseOn } from './key-rules.ts';
import { knownRegionOf, providerInAccountOf } from './placement.ts';

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

/**
 * The provider that serves a replica: through it, the primary's Region is asked to make one in `region`.
 * @throws Error when it is for another account, or the replica's Region is the primary's
 */
export function providerOfReplica(replica: IConstruct, props: Replication): TerraformProvider {
  const { primaryKey, region } = props;
  if (region === knownRegionOf(primaryKey)) refuseOwnRegion(replica, region);
  return providerInAccountOf(replica, primaryKey, props.provider, 'a replica is in the account of its primary key');
}

function refuseOwnRegion(replica: IConstruct, region: string): never {
  return refuse(replica, `The primary key is in ${region} already.`, 'Name another Region for the replica.');
}
