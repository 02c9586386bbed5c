import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  rootArn
} from "./part-6MSZOWH6.js";

// control-plane/domain/keys/default-policy.ts
var DEFAULT_POLICY_NAME = "default";
function defaultKeyPolicy(accountId, region) {
  return `{
  "Version" : "2012-10-17",
  "Id" : "key-default-1",
  "Statement" : [ {
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : { "AWS" : "${rootArn(accountId, region)}" },
    "Action" : "kms:*",
    "Resource" : "*"
  } ]
}`;
}

export {
  DEFAULT_POLICY_NAME,
  defaultKeyPolicy
};
