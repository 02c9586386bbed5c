"""The same stack as wide.ts: what a first stack does not show."""

from cdktf import App, Aspects, TerraformOutput, TerraformStack, TerraformVariable
from keystead_constructs_cdktf import (
    AccountPrincipal,
    Alias,
    Condition,
    ExternalKey,
    Grant,
    Key,
    KeyPolicyDocument,
    KeyPolicyStatement,
    KeysteadProvider,
    RequireKeyRotation,
    RolePrincipal,
    SecretInput,
    Tags,
    ViaServicePrincipal,
)
from keystead_constructs_cdktf.bindings.kms_key import KmsKey

app = App()
stack = TerraformStack(app, "orders")
provider = KeysteadProvider(stack, "keystead", region="eu-west-1", account="111122223333", local_name="keystead")
shop = RolePrincipal("arn:aws:iam::111122223333:role/shop")

orders = Key(
    stack,
    "orders",
    description="Rechnungen, größer als ${aws:username}",
    enable_key_rotation=True,
    removal_protection=False,
    tags={"b": "2", "a": "1"},
    policy=KeyPolicyDocument(
        statements=[
            KeyPolicyStatement(
                sid="Administration",
                principals=[AccountPrincipal("111122223333"), shop],
                actions=["kms:*"],
                conditions=[Condition.string_equals("kms:CallerAccount", "111122223333")],
            )
        ]
    ),
)
orders.grant_encrypt_decrypt(ViaServicePrincipal("s3.eu-west-1.amazonaws.com", shop))
orders.grant_encrypt(shop, means="KMS_GRANT", encryption_context_equals={"order": "1"})
orders.grant("arn:aws:iam::111122223333:user/carol", "kms:DescribeKey", "kms:List*")

signing = Key(stack, "signing", key_spec="ECC_NIST_P256", key_usage="SIGN_VERIFY", users=[shop])
material = TerraformVariable(stack, "material", type="string", sensitive=True)
ExternalKey(stack, "brought", key_material=SecretInput.from_variable(material), provider=provider)

elsewhere = Key.from_key_arn(
    stack, "elsewhere", "arn:aws:kms:eu-central-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"
)
Grant(stack, "reports", key=elsewhere, grantee_principal=shop, operations=["Decrypt"])
Alias(stack, "name", target_key=signing, alias_name="releases")

plain = KmsKey(stack, "plain", description="a binding", provider=provider)
plain.add_override("lifecycle.ignore_changes", ["tags"])
Tags.of(stack).add("team", "shop")
Aspects.of(stack).add(RequireKeyRotation(mode="FIX"))
TerraformOutput(stack, "arn", value=orders.key_arn)
app.synth()
