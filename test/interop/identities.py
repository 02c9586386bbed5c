"""Manages identities with boto3 as its users do; prints the results as JSON."""
import json
import os

import boto3
from botocore.exceptions import ClientError

endpoint = os.environ["KEYSTEAD_ENDPOINT"]
iam = boto3.client("iam", endpoint_url=endpoint)
sts = boto3.client("sts", endpoint_url=endpoint)
account = sts.get_caller_identity()["Account"]
document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:*", "Resource": "*"}]}
trust = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "sts:AssumeRole"}
    ],
}

for name in ("boto-a", "boto-b", "boto-c"):
    iam.create_user(UserName=name, Path="/boto/", Tags=[{"Key": "language", "Value": "Python 3"}])
pages = iam.get_paginator("list_users").paginate(PathPrefix="/boto/", PaginationConfig={"PageSize": 2})
names = [[user["UserName"] for user in page["Users"]] for page in pages]
arn = iam.create_policy(PolicyName="boto", PolicyDocument=json.dumps(document))["Policy"]["Arn"]
iam.attach_user_policy(UserName="boto-a", PolicyArn=arn)
role = iam.create_role(RoleName="boto", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
try:
    iam.delete_policy(PolicyArn=arn)
    refusal = None
except iam.exceptions.DeleteConflictException as error:
    refusal = error.response["Error"]
try:
    iam.get_role(RoleName="absent")
    absent = None
except ClientError as error:
    absent = [error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]]
print(
    json.dumps(
        {
            "pages": names,
            "documentIsRead": iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]["Document"] == document,
            "trustIsRead": role["AssumeRolePolicyDocument"] == trust,
            "created": role["CreateDate"].isoformat(),
            "tags": iam.get_user(UserName="boto-b")["User"]["Tags"],
            "refusal": refusal,
            "absent": absent,
        }
    )
)
