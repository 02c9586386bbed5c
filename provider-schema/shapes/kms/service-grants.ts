/** Shapes of grants to services, which AWS KMS got in 2026, after the model that its other shapes follow. */
import type { Shape } from '../shape.ts';

export const serviceGrantShapes = {
  ServicePrincipalType: { type: 'string', min: 1, max: 256, pattern: '^[a-z0-9.-]+$' },
  /** May hold the wildcards of ArnLike. */
  SourceArnType: { type: 'string', min: 20, max: 2048, pattern: '^arn:[\\x21-\\x7E]+$' },
} as const satisfies Record<string, Shape>;
