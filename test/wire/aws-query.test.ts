/** The Query protocol of IAM and STS: parameters in, XML out. A hostile form is refused, never read wrongly. */
import type { RawRequest } from '@keystead/control-plane/context/door.ts';
import { awsQueryDoor, queryApiOf, queryApis, speaksQuery } from '@keystead/control-plane/wire/aws-query.ts';
import { formMembers, parseForm } from '@keystead/control-plane/wire/query-form.ts';
import { escapeXml } from '@keystead/control-plane/wire/xml.ts';
import { errors, KmsError, queryError } from '@keystead/provider-schema/errors.ts';
import { findOperation, operationNames, operations } from '@keystead/provider-schema/operations/index.ts';
import { shapeOf } from '@keystead/provider-schema/shapes/index.ts';
import { DOMParser, type Element as XmlElement } from '@xmldom/xmldom';
import fc from 'fast-check';
import { shapeValue } from '../support/shape-arbitraries.ts';

const door = awsQueryDoor(queryApis.iam, async () => {
  throw new Error('these requests are not authenticated');
});

function posted(body: string, more: Partial<RawRequest> = {}): RawRequest {
  return {
    method: 'POST',
    rawPath: '/',
    rawQuery: '',
    headers: [],
    body: Buffer.from(body),
    sourceIp: '192.0.2.1',
    userAgent: '',
    secureTransport: false,
    ...more,
  };
}

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof KmsError) return error.code;
    throw error;
  }
  throw new Error('it was accepted');
}

function parseXml(text: string): XmlElement {
  const faults: string[] = [];
  // The parser warns of U+FFFD, which replaces what XML cannot hold.
  const parser = new DOMParser({
    onError: (level, message) => {
      if (level !== 'warning') faults.push(`${level}: ${message}`);
    },
  });
  const root = parser.parseFromString(text, 'text/xml').documentElement;
  expect(faults).toEqual([]);
  if (!root) throw new Error('no root element');
  return root;
}

const children = (node: XmlElement): readonly XmlElement[] =>
  [...Array(node.childNodes.length).keys()]
    .map((i) => node.childNodes.item(i) as unknown as XmlElement)
    .filter((child) => child.nodeType === 1);

/** Reads XML by the shape, independently of the door: the inverse of what it writes. */
function readXml(node: XmlElement, shapeName: string): unknown {
  const shape = shapeOf(shapeName);
  const text = node.textContent ?? '';
  switch (shape.type) {
    case 'structure':
      return Object.fromEntries(
        children(node).map((child) => [child.tagName, readXml(child, shape.members[child.tagName] ?? '')]),
      );
    case 'list':
      return children(node).map((child) => readXml(child, shape.member));
    case 'map':
      return Object.fromEntries(
        children(node).map((entry) => {
          const [key, value] = children(entry);
          return [key?.textContent ?? '', value && readXml(value, shape.value)];
        }),
      );
    case 'integer':
      return Number(text);
    case 'boolean':
      return text === 'true';
    case 'timestamp':
      return new Date(text);
    default:
      return shape.type === 'string' && shape.urlEncodedInXml ? decodeURIComponent(text) : text;
  }
}

/** The value with times in whole seconds, as the protocol writes them, and text as XML can hold it. */
function asWritten(value: unknown): unknown {
  if (value instanceof Date) return new Date(Math.floor(value.getTime() / 1000) * 1000);
  if (typeof value === 'string')
    return value.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}');
  if (Array.isArray(value)) return value.map(asWritten);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, asWritten(member)]));
}

const queryNames = operationNames.filter((name) => ['iam', 'sts'].includes(operations[name].service));

