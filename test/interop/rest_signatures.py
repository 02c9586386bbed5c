"""Signs the requests of schemathesis with AWS Signature Version 4."""

import os

import schemathesis
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from requests.auth import AuthBase

credentials = Credentials(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
SIGNED = ("content-type", "idempotency-key", "if-match")


class Signature(AuthBase):
    def __call__(self, request):
        body = request.body or b""
        headers = {name: value for name, value in request.headers.items() if name.lower() in SIGNED}
        signed = AWSRequest(
            method=request.method,
            url=request.url,
            data=body.encode() if isinstance(body, str) else body,
            headers=headers,
        )
        SigV4Auth(credentials, "kms", os.environ["AWS_REGION"]).add_auth(signed)
        for name in ("Authorization", "X-Amz-Date"):
            request.headers[name] = signed.headers[name]
        return request


schemathesis.auth.set_from_requests(Signature())
