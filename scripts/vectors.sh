#!/usr/bin/env bash
# Brings the published test vectors, at the commits the tests were written against, to test/vectors/external.
set -euo pipefail
cd "$(dirname "$0")/.."
target=test/vectors/external
fetch() { # REPOSITORY COMMIT PATH NAME
  local work
  work=$(mktemp -d)
  git clone --quiet --filter=blob:none --no-checkout "https://github.com/$1.git" "$work"
  git -C "$work" checkout --quiet "$2" -- "$3"
  mkdir -p "$target/$4"
  cp -R "$work/$3/." "$target/$4/"
  rm -rf "$work"
  echo "brought $1 $3 at $2"
}
fetch C2SP/wycheproof dac1dd4 testvectors_v1 wycheproof
fetch awslabs/aws-c-auth 495329c tests/aws-signing-test-suite/v4 sigv4
fetch pyca/cryptography 38.0.4 vectors/cryptography_vectors/KDF nist
