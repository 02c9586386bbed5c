/** What every construct of this library has in common. */
import { Construct } from 'constructs';
import { recordRename } from './renames.ts';

/** Base of every construct that declares something for Terraform. */
export abstract class KeysteadConstruct extends Construct {
  /**
   * Says which id the construct had before, so that Terraform moves what it declares in place of destroying it and making
   * it anew: the key, its aliases, its policy, its grants, its replicas, and everything else below the construct. A plan
   * then has no changes. Keep the call until every environment is applied; after a second rename add a second call, and
   * keep the order in which the ids were used.
   * @param oldId the id beside the present one (`'orders'`), or, for a construct that had another place in its stack, the
   * whole path that it had, as plans name it (`'shop/sales/orders'`)
   * @throws Error when it is the present id, or a path of another stack; at synth, when the old id is still declared
   * @example
   * new Key(stack, 'invoices', { alias: 'invoices' }).renamedFrom('orders');
   */
  renamedFrom(oldId: string): void {
    recordRename(this, oldId);
  }
}
