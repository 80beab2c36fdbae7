#!/usr/bin/env bash
# smoke.sh prod|dev - bring the real stack up through senex-env, check it end to end, take it down, see that nothing is left.
#
#   --env-file FILE      no senex-env: plain compose with this plaintext env file, the same checks
#   --compose PROGRAM    another podman-compose, or a docker-compose (which is given podman's API socket)
#   --timeout SECONDS    for everything to become healthy (180)
#   --keep               leave the stack up, and say how to take it down
#
# SENEX_ENV_BIN is the program to test (senex-env on PATH), SENEX_ENV_KEY_FILE the identity (the demonstration's).
# It works on a copy of envs/ and of this folder: development mounts the source and writes into it.
# One line a check. Exit status: 0 passed, 1 failed, 2 usage, 77 this machine cannot run the stack (needs root on Debian 12).
# Fixed names and ports (80 and 443, or 6379 and 8000) come from the compose files: one run at a time, a lock sees to that.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
repo=$(cd "$here/../.." && pwd)
name=smoke
# shellcheck source=stack/lib.sh
. "$here/stack/lib.sh"
mode=${1:-}; [ $# = 0 ] || shift
case $mode in prod) environment=production ports=(80 443) ;; dev) environment=development ports=(6379 8000) ;; *) usage ;; esac
while [ $# -gt 0 ]; do case $1 in
    --env-file) env_file=$(readlink -e -- "${2:-}") || usage "no such file: ${2:-}"; shift 2 ;;
    --compose) tool=$(command -v -- "${2:-}") || usage "no such program: ${2:-}"; tool=$(realpath -s "$tool"); shift 2 ;;
    --timeout) limit=${2:?}; shift 2 ;;
    --keep) keep=1; shift ;;
    *) usage "unknown option $1" ;;
esac; done
if [ -z "$env_file" ]; then
    bin=$(command -v -- "${SENEX_ENV_BIN:-senex-env}") || usage "no senex-env (set SENEX_ENV_BIN, or give --env-file)"
    bin=$(readlink -f "$bin")
    export SENEX_ENV_KEY_FILE="${SENEX_ENV_KEY_FILE:-$repo/tests/identities/demo.txt}"
fi

kept() {
    say "kept. To take it down:  . $STACK_STATE/env.sh; export COMPOSE_PROJECT_NAME=$P; cd $copy$([ -z "$env_file" ] || echo /examples/senex-trader)"
    if [ -n "$env_file" ]; then
        say "    $tool --env-file $env_file -f docker-compose.yml -f docker-compose.$mode.yml down -v; kill ${background[*]}; rm -rf $tmp"
    else
        say "    SENEX_ENV_KEY_FILE=$SENEX_ENV_KEY_FILE $bin run -e $environment -- $tool down -v; kill ${background[*]}; rm -rf $tmp"
    fi
    echo PASS
}

begin "${ports[@]}"

# ------------------------------------------------------------------ up
up=1
[ "$mode" = dev ] || "$here/stack/self-signed.sh" $P || stop "no certificate"
health_checks
case ${tool##*/} in docker-compose*) api_socket ;; esac
sealed_fingerprints >"$tmp/sealed.json" || { tail -20 "$tmp/compose.log"; stop "cannot read the environment $environment"; }
compose up -d </dev/null >"$tmp/up.log" || stop "up -d: exit status $?"
say "up -d returned"
[ -n "$env_file" ] || check "the env file is gone while the stack runs" test -z "$(new_runtime_files)"
wait_until_healthy

# ------------------------------------------------------------------ checks
[ "$mode" = prod ] || url=http://localhost:8000
published() { podman ps --filter "label=com.docker.compose.project=$P" --format '{{.Names}} {{.Ports}}' | awk 'NF > 1 {print $1}' | xargs; }
both_serve() { [ "$(for _ in 1 2 3 4 5 6 7 8; do field host; done | sort -u | wc -l)" = 2 ]; }
same_database_password() {
    # shellcheck disable=SC2016
    printf '{"DB_PASSWORD": "%s"}' "$(podman exec "$(svc postgres)" sh -c 'printf %s "$POSTGRES_PASSWORD" | sha256sum | cut -c1-16')" >"$tmp/have.json"
    python3 "$here/stack/fingerprints.py" "$tmp/sealed.json" "$tmp/have.json" DB_PASSWORD
}
# shellcheck disable=SC2016
backup() { compose exec -T postgres sh -c 'pg_dump -U "$POSTGRES_USER" "$POSTGRES_DB"' </dev/null | grep 'CREATE TABLE public.core_heartbeat'; }
reload() { echo 'urlpatterns += [path("reloaded/", views.index)]' >>"$copy/examples/senex-trader/senextrader/urls.py"; eventually curl -fsS -m 5 -o /dev/null "$url/reloaded/"; }

# (development's web has no health check: it may still be starting)
check "GET $url/health/ is 200" eventually curl -fsS -m 10 -o /dev/null "$url/health/" || exit 1
check "database answers" is database ok
check "redis answers" is redis ok
check "Fernet round trip with FIELD_ENCRYPTION_KEY" is encryption ok
check "beat -> redis -> worker -> database (celery heartbeat)" eventually is celery ok
if [ "$mode" = prod ]; then
    secrets=(SECRET_KEY FIELD_ENCRYPTION_KEY DB_PASSWORD TASTYTRADE_CLIENT_ID TASTYTRADE_CLIENT_SECRET)
    check "engine is postgresql" is engine postgresql
    check "2 web and 2 worker replicas" test "$(svc web | wc -l) $(svc celery_worker | wc -l)" = "2 2"
    check "nginx spreads requests over both web replicas" both_serve
    check "http is redirected to https" has '^301 https://localhost/$' -o /dev/null -w '%{http_code} %{redirect_url}' http://localhost/
    check "https works, with HSTS" has '^[Ss]trict-[Tt]ransport-[Ss]ecurity: max-age=31536000; includeSubDomains; preload' -D- -o /dev/null https://localhost/
    check "collected static file through nginx" has sans-serif https://localhost/static/core/app.css
    check "secret of postgres is the sealed one" same_database_password
    check "nothing but nginx publishes a port" test "$(published)" = senex_nginx
    check "backup through compose exec -T" backup
else
    secrets=(SECRET_KEY FIELD_ENCRYPTION_KEY 'DB_PASSWORD?' 'TASTYTRADE_CLIENT_ID?' 'TASTYTRADE_CLIENT_SECRET?')
    check "engine is sqlite" is engine sqlite
    check "no postgres container" test -z "$(svc postgres)"
    check "redis is published on 6379" sh -c '(echo PING; sleep 0.3) | curl -s -m 2 telnet://127.0.0.1:6379 | grep -q PONG'
    check "source is mounted: an edit is served without a restart" reload
fi
for c in $(svc web); do
    check "secrets of $c are the sealed ones" same "$c" "${secrets[@]}" 'EMAIL_HOST_PASSWORD?' 'SENTRY_DSN?'
done
for c in $(svc celery_worker) $(svc celery_beat); do check "secrets of $c are the sealed ones" same "$c" "${secrets[@]}"; done
say "memory: $(mine | xargs podman stats --no-stream --format '{{.Name}}={{.MemUsage}}' 2>/dev/null | sed 's# / .*##' | xargs)"
finished=1