describe('a request that speaks Query', () => {
  test('is a form posted to /, or a GET of / that names an Action', () => {
    expect(speaksQuery('POST', '/', 'application/x-www-form-urlencoded; charset=utf-8')).toBe(true);
    expect(speaksQuery('POST', '/?X-Amz-Signature=1', 'Application/X-WWW-Form-URLEncoded')).toBe(true);
    expect(speaksQuery('GET', '/?Action=ListUsers&Version=2010-05-08', undefined)).toBe(true);
  });

  test.each([
    ['POST', '/', 'application/x-amz-json-1.1'],
    ['POST', '/', undefined],
    ['POST', '/v1/users', 'application/x-www-form-urlencoded'],
    ['GET', '/', undefined],
    ['GET', '/?XAction=1', undefined],
    ['DELETE', '/?Action=ListUsers', undefined],
  ])('is not %s %s with %s', (method, target, contentType) => {
    expect(speaksQuery(method, target, contentType)).toBe(false);
  });

  test('is for the API that its Version names, whatever else it holds; without one, for that of its signature', () => {
    expect(queryApiOf(posted('Action=GetUser&Version=2010-05-08')).service).toBe('iam');
    expect(queryApiOf(posted('Version=2011-06-15&Action=GetCallerIdentity')).service).toBe('sts');
    const authorization = 'AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/sts/aws4_request, …';
    expect(queryApiOf(posted('Action=X', { headers: [['authorization', authorization]] })).service).toBe('sts');
    expect(queryApiOf(posted('Action=X')).service).toBe('iam');
  });
});

