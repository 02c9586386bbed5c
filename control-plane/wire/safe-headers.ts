/**
 * On every answer: a browser must not run, frame or guess the type of it, and no cache must store it. A door can
 * override a header. Source: OWASP REST Security Cheat Sheet, "Security headers".
 */
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';

export const SAFE_HEADERS: readonly (readonly [name: string, value: string])[] = [
  ['X-Content-Type-Options', 'nosniff'],
  ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
  ['Referrer-Policy', 'no-referrer'],
  ['Cache-Control', 'no-store'],
];

/** Browsers then never ask this host without TLS. Source: RFC 6797, section 6.1. */
const SAFE_HEADERS_WITH_TLS: typeof SAFE_HEADERS = [...SAFE_HEADERS, ['Strict-Transport-Security', 'max-age=31536000']];

export const safeHeaders = ({ socket }: IncomingMessage): typeof SAFE_HEADERS =>
  socket instanceof TLSSocket ? SAFE_HEADERS_WITH_TLS : SAFE_HEADERS;
