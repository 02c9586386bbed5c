/** Diagnostics and attribute paths as messages. The type that a step walks through says which kind of step it is. */
import { defined } from '@keystead/provider-schema/defined.ts';
import type { AttributeType } from '@keystead/provider-schema/terraform.ts';
import type { Diagnostic, PathStep } from '../engine/resource.ts';
import { tfplugin6 } from '../proto/generated/tfplugin6.js';

type StepMessage = tfplugin6.AttributePath.Step.$Properties;

/** One step, and the type it leads to; undefined where the protocol cannot go on: below a scalar or into a set. */
function walk(type: AttributeType, step: PathStep): readonly [StepMessage, AttributeType] | undefined {
  if (typeof type === 'string' || type[0] === 'set') return undefined;
  const name = String(step);
  if (type[0] === 'object') {
    const member = Object.hasOwn(type[1], name) ? type[1][name] : undefined;
    return member === undefined ? undefined : [{ attributeName: name }, member];
  }
  if (type[0] === 'map') return [{ elementKeyString: name }, type[1]];
  return typeof step === 'number' ? [{ elementKeyInt: step }, type[1]] : undefined;
}

/** The path as far as steps can express it. It can be empty, which means the whole object. */
export function pathMessage(type: AttributeType, path: readonly PathStep[]): tfplugin6.AttributePath.$Properties {
  const steps: StepMessage[] = [];
  let at = type;
  for (const step of path) {
    const next = walk(at, step);
    if (next === undefined) break;
    steps.push(next[0]);
    at = next[1];
  }
  return { steps };
}

/** A path without steps would force a replacement at any change, so it is never sent as one. */
export function replacementMessages(
  type: AttributeType,
  paths: readonly (readonly PathStep[])[],
): tfplugin6.AttributePath.$Properties[] {
  return paths.map((path) => pathMessage(type, path)).filter((message) => (message.steps ?? []).length > 0);
}

const { Severity } = tfplugin6.Diagnostic;

export function diagnosticMessages(
  type: AttributeType | undefined,
  diagnostics: readonly Diagnostic[],
): tfplugin6.Diagnostic.$Properties[] {
  return diagnostics.map(({ severity, summary, detail, path }) => ({
    severity: severity === 'error' ? Severity.ERROR : Severity.WARNING,
    summary: summary.toWellFormed(),
    detail: detail.toWellFormed(),
    ...defined({ attribute: type && path && path.length > 0 ? pathMessage(type, path) : undefined }),
  }));
}
