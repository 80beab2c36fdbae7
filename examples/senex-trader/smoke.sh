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
usage() { if [ $# = 0 ]; then sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//p}' "$0" >&2; else echo "smoke.sh: $*" >&2; fi; exit 2; }
mode=${1:-}; [ $# = 0 ] || shift
case $mode in prod) environment=production ports=(80 443) ;; dev) environment=development ports=(6379 8000) ;; *) usage ;; esac
env_file='' tool='' keep=0 limit=180
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

P=senexsmoke; export COMPOSE_PROJECT_NAME=$P
T0=$(date +%s%N)
say() { local ms=$((($(date +%s%N) - T0) / 1000000)); printf '[%4d.%ds] %s\n' $((ms / 1000)) $((ms % 1000 / 100)) "$*"; }
failed=0
fail() { say "FAIL  $*"; failed=1; }
stop() { fail "$@"; exit 1; }
check() { # DESCRIPTION COMMAND...
    local what=$1; shift
    if "$@" >"$tmp/check.out" 2>&1; then say "ok    $what"; else fail "$what"; tail -5 "$tmp/check.out" | sed 's/^/            /'; return 1; fi
}

export STACK_STATE="${STACK_STATE:-${XDG_CACHE_HOME:-$HOME/.cache}/senex-env-stack}"
mkdir -p "$STACK_STATE"; exec 7>&1 8>"$STACK_STATE/.smoke.lock"
flock -w 900 8 || { echo "another smoke.sh has been running for 15 minutes" >&2; exit 1; }
tmp=$(mktemp -d "${TMPDIR:-/tmp}/senex-smoke.XXXXXX"); copy=$tmp/repo
background=() up=0

# ------------------------------------------------------------------ looking around
mine() { podman ps -a --filter "label=com.docker.compose.project=$P" --format '{{.Names}}' 2>/dev/null; }
svc() { podman ps --filter "label=com.docker.compose.project=$P" --filter "label=com.docker.compose.service=$1" --format '{{.Names}}'; }
volumes() { podman volume ls -q --filter dangling=true 2>/dev/null | sort; }
runtime_files() { # what senex-env may have put into memory for a child: gone when the child is
    find "${XDG_RUNTIME_DIR:-/dev/shm}" "/run/user/$(id -u)" /dev/shm -maxdepth 1 -name 'senex-env*' 2>/dev/null | sort -u
}
new_runtime_files() { # another senex-env may be at work on this machine: what it holds the lock of is in use
    local directory
    sleep 1
    runtime_files | comm -13 "$tmp/runtime.before" - | while read -r directory; do
        (exec 9<"$directory" && flock -n 9) 2>/dev/null && echo "$directory"
    done
}
leftovers() {
    mine
    podman volume ls -q 2>/dev/null | grep "^${P}_"
    podman network ls --format '{{.Name}}' 2>/dev/null | grep "^${P}_"
    podman pod ls --format '{{.Name}}' 2>/dev/null | grep "^pod_$P\$"
    volumes | comm -13 "$tmp/volumes.before" -
}
sweep() { # whatever went wrong, leave nothing running
    podman pod rm -f "pod_$P"; mine | xargs -r podman rm -f -v -t 0
    podman volume ls -q | grep "^${P}_" | xargs -r podman volume rm -f
    podman network ls --format '{{.Name}}' | grep "^${P}_" | xargs -r podman network rm -f
}

# ------------------------------------------------------------------ the compose command
compose() { # ARGUMENTS...: as a user would type them
    if [ -n "$env_file" ]; then
        (cd "$copy/examples/senex-trader" && "$tool" --env-file "$env_file" -f docker-compose.yml -f "docker-compose.$mode.yml" "$@")
    else
        (cd "$copy" && "$bin" run -e "$environment" -- "$tool" "$@")
    fi </dev/null 2>>"$tmp/compose.log" 7>&- 8>&-
}
sealed_fingerprints() {
    if [ -n "$env_file" ]; then
        "$STACK_STATE/venv/bin/python" "$here/stack/fingerprints.py" "$env_file"
    else
        (cd "$copy" && "$bin" run -e "$environment" --format json -- python3 "$here/stack/fingerprints.py" '{}')
    fi </dev/null 2>>"$tmp/compose.log"
}

