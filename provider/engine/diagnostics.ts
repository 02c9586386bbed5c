/** The engine's own messages to the user. None of them contains a value, because values can be secret. */
import { type Diagnostic, DiagnosticError, type PathStep } from './resource.ts';

export function hasError(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error');
}

/** A resource type broke a rule of the plugin contract. The text says that this is not the user's fault. */
export function contractFault(type: string, path: readonly PathStep[], what: string): Diagnostic {
  const where = path.length === 0 ? 'the object' : path.join('.');
  return {
    severity: 'error',
    summary: `Provider bug in ${type}`,
    detail: `${where}: ${what}. This is a fault of the provider, not of the configuration. Please report it.`,
    path,
  };
}

/** What a function of a resource type threw, as diagnostics. `doing` completes "while …". */
export function diagnosticsOf(error: unknown, doing: string): readonly Diagnostic[] {
  if (error instanceof DiagnosticError) return error.diagnostics;
  const text = error instanceof Error ? error.message : String(error);
  return [
    {
      severity: 'error',
      summary: `Unexpected failure while ${doing}`,
      detail: `${text}\n\nThis is a fault of the provider. Please report it with the log that TF_LOG_PROVIDER=debug writes.`,
      cause: error,
    },
  ];
}

export function notConfigured(doing: string): Diagnostic {
  return {
    severity: 'error',
    summary: 'The provider is not configured',
    detail: `The provider cannot do this (${doing}) before it knows its configuration. Make sure that the provider block does not depend on values that are known only after apply.`,
  };
}

export function interrupted(doing: string): Diagnostic {
  return {
    severity: 'error',
    summary: 'Interrupted',
    detail: `Terraform was interrupted before the provider began to work on it (${doing}). Nothing was changed. Apply again.`,
  };
}
