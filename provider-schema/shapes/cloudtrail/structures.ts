/** Shapes of the AWS CloudTrail API (version 2013-11-01), for the part of it that Keystead serves: LookupEvents. */
import type { Shape } from '../shape.ts';

export const cloudtrailShapes = {
  // Audit events, newest first, as CloudTrail has them. The members from ResourceArn on are ours: one query parameter
  // each at the REST door, where there is no list of attributes. The operation checks the
  // members for which CloudTrail has error codes of its own.
  LookupEventsRequest: {
    type: 'structure',
    members: {
      LookupAttributes: 'LookupAttributesList',
      StartTime: 'DateType',
      EndTime: 'DateType',
      EventCategory: 'EventCategory',
      MaxResults: 'MaxResultsType',
      NextToken: 'NextTokenType',
      ResourceArn: 'ArnType',
      EventId: 'UuidType',
      EventName: 'EventNameType',
      EventSource: 'LookupAttributeValue',
      RequestId: 'UuidType',
      Username: 'LookupAttributeValue',
      AccessKeyId: 'LookupAttributeValue',
      ReadOnly: 'BooleanType',
    },
  },
  LookupAttributesList: { type: 'list', member: 'LookupAttribute' },
  LookupAttribute: {
    type: 'structure',
    members: { AttributeKey: 'LookupAttributeKey', AttributeValue: 'LookupAttributeValue' },
    required: ['AttributeKey', 'AttributeValue'],
  },
  LookupAttributeKey: { type: 'string' },
  LookupAttributeValue: { type: 'string', min: 1, max: 2000 },
  EventCategory: { type: 'string' },
  LookupEventsResponse: {
    type: 'structure',
    members: { Events: 'EventList', NextToken: 'NextTokenType' },
    required: ['Events'],
  },
  EventList: { type: 'list', member: 'Event' },
  Event: {
    type: 'structure',
    members: {
      EventId: 'UuidType',
      EventName: 'EventNameType',
      ReadOnly: 'EventReadOnlyType',
      AccessKeyId: 'EventTextType',
      EventTime: 'DateType',
      EventSource: 'EventTextType',
      Username: 'EventUsernameType',
      Resources: 'EventResourceList',
      CloudTrailEvent: 'CloudTrailEventType',
    },
    required: ['EventId', 'EventName', 'EventTime', 'EventSource', 'ReadOnly', 'Resources', 'CloudTrailEvent'],
  },
  EventReadOnlyType: { type: 'string', enum: ['true', 'false'] },
  EventTextType: { type: 'string' },
  EventResourceList: { type: 'list', member: 'EventResource' },
  EventResource: { type: 'structure', members: { ResourceType: 'EventTextType', ResourceName: 'EventTextType' } },
  EventUsernameType: { type: 'string' },
  CloudTrailEventType: { type: 'string' },
  MaxResultsType: { type: 'integer' },
  NextTokenType: { type: 'string' },
} as const satisfies Record<string, Shape>;