# ------------------------------------------------------------------ the end, however it comes
finish() {
    local left pid
    trap - EXIT INT TERM
    exec >&7 2>&7 # a signal may come in the middle of a check, whose output goes elsewhere
    if [ $up = 1 ] && [ $keep = 1 ] && [ $failed = 0 ]; then
        say "kept. To take it down:  . $STACK_STATE/env.sh; export COMPOSE_PROJECT_NAME=$P; cd $copy$([ -z "$env_file" ] || echo /examples/senex-trader)"
        if [ -n "$env_file" ]; then
            say "    $tool --env-file $env_file -f docker-compose.yml -f docker-compose.$mode.yml down -v; kill ${background[*]}; rm -rf $tmp"
        else
            say "    SENEX_ENV_KEY_FILE=$SENEX_ENV_KEY_FILE $bin run -e $environment -- $tool down -v; kill ${background[*]}; rm -rf $tmp"
        fi
        echo PASS; exit 0
    fi
    if [ $up = 1 ]; then
        if [ $failed = 1 ]; then
            for c in $(mine); do echo "--- $c: $(podman inspect -f '{{.State.Status}}' "$c")"; podman logs --tail 8 "$c" 2>&1 | cut -c1-200; done
            echo "--- compose"; tail -20 "$tmp/compose.log"
        fi
        compose down -v -t 5 >/dev/null || fail "down -v: exit status $?"
        left=$(leftovers | xargs)
        if [ -n "$left" ]; then fail "left behind by down -v: $left"; sweep >/dev/null 2>&1; else say "ok    down -v left no container, volume, network or pod"; fi
    fi
    if [ -z "$env_file" ] && [ -f "$tmp/runtime.before" ]; then
        left=$(new_runtime_files | xargs)
        if [ -n "$left" ]; then fail "senex-env left behind: $left"; else say "ok    senex-env left no file in memory"; fi
    fi
    for pid in "${background[@]}"; do kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null; done
    rm -rf "$tmp"
    if [ $failed = 0 ]; then say PASS; exit 0; else say FAIL; exit 1; fi
}
"$here/stack/build-images.sh" 2>"$tmp/build.log" 7>&- 8>&-
case $? in
    0) ;;
    77) cat "$tmp/build.log"; rm -rf "$tmp"; exit 77 ;;
    *) cat "$tmp/build.log"; rm -rf "$tmp"; echo FAIL; exit 1 ;;
esac
say "images: $(tail -1 "$tmp/build.log")"
trap finish EXIT; trap 'failed=1; exit 1' INT TERM
# shellcheck source=/dev/null
. "$STACK_STATE/env.sh"
: "${tool:=$PODMAN_COMPOSE}"

# ------------------------------------------------------------------ a clean start
volumes >"$tmp/volumes.before"; runtime_files >"$tmp/runtime.before"
[ -z "$(leftovers)" ] || { say "clearing up after an earlier run"; sweep >/dev/null 2>&1; }
clash=$(podman ps -a --format '{{.Names}}' 2>/dev/null | grep '^senex_' | xargs)
[ -z "$clash" ] || stop "containers with the compose files' fixed names are there: $clash"
for port in "${ports[@]}"; do ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || stop "port $port is taken"; done
mkdir -p "$copy/examples"; cp -r "$here" "$copy/examples/senex-trader"
(cd "$copy/examples/senex-trader" && rm -rf db.sqlite3* logs staticfiles celerybeat-schedule*)
[ ! -d "$repo/envs" ] || cp -r "$repo/envs" "$copy/envs"

