#!/usr/bin/env bash
# hardened.sh - production in its hardened form: secrets in podman's store, read-only roots, dropped capabilities. Pushed, brought
# up, changed, rolled back; and no value on a command line, in an environment or in `podman inspect`.
#
# SENEX_ENV_BIN is the program to test (senex-env on PATH). One line a check. Exit status as smoke.sh.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
repo=$(cd "$here/../.." && pwd)
name=hardened
# shellcheck source=stack/lib.sh
. "$here/stack/lib.sh"
[ $# = 0 ] || usage
for_production
begin 80 443
canary_values || stop "the copy could not be given values of its own"
folder=examples/senex-trader
# what a user does once: the environment is these four files
sed -i "s#\"$folder/docker-compose.prod.yml\"#&, \"$folder/docker-compose.hardened.yml\", \"$folder/secrets.podman.yml\"#" "$copy/envs/senex-env.toml"

scope=$P-hardened # a prefix of its own: other secrets of this machine are left alone
secrets() { podman secret ls --format '{{.Name}}' | grep -c "^$scope"; }
remove_secrets() { podman secret ls --format '{{.Name}}' | grep "^$scope" | xargs -r podman secret rm >/dev/null; }
also_finish() {
    remove_secrets
}
remove_secrets
push() { (cd "$copy" && "${tracer[@]}" "$bin" push -y -e production podman --prefix "${prefix:-$scope}" -o $folder/secrets.podman.yml "$@") </dev/null >"$tmp/pushed" 2>&1; }
pushed() { push "${@:2}" && grep -qE -- "$1" "$tmp/pushed" || { cat "$tmp/pushed"; return 1; }; }
refuses() { ! push "${@:2}" && grep -qE -- "$1" "$tmp/pushed"; }
long_name() { local prefix; prefix=$scope-$(printf "%0${1}d" 0); "${@:2}"; }
quietly() { compose "$@" </dev/null >/dev/null; }
created() { podman inspect -f '{{.Created}}' "$1"; }
inspected() { { mine | xargs podman inspect; podman secret ls -q | xargs podman secret inspect; } | grep -cF -f <(printf '%s\n' "${canaries[@]}"); }

# ------------------------------------------------------------------ push, up
watch_processes
trace
check "push podman" pushed '9 secrets pushed to podman as senexsmoke-hardened, version 1'
check "podman has 9 secrets" test "$(secrets)" = 9
up=1
"$here/stack/self-signed.sh" $P || stop "no certificate"
health_checks
check "up -d" quietly up -d || exit 1
traced; check "podman was never started with a value in its arguments or its environment" test -z "$seen"
wait_until_healthy
check "beat -> redis -> worker -> database (celery heartbeat)" eventually is celery ok
all=(SECRET_KEY FIELD_ENCRYPTION_KEY DB_PASSWORD TASTYTRADE_CLIENT_ID TASTYTRADE_CLIENT_SECRET)
for c in $(svc web) $(svc celery_worker) $(svc celery_beat); do check "secrets of $c are the sealed ones" same "$c" "${all[@]}"; done
check "podman inspect shows no value" test "$(inspected)" = 0

# ------------------------------------------------------------------ hardened
read_only() { local c; for c in $(mine); do [ "$(podman inspect -f '{{.HostConfig.ReadonlyRootfs}}' "$c")" = true ] || { echo "$c"; return 1; }; done; }
check "every root file system is read-only" read_only
cannot_write() { ! podman exec "$1" sh -c "echo x >$2" && podman exec "$1" sh -c "echo x >/tmp/x"; }
check "web can write to /tmp, and not to /app" cannot_write ${P}_web_1 /app/x
check "web has no capabilities" test "$(podman exec ${P}_web_1 awk '/^CapBnd/ {print $2}' /proc/self/status)" = 0000000000000000
check "and gets no new privileges" test "$(podman exec ${P}_web_1 awk '/^NoNewPrivs/ {print $2}' /proc/self/status)" = 1

# ------------------------------------------------------------------ change, roll back, prune
postgres_was=$(created senex_postgres_prod) web_was=$(created ${P}_web_1)
cp "$tmp/sealed.json" "$tmp/sealed1.json"
canary TASTYTRADE_CLIENT_SECRET; sealed_fingerprints >"$tmp/sealed.json"
check "a new value: push podman makes 1 secret" pushed '1 secret pushed .* version 2; 8 unchanged'
check "up -d" quietly up -d
wait_until_healthy
check "web was made anew" test "$(created ${P}_web_1)" != "$web_was"
check "with the new value" same ${P}_web_1 "${all[@]}"
say "      postgres, whose secrets are the same, was $([ "$(created senex_postgres_prod)" = "$postgres_was" ] && echo left alone || echo made anew as well)"
check "push podman --rollback" pushed 'version 1 of .*: 1 secret different from version 2' --rollback
check "up -d" quietly up -d
wait_until_healthy
cp "$tmp/sealed1.json" "$tmp/sealed.json"
check "web has the old value" same ${P}_web_1 "${all[@]}"
canary TASTYTRADE_CLIENT_ID; check "another value" pushed '1 secret pushed .* version 3'
check "--prune keeps what a container uses" pushed 'no version to remove' --prune
canary TASTYTRADE_CLIENT_SECRET; check "and another" pushed '1 secret pushed .* version 4'
check "up -d" quietly up -d
wait_until_healthy
check "--prune removes what nothing needs" pushed "removed ${scope}_TASTYTRADE_CLIENT_" --prune
pruned=$(grep -c ^removed "$tmp/pushed")
check "what is pruned is gone" test "$(secrets)" = $((12 - pruned))
check "and nothing to go back to" refuses 'version 2 of senexsmoke-hardened is incomplete' --rollback=2
printf %0511999d 0 | seal EMAIL_HOST_PASSWORD
check "a value of 511 999 bytes" pushed '1 secret pushed .* version 5'
printf %0512000d 0 | seal EMAIL_HOST_PASSWORD
check "one of 512 000 is refused by name" refuses '`EMAIL_HOST_PASSWORD` has 512000 bytes'
check "as are names of more than 64 characters" long_name 60 refuses 'characters long, and engines accept 64' DB_PASSWORD
check "64 characters podman takes" long_name 29 pushed '1 secret pushed' DB_PASSWORD
check "nginx serves" eventually is database ok
check "podman inspect shows no value" test "$(inspected)" = 0
seen=$(watched)
check "no process has a value on its command line or in its environment" test -z "$seen"
say "figures: 12 secrets pushed, 3 of them changed values, $pruned pruned, $(($(inspected) + $(wc -w <<<"$seen"))) leaked"
take_down
check "podman's store is where they are, and no other file of this machine" test -z "$(places /var/lib/containers/storage/secrets/)"
say "      $(cat "$tmp/searched")"
remove_secrets
in_store() { grep -rlF -f <(printf '%s\n' "${canaries[@]}") /var/lib/containers/storage/secrets; }
check "no secret is left in podman's store" test -z "$(in_store)"

# ------------------------------------------------------------------ the trace sees what it is there for
sed -i "s#, \"$folder/docker-compose.hardened.yml\", \"$folder/secrets.podman.yml\"##" "$copy/envs/senex-env.toml"
trace
up=1; check "in the plain form, up -d" quietly up -d postgres redis
traced
check "podman-compose puts DB_PASSWORD among podman's arguments" grep -q 'podman' <<<"$seen"
take_down
finished=1
