#!/usr/bin/env bash
# self-signed.sh COMPOSE_PROJECT - a certificate for localhost in the volume that nginx reads (<project>_ssl_certs).
# A fresh volume is empty and nginx then refuses to start. The two labels make the volume compose's own: `down -v` takes it.
set -euo pipefail
volume=${1:?usage: self-signed.sh COMPOSE_PROJECT}_ssl_certs
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=localhost \
    -keyout "$dir/privkey.pem" -out "$dir/fullchain.pem" 2>"$dir/log" || { cat "$dir/log" >&2; exit 1; }
podman volume exists "$volume" ||
    podman volume create --label "io.podman.compose.project=$1" --label "com.docker.compose.project=$1" "$volume" >/dev/null
tar -C "$dir" -c privkey.pem fullchain.pem | podman volume import "$volume" -