describe('a form', () => {
  test('is percent-encoded UTF-8 with + for a space', () => {
    expect(parseForm('a=%E2%82%AC+1&b&c=%2B')).toEqual(
      new Map([
        ['a', '€ 1'],
        ['b', ''],
        ['c', '+'],
      ]),
    );
  });

  test.each([['a=%ZZ'], ['a=%E2%82'], ['a=1&a=2'], [Array.from({ length: 2001 }, (_, i) => `p${i}=`).join('&')]])(
    'is refused as MalformedQueryString when it is not one: %.40s',
    (text) => {
      expect(refusal(() => parseForm(text))).toBe('MalformedQueryString');
    },
  );

  test('becomes members: lists by position, structures by name; text stays where it is not a number', () => {
    const read = (text: string) => formMembers(parseForm(text), 'ListRetirableGrantsRequest');
    expect(read('Limit=10&RetiringPrincipal=a&Unknown=1')).toEqual({ Limit: 10, RetiringPrincipal: 'a' });
    expect(read('Limit=ten')).toEqual({ Limit: 'ten' });
    const tags = (text: string) => formMembers(parseForm(text), 'TagResourceRequest').Tags;
    expect(
      tags('Tags.member.10.TagKey=c&Tags.member.2.TagKey=b&Tags.member.1.TagKey=a&Tags.member.1.TagValue=x'),
    ).toEqual([{ TagKey: 'a', TagValue: 'x' }, { TagKey: 'b' }, { TagKey: 'c' }]);
    expect(tags('Tags=')).toEqual([]);
    expect(tags('Tags.member.0.TagKey=a&Tags.member.-1.TagKey=b&Tags.member.__proto__.TagKey=c')).toEqual([]);
  });

  test('with any bytes and any names gives members or a refusal, and never changes a prototype', () => {
    const name = fc.array(
      fc.constantFrom('Tags', 'member', '1', '2', '__proto__', 'constructor', 'TagKey', '', 'KeyId'),
      {
        maxLength: 16,
      },
    );
    const pair = fc
      .tuple(name, fc.string({ unit: 'binary' }))
      .map(([steps, value]) => [steps.join('.'), value] as const);
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 20 }), (pairs) => {
        const text = pairs
          .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value.toWellFormed())}`)
          .join('&');
        try {
          const members = formMembers(parseForm(text), 'TagResourceRequest');
          expect(Object.keys(members).every((key) => ['KeyId', 'Tags'].includes(key))).toBe(true);
        } catch (error) {
          if (!(error instanceof KmsError)) throw error;
          expect(error.code).toBe('MalformedQueryString');
        }
      }),
    );
    expect(Object.hasOwn(Object.prototype, 'TagKey')).toBe(false);
  });
});

describe('the operation', () => {
  test('is found by Action and Version', () => {
    expect(door.lookUp(posted('Action=GetUser&Version=2010-05-08&UserName=alice'))).toEqual({
      record: findOperation('GetUser'),
      json: { UserName: 'alice' },
    });
    const got = posted('', {
      method: 'GET',
      rawQuery: 'Action=GetUser&Version=2010-05-08&UserName=a%2Bb&X-Amz-Date=x',
    });
    expect(door.lookUp(got).json).toEqual({ UserName: 'a+b' });
  });

  test.each([
    ['Version=2010-05-08', 'MissingAction'],
    ['Action=GetUser', 'InvalidAction'],
    ['Action=GetUser&Version=2011-06-15', 'InvalidAction'],
    ['Action=GetCallerIdentity&Version=2010-05-08', 'InvalidAction'],
    ['Action=ListKeys&Version=2010-05-08', 'InvalidAction'],
    ['Action=CreateVirtualMFADevice&Version=2010-05-08', 'InvalidAction'],
    ['Action=__proto__&Version=2010-05-08', 'InvalidAction'],
  ])('of %s is refused with %s', (body, code) => {
    expect(refusal(() => door.lookUp(posted(body)))).toBe(code);
  });
});

describe('an answer', () => {
  test('is the result in the namespace of the API, and the request id', () => {
    const output = {
      User: { Path: '/', UserName: 'a&b', UserId: 'AIDA', Arn: 'arn', CreateDate: new Date(1_600_000_000_123) },
    };
    const record = operations.GetUser;
    const { status, headers, body } = door.encode(record, output, 'id-1');
    expect([status, headers['Content-Type']]).toEqual([200, 'text/xml']);
    expect(body).toContain('<GetUserResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetUserResult><User>');
    expect(body).toContain('<UserName>a&amp;b</UserName>');
    expect(body).toContain('<CreateDate>2020-09-13T12:26:40Z</CreateDate>');
    expect(body.endsWith('<ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></GetUserResponse>')).toBe(
      true,
    );
  });

  test('of an operation without an output is only its metadata', () => {
    expect(door.encode(operations.DeleteUser, undefined, 'id-1').body).toBe(
      '<DeleteUserResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></DeleteUserResponse>',
    );
  });

  test.each(queryNames.filter((name) => operations[name].output !== null))(
    'of %s is read back unchanged by an XML parser, whatever its texts hold',
    (name) => {
      const shape = operations[name].output as string;
      fc.assert(
        fc.property(shapeValue(shape), (output) => {
          const root = parseXml(door.encode(operations[name], output, 'id').body);
          expect(root.tagName).toBe(`${name}Response`);
          const [result] = children(root);
          expect(result?.tagName).toBe(`${name}Result`);
          expect(result && readXml(result, shape)).toEqual(asWritten(output));
        }),
        { numRuns: 20 },
      );
    },
  );

  test('can hold any text, escaped', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const root = parseXml(`<a>${escapeXml(text)}</a>`);
        expect(root.textContent ?? '').toBe(asWritten(text));
      }),
      { numRuns: 500 },
    );
  });
});

describe('a refusal', () => {
  test('has type, code, text and request id as IAM sends them', () => {
    const { status, body } = door.encodeError(new KmsError('NoSuchEntityException', 'No <user> "a".'), 'id-1');
    expect(status).toBe(404);
    expect(body).toBe(
      '<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>NoSuchEntity</Code>' +
        '<Message>No &lt;user&gt; &quot;a&quot;.</Message></Error><RequestId>id-1</RequestId></ErrorResponse>',
    );
    expect(door.encodeError(new KmsError('KMSInternalException'), 'id').body).toContain('<Type>Receiver</Type>');
  });

  test.each([
    ['AccessDeniedException', 'AccessDenied', 403],
    ['UnrecognizedClientException', 'InvalidClientTokenId', 403],
    ['InvalidSignatureException', 'SignatureDoesNotMatch', 403],
    ['IncompleteSignatureException', 'IncompleteSignature', 400],
    ['MissingAuthenticationTokenException', 'MissingAuthenticationToken', 403],
    ['ExpiredTokenException', 'ExpiredToken', 403],
    ['ValidationException', 'ValidationError', 400],
    ['SerializationException', 'MalformedInput', 400],
    ['ThrottlingException', 'Throttling', 400],
    ['ServiceUnavailableException', 'ServiceUnavailable', 503],
    ['KMSInternalException', 'InternalFailure', 500],
    ['InvalidAction', 'InvalidAction', 400],
    ['NoSuchEntityException', 'NoSuchEntity', 404],
    ['EntityAlreadyExistsException', 'EntityAlreadyExists', 409],
    ['DeleteConflictException', 'DeleteConflict', 409],
    ['LimitExceededException', 'LimitExceeded', 409],
    ['MalformedPolicyDocumentException', 'MalformedPolicyDocument', 400],
  ] as const)('%s is sent as %s with status %i', (code, sent, status) => {
    expect(queryError(code)).toEqual({ code: sent, status });
  });

  test('has a code that XML can hold, for every row of the table', () => {
    for (const code of Object.keys(errors)) expect(queryError(code as keyof typeof errors).code).toMatch(/^[A-Za-z]+$/);
  });
});