# ------------------------------------------------------------------ up
up=1
[ "$mode" = dev ] || "$here/stack/self-signed.sh" $P || stop "no certificate"
if [ "$STACK_NEED_HEALTHD" = 1 ]; then python3 "$here/stack/healthd.py" $P >/dev/null 2>&1 7>&- 8>&- & background+=($!); fi
case ${tool##*/} in docker-compose*)
    podman system service --time=0 "unix://$tmp/podman.sock" >"$tmp/service.log" 2>&1 7>&- 8>&- & background+=($!)
    for _ in 1 2 3 4 5 6 7 8 9 10; do [ -S "$tmp/podman.sock" ] && break; sleep 0.3; done
    export DOCKER_HOST=unix://$tmp/podman.sock ;;
esac
sealed_fingerprints >"$tmp/sealed.json" || { tail -20 "$tmp/compose.log"; stop "cannot read the environment $environment"; }
compose up -d >"$tmp/up.log" || stop "up -d: exit status $?"
say "up -d returned"
[ -n "$env_file" ] || check "the env file is gone while the stack runs" test -z "$(new_runtime_files)"

states() { # "name status health", one line a container; "-" where there is no health check
    mine | xargs -r podman inspect -f '{{.Name}} {{.State.Status}} {{if .Config.Healthcheck}}{{.State.Health.Status}}{{end}}' 2>/dev/null |
        awk '{print $1, $2, (NF > 2 ? $3 : "-")}'
}
all_good() { local s; s=$(states); [ -n "$s" ] && ! echo "$s" | grep -qvE ' running (healthy|-)$'; }
looping() { mine | xargs -r podman inspect -f '{{.Name}} {{.RestartCount}}' 2>/dev/null | awk '$2 >= 5 {print $1}' | xargs; }
deadline=$(($(date +%s) + limit))
until all_good; do
    [ "$(date +%s)" -lt $deadline ] || { states; stop "not healthy after ${limit}s"; }
    loop=$(looping); [ -z "$loop" ] || stop "restarting over and over: $loop"
    sleep 1
done
say "ok    all running, health checks passed: $(states | awk '{printf "%s%s ", $1, $3 == "healthy" ? "(healthy)" : ""}')"

# ------------------------------------------------------------------ checks
url=http://localhost; [ "$mode" = prod ] || url=http://localhost:8000
health() { curl -sS -m 10 "$url/health/"; }
field() { health | python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }
is() { [ "$(field "$1")" = "$2" ] || { health; return 1; }; }
eventually() { local end=$(($(date +%s) + 60)); until "$@"; do [ "$(date +%s)" -lt $end ] || return 1; sleep 1; done; }
has() { curl -ksS -m 10 "${@:2}" | tr -d '\r' | grep -E "$1"; }
published() { podman ps --filter "label=com.docker.compose.project=$P" --format '{{.Names}} {{.Ports}}' | awk 'NF > 1 {print $1}' | xargs; }
both_serve() { [ "$(for _ in 1 2 3 4 5 6 7 8; do field host; done | sort -u | wc -l)" = 2 ]; }
same() { # CONTAINER NAME...: its secrets are the sealed ones
    local container=$1 plain=("${@:2}")
    podman exec "$container" python manage.py fingerprint "${plain[@]%\?}" | tail -1 >"$tmp/have.json"
    python3 "$here/stack/fingerprints.py" "$tmp/sealed.json" "$tmp/have.json" "${@:2}"
}
same_database_password() {
    # shellcheck disable=SC2016
    printf '{"DB_PASSWORD": "%s"}' "$(podman exec "$(svc postgres)" sh -c 'printf %s "$POSTGRES_PASSWORD" | sha256sum | cut -c1-16')" >"$tmp/have.json"
    python3 "$here/stack/fingerprints.py" "$tmp/sealed.json" "$tmp/have.json" DB_PASSWORD
}
# shellcheck disable=SC2016
backup() { compose exec -T postgres sh -c 'pg_dump -U "$POSTGRES_USER" "$POSTGRES_DB"' | grep 'CREATE TABLE public.core_heartbeat'; }
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
