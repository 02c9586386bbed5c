#!/bin/sh
# The steps of a pipeline for any CI system: keystead.sh plan|apply|drift|accept|adopt|revert
# POSIX sh; needs Terraform or OpenTofu, Node.js 22 or newer, and nothing from the internet. README.md has the settings.
set -eu
umask 077

step=${1:-}
stack=${KEYSTEAD_STACK:-.}
plan=${KEYSTEAD_PLAN:-plan}
plans_key=${KEYSTEAD_PLANS_KEY:-}
baseline=${KEYSTEAD_BASELINE:-}
reports=${KEYSTEAD_REPORTS:-drift}
kit=${KEYSTEAD_KIT:-/opt/keystead}
place=${KEYSTEAD_PLACE:-.keystead}
node=${KEYSTEAD_NODE:-node}
terraform=${TERRAFORM_BINARY_NAME:-terraform}

fail() {
  echo "keystead.sh: $1" >&2
  exit 1
}

# The kit is a directory or a .tgz file with keystead/ and provider/ in it. A file must have the digest that is named.
set_up() {
  mkdir -p "$place/bin"
  place=$(cd "$place" && pwd)
  if [ -f "$kit" ]; then
    [ -n "${KEYSTEAD_KIT_SHA256:-}" ] || fail "KEYSTEAD_KIT_SHA256 must name the digest of $kit."
    [ "$(digest_of "$kit")" = "$KEYSTEAD_KIT_SHA256" ] || fail "$kit does not have the digest of KEYSTEAD_KIT_SHA256."
    if [ "$(cat "$place/kit.sha256" 2>/dev/null || :)" != "$KEYSTEAD_KIT_SHA256" ]; then
      rm -rf "$place/kit"
      mkdir "$place/kit"
      tar -xzf "$kit" -C "$place/kit"
      echo "$KEYSTEAD_KIT_SHA256" > "$place/kit.sha256"
    fi
    kit=$place/kit
  fi
  [ -f "$kit/keystead/keystead.js" ] && [ -d "$kit/provider/mirror" ] ||
    fail "$kit has no keystead/ and provider/: KEYSTEAD_KIT must name them."
  kit=$(cd "$kit" && pwd)
  printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$node" "$kit/keystead/keystead.js" > "$place/bin/keystead"
  chmod +x "$place/bin/keystead"
  # The mirror is elsewhere than where it was built.
  sed "s|path  *=.*|path = \"$kit/provider/mirror\"|" "$kit/provider/terraform.rc" > "$place/terraform.rc"
  PATH=$place/bin:$PATH
  TF_CLI_CONFIG_FILE=$place/terraform.rc
  TF_IN_AUTOMATION=1
  TF_INPUT=0
  export PATH TF_CLI_CONFIG_FILE TF_IN_AUTOMATION TF_INPUT
}

digest_of() {
  if command -v sha256sum > /dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

# A name that nobody who steals the token can guess. It is kept beside the token, for the next step that uses the same one.
session_name() {
  if [ ! -s "$1" ]; then
    (umask 077 && printf 'make-%s\n' "$(od -An -N16 -tx8 /dev/urandom | tr -d ' \n')" > "$1") ||
      fail "The directory of the identity token cannot be written: set AWS_ROLE_SESSION_NAME to the same random name for all steps of the job."
  fi
  cat "$1"
}

# The job's identity token and its role are all that it has. Programs that use one token share one session, by its name.
sign_in() {
  [ -n "${KEYSTEAD_ENDPOINT:-}" ] || fail "KEYSTEAD_ENDPOINT must be the address of the control plane."
  AWS_ENDPOINT_URL=${AWS_ENDPOINT_URL:-$KEYSTEAD_ENDPOINT}
  export KEYSTEAD_ENDPOINT AWS_ENDPOINT_URL
  if [ -n "${KEYSTEAD_TOKEN_COMMAND:-}" ]; then
    AWS_WEB_IDENTITY_TOKEN_FILE=$place/identity-token
    sh -c "$KEYSTEAD_TOKEN_COMMAND" > "$AWS_WEB_IDENTITY_TOKEN_FILE"
    export AWS_WEB_IDENTITY_TOKEN_FILE
  fi
  if [ -n "${AWS_WEB_IDENTITY_TOKEN_FILE:-}" ]; then
    [ -n "${AWS_ROLE_ARN:-}" ] || fail "AWS_ROLE_ARN must be the role of this job."
    AWS_ROLE_SESSION_NAME=${AWS_ROLE_SESSION_NAME:-$(session_name "$AWS_WEB_IDENTITY_TOKEN_FILE.session")}
    export AWS_ROLE_SESSION_NAME
  fi
}

case $step in
  plan | apply | drift | accept | adopt | revert) ;;
  *) fail "usage: keystead.sh plan|apply|drift|accept|adopt|revert" ;;
esac
set_up
sign_in

case $step in
  plan)
    # Exit code 2, that there are changes, is not a failure of the job.
    status=0
    keystead ci plan --dir "$stack" --out "$plan" ${plans_key:+--encrypt-with "$plans_key"} || status=$?
    [ "$status" = 2 ] || exit "$status"
    ;;
  apply)
    exec keystead ci apply --dir "$stack" --plan "$plan" ${plans_key:+--encrypt-with "$plans_key"} \
      ${baseline:+--baseline "$baseline" --by "${AWS_ROLE_ARN:?is the role that applies}"}
    ;;
  drift)
    "$terraform" -chdir="$stack" init -input=false -no-color
    mkdir -p "$reports"
    exec keystead drift --dir "$stack" ${baseline:+--baseline "$baseline"} --report "json=$reports/drift.json" \
      "markdown=$reports/drift.md" "junit=$reports/drift.xml" "html=$reports/drift.html"
    ;;
  accept)
    exec keystead drift accept --dir "$stack" ${baseline:+--baseline "$baseline"} ${KEYSTEAD_NOTE:+--note "$KEYSTEAD_NOTE"}
    ;;
  adopt | revert)
    "$terraform" -chdir="$stack" init -input=false -no-color
    exec keystead drift "$step" --dir "$stack"
    ;;
esac
