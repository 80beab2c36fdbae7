#!/usr/bin/env bash
# one-by-one.sh SERVICE COMMAND... - new containers for a service, each when the one before is healthy, so that one always serves;
# and nginx is told of its address.
# COMMAND is the compose command:  stack/one-by-one.sh web senex-env run -e production -- podman-compose
# (`up -d` would make all of them anew at once.) podman removes no container that another requires: bring the stack up with
# `up -d --no-deps`, which starts everything in the same order and ties nothing together.
set -euo pipefail
service=${1:?usage: one-by-one.sh SERVICE COMMAND...}; shift
: "${COMPOSE_PROJECT_NAME:?say which project is meant: export COMPOSE_PROJECT_NAME=...}"
of_service() { podman ps -a --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME" --filter "label=com.docker.compose.service=$service" "$@"; }
# Until it has new workers: one that shuts down may drop a request for which it has asked the name server.
# shellcheck disable=SC2016
reload='was=$(pgrep -n -P 1); nginx -s reload || exit; for _ in $(seq 150); do [ "$(pgrep -n -P 1)" != "$was" ] && exit; sleep 0.1; done; exit 1'
for container in $(of_service --format '{{.Names}}'); do
    podman stop -t 10 "$container" >/dev/null
    podman rm "$container" >/dev/null
    "$@" up -d --no-recreate --no-deps "$service" >/dev/null
    end=$(($(date +%s) + 60))
    until [ "$(podman inspect -f '{{.State.Health.Status}}' "$container")" = healthy ]; do
        [ "$(date +%s)" -lt "$end" ] || { echo "$container does not become healthy: the others are left as they are" >&2; exit 1; }
        sleep 0.5
    done
    "$@" exec -T nginx sh -c "$reload" </dev/null 2>/dev/null || echo "nginx was not reloaded: it goes on with the addresses that it knows" >&2
done
