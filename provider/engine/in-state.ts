/** Attributes that the service never hears of: what a change of them alone means for plan and apply. */
import { isSameValue } from './compare.ts';
import { type Level, levelType } from './type.ts';
import type { ObjectValue } from './value.ts';

/** Such attributes differ, and nothing else does. */
export function differInStateAlone(level: Level, prior: ObjectValue, planned: ObjectValue): boolean {
  const differing = Object.entries(levelType(level)[1])
    .filter(([name, type]) => !isSameValue(type, prior[name] ?? null, planned[name] ?? null))
    .map(([name]) => level.attributes[name]?.inState === true);
  return differing.length > 0 && differing.every((isInState) => isInState);
}
