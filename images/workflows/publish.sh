#!/bin/sh
# Builds one image, refuses it where it has a known hole that could be closed, pushes it with its
# SBOM and provenance, and signs it.
#
#     publish.sh TARGET REPOSITORY TAG SHOP     writes REPOSITORY@DIGEST to the file $RESULT
#
# From the environment, all optional: PHP (version), SOURCE and REVISION (for the labels),
# COMPOSER_AUTH_JSON (Composer's auth.json, for private packages).
set -eu
target=$1 repository=$2 shop=$4
# git allows more in a tag than a registry does.
tag=$(printf '%s' "$3" | tr -c 'A-Za-z0-9_.-' '-')
folder=$(cd "$(dirname "$0")/.." && pwd)
grype=docker.io/anchore/grype:v0.118.0@sha256:8a93fc48da96bd6ec5981279d099b69de11541dc68fdf222fb9161f8ff284af7

build() {
  docker buildx build --target "$target" --build-context "shop=$shop" \
    ${PHP:+--build-arg "PHP_VERSION=$PHP"} \
    ${COMPOSER_AUTH_JSON:+--secret id=composer-auth,env=COMPOSER_AUTH_JSON} \
    --label "org.opencontainers.image.created=$(date -u +%Y-%m-%dT%H:%M:%SZ)" \
    --label "org.opencontainers.image.revision=${REVISION:-unknown}" \
    --label "org.opencontainers.image.source=${SOURCE:-unknown}" \
    --label "org.opencontainers.image.version=$tag" \
    "$@" "$folder"
}

# A child container sees the working directory, also where the engine is another machine.
scanned=$(mktemp -p "$PWD" image.XXXXXX)
pushed=$(mktemp)
trap 'rm -f "$scanned" "$pushed"' EXIT
build --load --tag "openmage.local/$target:scan"
docker save --output "$scanned" "openmage.local/$target:scan"
docker run --rm --volume "$PWD:$PWD:ro" "$grype" --fail-on high --only-fixed "docker-archive:$scanned"

build --push --tag "$repository:$tag" --sbom=true --provenance=mode=max --metadata-file "$pushed"
digest=$(sed -n 's/.*"containerimage\.digest": *"\(sha256:[0-9a-f]*\)".*/\1/p' "$pushed" | head -n 1)
cosign sign --yes "$repository@$digest"
echo "$repository@$digest" > "$RESULT"
