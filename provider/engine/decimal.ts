/**
 * Terraform numbers are decimals of any precision. Here their text becomes the narrowest value that loses nothing:
 * a number, a bigint for integers outside the safe range, or the text itself.
 */

/** Longest integer, in digits, that is turned into a bigint; longer ones stay text. Guards against `1e999999999`. */
const maxIntegerDigits = 1000;

interface Decimal {
  readonly negative: boolean;
  /** Without leading and trailing zeros; empty for zero. */
  readonly digits: string;
  /** Power of ten of the last digit. */
  readonly exponent: number;
}

const grammar = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

function parseParts(text: string): Decimal | undefined {
  const match = grammar.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', power = '0'] = match;
  const written = (whole + fraction).replace(/^0+/, '');
  const digits = written.replace(/0+$/, '');
  if (digits === '') return { negative: false, digits, exponent: 0 };
  return { negative: sign === '-', digits, exponent: Number(power) - fraction.length + written.length - digits.length };
}

function isSame(a: Decimal, b: Decimal | undefined): boolean {
  return a.negative === b?.negative && a.digits === b.digits && a.exponent === b.exponent;
}

/** Narrows an integer of any size. */
export function narrowInteger(value: bigint): number | bigint {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

/** undefined: the text is not a decimal number. */
export function parseDecimal(text: string): number | bigint | string | undefined {
  const parts = parseParts(text);
  if (parts === undefined) return undefined;
  if (parts.exponent >= 0) {
    if (parts.digits.length + parts.exponent > maxIntegerDigits) return text;
    const magnitude = BigInt(`${parts.digits}${'0'.repeat(parts.exponent)}` || '0');
    return narrowInteger(parts.negative ? -magnitude : magnitude);
  }
  const double = Number(text);
  return isSame(parts, parseParts(String(double))) ? double : text;
}

/** Whether two numbers, in whichever form each arrived, are the same decimal. */
export function isSameDecimal(a: number | bigint | string, b: number | bigint | string): boolean {
  if (a === b) return true;
  const parts = parseParts(String(a));
  return parts !== undefined && isSame(parts, parseParts(String(b)));
}
