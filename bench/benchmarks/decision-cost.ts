// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables look like placeholders of templates
/**
 * Decisions that are refused for their cost, by what makes them costly: the processor time of the slowest, against the
 * bound of ten milliseconds; the nanoseconds of a unit where it takes longest, against the ten that it stands for; and a
 * new key policy that takes long to compile, against the same bound.
 */
import { type AuthorizationRequest, authorize } from '@keystead/policy/authorize.ts';
import type { ConditionValue } from '@keystead/policy/conditions.ts';
import { newEffort, spentOf } from '@keystead/policy/effort.ts';
import { parseKeyPolicy } from '@keystead/policy/policy.ts';
import type { Benchmark, RoundSamples } from '../measure/benchmark.ts';
import { microsecondsPerRun } from '../measure/processor-time.ts';

const accountId = '111122223333';
const BOUND_IN_MICROSECONDS = 10_000;
const UNIT_IN_NANOSECONDS = 10;
const common = { unit: 'µs of processor time', better: 'lower', floorName: 'the bound, 10 ms' } as const;

export const decisionCost: Benchmark = {
  name: 'decision-cost',
  summary: 'the slowest of the decisions that are refused for their cost, and of new policies',
  rounds: 5,
  lasting: false,
  figures: [
    { id: 'decision-cost-slowest', name: 'Slowest decision of a request', ...common },
    {
      id: 'decision-cost-unit',
      name: 'Slowest unit of a decision',
      unit: 'ns of processor time',
      better: 'lower',
      floorName: 'what it stands for, 10 ns',
    },
    { id: 'decision-cost-compile', name: 'Slowest new key policy', ...common },
  ],
  prepare: async () => ({ measure: async (round) => measure(round), close: async () => undefined }),
};

function measure(round: number): RoundSamples {
  const works = { ...decisions(), ...documents() };
  const times = microsecondsPerRun(round, works);
  const decided = Object.entries(decisions()).map(([name, decide]) => ({ us: times[name] ?? 0, units: decide() }));
  const compiled = Object.keys(documents()).map((name) => times[name] ?? 0);
  const bound = { floor: BOUND_IN_MICROSECONDS };
  return {
    'decision-cost-slowest': { subject: Math.max(...decided.map(({ us }) => us)), ...bound },
    'decision-cost-unit': {
      subject: Math.max(...decided.map(({ us, units }) => (us * 1000) / units)),
      floor: UNIT_IN_NANOSECONDS,
    },
    'decision-cost-compile': { subject: Math.max(...compiled), ...bound },
  };
}

const document = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const deny = (rest: object) => ({ Effect: 'Deny', Principal: '*', Action: '*', Resource: '*', ...rest });
const when = (operator: string, key: string, values: readonly string[]) =>
  deny({ Condition: { [operator]: { [key]: values } } });
const many = (count: number, make: (i: number) => string) => Array.from({ length: count }, (_, i) => make(i));

const LONG = 'a'.repeat(16_000);
const values: Readonly<Record<string, ConditionValue>> = {
  'aws:useragent': LONG,
  'custom:different': String.fromCharCode(...many(8000, (i) => String(i)).map((i) => 0x4e00 + Number(i))),
  'kms:encryptioncontextkeys': many(2700, (i) => i.toString(36)),
  'custom:addresses': many(300, (i) => `192.0.${i >> 8}.${i % 256}`),
};

/** Each makes its decision and returns the units that it cost. */
function decisions(): Readonly<Record<string, () => number>> {
  const policies: Readonly<Record<string, string>> = {
    'a long piece': document(when('StringLike', 'aws:UserAgent', [`*${'a'.repeat(7900)}b*`, `*${'a'.repeat(7800)}b*`])),
    'short pieces': document(
      when(
        'StringLike',
        'aws:UserAgent',
        many(1000, (i) => `*${'a?'.repeat(1 + (i % 9))}b*${i}`),
      ),
    ),
    'short texts': document(
      when(
        'StringLike',
        'aws:UserAgent',
        many(900, (i) => `*${'a'.repeat(1 + (i % 20))}b*${i}`),
      ),
    ),
    'many values': document(
      when(
        'ForAnyValue:StringLike',
        'kms:EncryptionContextKeys',
        many(2000, (i) => `*${i.toString(36)}?Z*`),
      ),
    ),
    'different characters': document(
      when(
        'StringLike',
        'custom:different',
        many(4, (i) => `*${String.fromCharCode(0x5000 + i).repeat(2000)}?*`),
      ),
    ),
    variables: document(
      when(
        'StringLike',
        'aws:UserAgent',
        many(100, (i) => `${'${aws:UserAgent}'.repeat(15)}${i}`),
      ),
    ),
    addresses: document(
      when(
        'ForAnyValue:IpAddress',
        'custom:addresses',
        many(1000, (i) => `10.${i % 256}.${i >> 8}.0/24`),
      ),
    ),
    statements: document(...many(120, () => '').map(() => when('StringLike', 'aws:UserAgent', ['*a?a?a?b*']))),
  };
  return Object.fromEntries(
    Object.entries(policies).map(([name, text]) => {
      const request = requestOf(text);
      return [
        `decide ${name}`,
        () => {
          const effort = newEffort();
          if (authorize({ ...request, effort }).allowed) throw new Error(`${name} was allowed`);
          return spentOf(effort);
        },
      ];
    }),
  );
}

function documents(): Readonly<Record<string, () => unknown>> {
  const texts: Readonly<Record<string, string>> = {
    patterns: document(
      when(
        'StringLike',
        'aws:UserAgent',
        many(2400, (i) => `${i.toString(36)}*?`),
      ),
    ),
    arns: document(
      when(
        'ArnLike',
        'aws:PrincipalArn',
        many(1500, (i) => `*:*:*:*:*:${i}*`),
      ),
    ),
    'condition keys': document(
      deny({
        Condition: { StringLike: Object.fromEntries(many(600, (i) => i.toString(36)).map((key) => [key, '${a}*'])) },
      }),
    ),
    addresses: document(
      when(
        'IpAddress',
        'aws:SourceIp',
        many(2400, (i) => `${i.toString(16)}::/64`),
      ),
    ),
    statements: document(...many(500, () => '').map(() => deny({}))),
  };
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [`compile ${name}`, () => parseKeyPolicy(text, true)]),
  );
}

const requestOf = (keyPolicy: string): AuthorizationRequest => ({
  principal: {
    kind: 'user',
    accountId,
    arn: `arn:aws:iam::${accountId}:user/app`,
    principalId: 'AIDACKCEVSQ6C2EXAMPLE',
    userName: 'app',
  },
  authority: { identityPolicies: [], principalTags: {} },
  action: 'kms:Encrypt',
  resource: { arn: `arn:aws:kms:us-east-1:${accountId}:key/1234abcd-12ab-34cd-56ef-1234567890ab`, accountId },
  resourceKind: 'key',
  conditions: (name) => values[name],
  keyPolicy: parseKeyPolicy(keyPolicy),
  grants: [],
  crossAccount: true,
});
