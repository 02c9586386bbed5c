/** What differs from the baseline and from nothing else: neither a plan nor an import is the way on. Pure. */
import type { Finding } from '../findings/finding.ts';

/** Its value is another one than at the baseline, and no code says which it should be. */
export function isOpenSince({ what, address, notDeclared, attribute, atBaseline, actual }: Finding): boolean {
  if (what !== 'changed since the baseline' || JSON.stringify(atBaseline) === JSON.stringify(actual)) return false;
  return notDeclared === true || (address === undefined && attribute !== 'key' && attribute !== 'grant');
}

/** Why neither is offered, and what is. */
export function whyLeft({ what, id }: Finding): string {
  if (what === 'ignore rule expired') return 'give the rule a new date, or remove it';
  if (what === 'not applied' || what === 'not in code') return 'code and state differ: apply the code, or correct it';
  return what === 'changed since the baseline'
    ? `code and reality agree: keystead drift explain ${id} shows the changes; accept them if they were meant`
    : `keystead drift explain ${id} shows who made it; there is no command for it here`;
}
