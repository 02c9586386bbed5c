/**
 * On every answer: a browser must not run, frame or guess the type of it, and no cache must store it. A door can
 * override a header. Source: OWASP REST Security Cheat Sheet, "Security headers".
 */
export const SAFE_HEADERS: readonly (readonly [name: string, value: string])[] = [
  ['X-Content-Type-Options', 'nosniff'],
  ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
  ['Referrer-Policy', 'no-referrer'],
  ['Cache-Control', 'no-store'],
];
