#!/usr/bin/env bash
# swarm.sh - the stack in Docker Swarm: secrets pushed, the stack deployed, rotated, rolled back, pruned; and nothing shows.
#
# It starts a Docker engine of its own (Debian's docker.io: dockerd, on a socket and folders of its own, without touching the
# firewall), and takes it away again. SENEX_ENV_BIN is the program to test. One line a check. Exit status as smoke.sh.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
repo=$(cd "$here/../.." && pwd)
name=swarm
# shellcheck source=stack/lib.sh
. "$here/stack/lib.sh"
[ $# = 0 ] || usage
for_production
for program in dockerd docker; do
    command -v $program >/dev/null || { echo "no $program: apt-get install docker.io"; exit 77; }
done
begin
canary_values || stop "the copy could not be given values of its own"

# ------------------------------------------------------------------ an engine
engine=$tmp/docker; export DOCKER_HOST=unix://$engine/socket DOCKER_CONFIG=$engine/config
gateway_was=$(ip -br link show docker_gwbridge 2>/dev/null)
mkdir -p "$engine"
start_engine() {
    dockerd --iptables=false --ip6tables=false --bridge=none --data-root "$engine/data" --exec-root "$engine/exec" \
        -p "$engine/pid" -H "$DOCKER_HOST" >"$engine/log" 2>&1 </dev/null 7>&- 8>&- &
    dockerd=$!
    eventually docker version
}
also_finish() {
    local left
    if [ -n "${dockerd:-}" ]; then
        [ $failed = 0 ] || { docker service ls; docker stack ps --no-trunc senex | tail -12; tail -5 "$engine/log" | cut -c1-300; }
        docker stack rm senex >/dev/null 2>&1
        docker ps -q | xargs -r docker kill >/dev/null 2>&1
        for _ in $(seq 40); do [ -z "$(docker ps -aq)" ] && break; sleep 0.5; done
        docker swarm leave --force >/dev/null 2>&1
        docker ps -aq | xargs -r docker rm -f -v >/dev/null 2>&1
        kill "$dockerd"; wait "$dockerd" 2>/dev/null
        [ -n "$gateway_was" ] || ip link del docker_gwbridge 2>/dev/null
        left=$(pgrep -f "$engine/"; awk -v under="$engine/" 'index($2, under) == 1 {print $2}' /proc/mounts; ip -br link show docker_gwbridge 2>/dev/null)
        rm -rf --one-file-system "$engine"
        if [ -n "$left" ] && [ -z "$gateway_was" ]; then fail "left of the engine: $(echo "$left" | xargs)"; else say "ok    the engine is gone"; fi
    fi
    [ $failed = 0 ] || return
    check "no file of this machine holds a secret of the stack" test -z "$(places)"
    say "      $(cat "$tmp/searched")"
}
check "a Docker engine of its own" start_engine || exit 1
check "in Swarm mode" docker swarm init --advertise-addr 127.0.0.1 || exit 1
load() { podman save --format docker-archive -m localhost/senextrader:prod docker.io/library/postgres:16-alpine docker.io/library/redis:7-alpine | docker load; }
check "images, from podman's" load || exit 1

# ------------------------------------------------------------------ push, deploy
push() { (cd "$copy" && "${tracer[@]}" "$bin" push -y -e production swarm -o examples/senex-trader/secrets.swarm.yml "$@") </dev/null 2>&1 | tee "$tmp/pushed"; return "${PIPESTATUS[0]}"; }
refuses() { ! push "${@:2}" && grep -qE -- "$1" "$tmp/pushed"; }
pushed() { push "${@:2}" && grep -qE -- "$1" "$tmp/pushed"; }
secrets() { docker secret ls --format '{{.Name}}' | wc -l; }
deploy() {
    (cd "$copy/examples/senex-trader" && "${tracer[@]}" "$bin" run -e production -- docker stack deploy --resolve-image never -c docker-stack.yml \
        -c stack/swarm-without-ipvs.yml -c secrets.swarm.yml senex) </dev/null
}
tasks() { docker ps -q --filter "label=com.docker.swarm.service.name=senex_$1" --filter status=running; }
task() { tasks "$1" | head -1; }
converged() { # every service has its tasks, and no update goes on
    ! docker service ls --format '{{.Replicas}}' | awk -F'[/ ]' '$1 != $2 {exit 1}' && return 1
    ! docker service ls -q | xargs docker service inspect -f '{{with .UpdateStatus}}{{.State}}{{end}}' | grep -qE 'updating|rollback_started|paused'
}
wait_until_converged() { local end=$(($(date +%s) + 120)); until converged; do [ "$(date +%s)" -lt $end ] || return 1; sleep 0.5; done; }
ask() { docker exec "$(task web)" curl -sS -m 5 http://localhost:8000/health/ | python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }
answers() { [ "$(ask "$1")" = "$2" ]; }
in_task() { # SERVICE NAME...: its secrets are the sealed ones
    docker exec "$(task "$1")" python manage.py fingerprint "${@:2}" | tail -1 >"$tmp/have.json" && python3 "$here/stack/fingerprints.py" "$tmp/sealed.json" "$tmp/have.json" "${@:2}"
}
asking() { # from inside the network, a tenth of a second apart
    docker exec "$(task redis)" sh -c 'while :; do curl -s -m 15 -o /dev/null -w "%{http_code}\n" -H "Host: localhost" http://web:8000/health/; sleep 0.1; done' >"$tmp/answers" 2>/dev/null 7>&- 8>&- & asker=$!
}
answered() { kill "$asker"; wait "$asker" 2>/dev/null; asked=$(wc -l <"$tmp/answers") lost=$(grep -vc '^200$' "$tmp/answers"); }

watch_processes
check "push swarm -n" pushed '9 secrets would be pushed' -n
check "made nothing" test "$(secrets)" = 0
trace
check "push swarm" pushed '9 secrets pushed to Docker Swarm as senex-trader_production, version 1'
check "the engine has 9 secrets" test "$(secrets)" = 9
check "push swarm again: nothing to push" pushed 'nothing to push'
traced; check "docker was never started with a value in its arguments or its environment" test -z "$seen"
check "docker stack deploy" deploy
check "every service has its tasks" wait_until_converged || exit 1
check "database answers" eventually answers database ok
check "engine is postgresql" answers engine postgresql
check "redis answers" answers redis ok
check "beat -> redis -> worker -> database (celery heartbeat)" eventually answers celery ok
check "2 web and 2 worker tasks" test "$(tasks web | wc -l) $(tasks celery_worker | wc -l)" = "2 2"
check "/run/secrets is in memory" test "$(docker exec "$(task web)" stat -f -c %T /run/secrets/DB_PASSWORD)" = tmpfs
all=(SECRET_KEY FIELD_ENCRYPTION_KEY DB_PASSWORD TASTYTRADE_CLIENT_ID TASTYTRADE_CLIENT_SECRET)
for service in web celery_worker celery_beat; do check "secrets of $service are the sealed ones" in_task $service "${all[@]}"; done

# ------------------------------------------------------------------ rotate, roll back, prune
created() { docker inspect -f '{{.Created}}' "$(task "$1")"; }
redis_was=$(created redis)
canary TASTYTRADE_CLIENT_SECRET; sealed_fingerprints >"$tmp/sealed2.json"
check "a new value: push swarm makes 1 secret" pushed '1 secret pushed .* version 2; 8 unchanged'
asking; check "deploy" deploy; check "one task after the other" wait_until_converged; answered
check "no request was lost meanwhile" test "$lost" = 0
say "      requests answered: $asked"
cp "$tmp/sealed.json" "$tmp/sealed1.json"; cp "$tmp/sealed2.json" "$tmp/sealed.json"
check "web has the new value" in_task web "${all[@]}"
check "redis was not touched" test "$(created redis)" = "$redis_was"
check "push --rollback" pushed 'version 1 of senex-trader_production: 1 secret different from version 2' --rollback
check "and once more is the same" pushed 'version 1 of senex-trader_production: 1 secret different from version 2' --rollback
check "deploy" deploy; check "back, one task after the other" wait_until_converged
cp "$tmp/sealed1.json" "$tmp/sealed.json"
check "web has the old value" in_task web "${all[@]}"
canary TASTYTRADE_CLIENT_SECRET
check "a third value, and --prune keeps what a service uses or can go back to" pushed 'no version to remove' --prune
canary TASTYTRADE_CLIENT_ID
check "a fourth push" pushed '1 secret pushed .* version 4'
check "deploy" deploy; check "converged" wait_until_converged
refuses_used() { ! docker secret rm senex-trader_production_TASTYTRADE_CLIENT_SECRET_v3; }
check "the engine refuses to remove what a service uses" refuses_used
canary TASTYTRADE_CLIENT_ID
check "a fifth push, and --prune removes what no service and no rollback needs" pushed 'removed senex-trader_production_TASTYTRADE_CLIENT_SECRET_v2' --prune
removed=$(grep -c '^removed' "$tmp/pushed") made=13
check "the rest is left" test "$(secrets)" = $((made - removed))
check "version 2 is nothing to go back to any more" refuses 'version 2 of senex-trader_production is incomplete' --rollback=2

# ------------------------------------------------------------------ the engine goes down in the middle; two at once; what it cannot keep
mkdir "$tmp/down"; printf '%s\n' '#!/bin/sh' 'case "$*" in *" create "*TASTYTRADE_CLIENT_ID_v*) export DOCKER_HOST=unix:///nowhere ;; "secret rm "*) export DOCKER_HOST=unix:///nowhere ;; esac' \
    "exec $(command -v docker) \"\$@\"" >"$tmp/down/docker"; chmod +x "$tmp/down/docker"
canary SECRET_KEY; canary TASTYTRADE_CLIENT_ID; canary TASTYTRADE_CLIENT_SECRET
goes_down() { PATH=$tmp/down:$PATH refuses 'some versions were created: push again'; }
cp "$copy/examples/senex-trader/secrets.swarm.yml" "$tmp/named"
check "an engine that goes down in the middle of a push is told" goes_down
check "and no set that is incomplete is named" cmp "$copy/examples/senex-trader/secrets.swarm.yml" "$tmp/named"
check "the next push goes on" pushed '2 secrets pushed .* version 7; 7 unchanged'
canary SECRET_KEY; canary DB_PASSWORD
at_once() { # of two, one wins; or both have made what the other has
    push >"$tmp/one" & push >"$tmp/two"; local two=$? one; wait $!; one=$?
    echo "$one $two"; [ $((one * two)) = 0 ] && pushed 'nothing to push: Docker Swarm already has .* version 8$'
}
check "of two pushes at once none is half" at_once
printf %0511999d 0 | seal EMAIL_HOST_PASSWORD
check "a value of 511 999 bytes" pushed '1 secret pushed .* version 9'
printf %0512000d 0 | seal EMAIL_HOST_PASSWORD
check "one of 512 000 is refused by name" refuses '`EMAIL_HOST_PASSWORD` has 512000 bytes'
check "as are names of more than 64 characters" refuses 'characters long, and engines accept 64' --prefix "$(printf %060d 0)" DB_PASSWORD
check "64 characters the engine takes" pushed '1 secret pushed' --prefix "$(printf %049d 0)" DB_PASSWORD

# ------------------------------------------------------------------ nothing shows
shown() { # in anything that the engine tells
    { docker ps -aq | xargs docker inspect; docker service ls -q | xargs docker service inspect; docker secret ls -q | xargs docker secret inspect
      docker stack ps senex --format json; for task in $(docker ps -q); do docker logs "$task" 2>&1; done; cat "$engine/log"; } |
        grep -cF -f <(printf '%s\n' "${canaries[@]}")
}
check "docker inspect, logs and service inspect show no value" test "$(shown)" = 0
seen=$(watched)
check "no process has a value on its command line" test "$(grep -c ^cmdline <<<"$seen")" = 0
say "      environments that held one: ${seen:-none}"
say "figures: $made secrets pushed to the running stack, 4 of them changed values, $removed pruned, $(shown) leaked"
finished=1
