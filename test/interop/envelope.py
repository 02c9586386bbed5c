"""Envelope encryption as a Python program does it: a data key from the service, the data encrypted here.

Reads the endpoint and credentials from the environment, prints what it saw as one JSON object.
"""

import json
import os

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError


def encrypt_locally(key: bytes, data: bytes) -> tuple[str, bytes, bytes]:
    """AES-GCM if a library for it is installed; otherwise only the data key is tested."""
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ImportError:
        return "none", b"", data
    nonce = os.urandom(12)
    return "AES-GCM", nonce, AESGCM(key).encrypt(nonce, data, None)


def decrypt_locally(cipher: str, key: bytes, nonce: bytes, data: bytes) -> bytes:
    if cipher == "none":
        return data
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key).decrypt(nonce, data, None)


def refusal(call, **arguments) -> dict:
    try:
        call(**arguments)
    except ClientError as error:
        return {**error.response["Error"], "Attempts": error.response["ResponseMetadata"]["RetryAttempts"] + 1}
    return {}


def main() -> None:
    kms = boto3.client("kms", config=Config(retries={"mode": "standard"}))
    context = {"Department": "finance", "Ä": "財務"}
    metadata = kms.create_key(Description="envelope")["KeyMetadata"]
    key_id = metadata["KeyId"]
    kms.create_alias(AliasName="alias/envelope", TargetKeyId=key_id)
    data_key = kms.generate_data_key(KeyId="alias/envelope", KeySpec="AES_256", EncryptionContext=context)
    message = bytes(range(256)) * 64
    cipher, nonce, sealed = encrypt_locally(data_key["Plaintext"], message)
    opened = kms.decrypt(CiphertextBlob=data_key["CiphertextBlob"], EncryptionContext=context)
    pages = kms.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": 1})
    print(
        json.dumps(
            {
                "cipher": cipher,
                "created": metadata["CreationDate"].isoformat(),
                "sameDataKey": opened["Plaintext"] == data_key["Plaintext"],
                "sameMessage": decrypt_locally(cipher, opened["Plaintext"], nonce, sealed) == message,
                "keyIsListed": key_id in [key["KeyId"] for page in pages for key in page["Keys"]],
                "otherContext": refusal(kms.decrypt, CiphertextBlob=data_key["CiphertextBlob"]),
                "unknownKey": refusal(kms.describe_key, KeyId="1234abcd-12ab-34cd-56ef-1234567890ab"),
            }
        )
    )


main()
