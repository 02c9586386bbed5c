/** Names that the provider makes where the configuration gives a prefix or nothing, in the form of the AWS provider. */
import { randomInt } from 'node:crypto';

let generated = randomInt(0x1_0000_0000);

/** 26 digits that tell generated names apart and sort by time: UTC to a ten-thousandth of a second, and a counter. */
export function generatedName(prefix: string): string {
  const time = new Date().toISOString().replace(/\D/g, '');
  generated = (generated + 1) % 0x1_0000_0000;
  return `${prefix}${time}0${generated.toString(16).padStart(8, '0')}`;
}

/** The prefix of a generated name; empty for another name. */
export const prefixOfGenerated = (name: string): string => /^(.*)[0-9a-f]{26}$/i.exec(name)?.[1] ?? '';
