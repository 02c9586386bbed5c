/** Whether an answer of the REST door is one that the OpenAPI document has for the operation. */
import type { ErrorCode } from '@keystead/provider-schema/errors.ts';
import { refusalsOf } from '@keystead/provider-schema/openapi/refusals.ts';
import { operations } from '@keystead/provider-schema/operations/index.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';

const routes = Object.values<OperationRecord>(operations).map((record) => ({
  record,
  pattern: new RegExp(`^${record.rest.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
}));

/** @throws Error naming the operation and the answer that its document lacks */
export function requireDocumented(
  method: string,
  target: string,
  { status, code }: { readonly status: number; readonly code: string | undefined },
): void {
  const path = target.split('?')[0] ?? '';
  const sent = method === 'HEAD' ? 'GET' : method;
  const { record } = routes.find((each) => each.record.rest.method === sent && each.pattern.test(path)) ?? {};
  if (!record || (method === 'HEAD' && code === undefined)) return;
  const codes = refusalsOf(record).get(status);
  const isListed = code === undefined ? status === record.rest.successStatus : codes?.includes(code as ErrorCode);
  if (isListed) return;
  throw new Error(
    `${record.name} answered ${status} ${code ?? ''}, and the OpenAPI document lists ${codes?.join(', ')}`,
  );
}
