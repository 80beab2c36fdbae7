#!/usr/bin/env bash
# operations.sh - every operation of the strategy document, through `senex-env run`, on the real stack; and a rotation under load.
#
#   --docker-compose PROGRAM   a Docker Compose, to be run over podman's API socket as well
#
# SENEX_ENV_BIN is the program to test (senex-env on PATH). It works on a copy, with secrets of its own that were never seen
# before; at the end the whole file system is searched for them. One line a check. Exit status as smoke.sh.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
repo=$(cd "$here/../.." && pwd)
name=operations
# shellcheck source=stack/lib.sh
. "$here/stack/lib.sh"
docker_compose=''
while [ $# -gt 0 ]; do case $1 in
    --docker-compose) docker_compose=$(command -v -- "${2:-}") || usage "no such program: ${2:-}"; shift 2 ;;
    *) usage ;;
esac; done
for_production
begin 80 443 6379 8000

quietly() { compose "$@" </dev/null >/dev/null; }
says() { # PATTERN ARGUMENTS...: what the command prints
    compose "${@:2}" </dev/null >"$tmp/said"; grep -qE -- "$1" "$tmp/said" || { tail -5 "$tmp/said"; return 1; }
}
psql() { compose exec -T postgres psql -v ON_ERROR_STOP=1 -qAt -U senex_user "$@"; }
same_bytes() { # two dumps; a minor release of PostgreSQL writes a random word into each
    cmp <(grep -avE '^\\(un)?restrict ' "$1") <(grep -avE '^\\(un)?restrict ' "$2")
}
replicas() { test "$(svc web | wc -l) $(svc celery_worker | wc -l)" = "$1"; }

# ------------------------------------------------------------------ start
canary_values || stop "the copy could not be given values of its own"
up=1
"$here/stack/self-signed.sh" "$P" || stop "no certificate"
health_checks
check "build" quietly build
"$here/stack/build-images.sh" 2>/dev/null # what the next test expects, not what a compose file happened to build
check "up -d" quietly up -d --no-deps || exit 1 # in the same order, but no container is tied to another's life: see one-by-one.sh
wait_until_healthy

# ------------------------------------------------------------------ common operations, troubleshooting
check "ps lists every container" test "$(compose ps --format '{{.Names}}' </dev/null | grep -cE 'senex')" = 8
check "ps, as the document has it" says 'senex_nginx' ps
check "logs of one service" says 'gunicorn' logs --tail=100 web
check "logs of all services" says 'celery@' logs
followed() {
    (cd "$copy" && timeout -s INT 4 "$bin" run -e production -- "$tool" logs -f web) >"$tmp/said" 2>&1 </dev/null
    test $? = 124 && grep -q gunicorn "$tmp/said"
}
check "logs -f goes on until it is interrupted" followed
check "exec python manage.py shell" says '^42$' exec -T web python manage.py shell -c 'print(6 * 7)'
check "exec /bin/bash" says '^bash-5' exec -T web /bin/bash -c 'echo "bash-$BASH_VERSION"'
check "web sees the worker's log" quietly exec -T web grep 'heartbeat by' /var/log/senextrader/senextrader.log
check "nc from web to postgres" quietly exec -T web nc -zv postgres 5432
check "nc from web to redis" quietly exec -T web nc -zv redis 6379
check "health of a container" test "$(podman inspect --format='{{.State.Health.Status}}' ${P}_web_1)" = healthy
limits() { podman inspect -f '{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}}' "$1"; }
check "limits of web are 1 CPU and 1 GiB" test "$(limits ${P}_web_1)" = "1073741824 1000000000"
check "limits of worker and beat" test "$(limits ${P}_celery_worker_1) $(limits senex_celery_beat_prod)" = "2147483648 2000000000 536870912 500000000"
check "restart policy" test "$(podman inspect -f '{{.HostConfig.RestartPolicy.Name}}' ${P}_web_1)" = unless-stopped
check "one celery_beat" test "$(svc celery_beat)" = senex_celery_beat_prod
check "container names of the document" podman container exists senex_celery_beat_prod
ends() { compose exec -T web sh -c "$1" </dev/null >/dev/null; test $? = "$2"; }
check "an exit status comes through" ends 'exit 7' 7

beat_was=$(podman inspect -f '{{.Id}}' senex_celery_beat_prod)
check "up -d --force-recreate" quietly up -d --no-deps --force-recreate celery_beat
check "makes another container" test "$(podman inspect -f '{{.Id}}' senex_celery_beat_prod)" != "$beat_was"
check "and finds its schedule" podman exec senex_celery_beat_prod sh -c 'ls /var/lib/celerybeat/schedule*'

served() { curl -fsS -m 3 -o /dev/null "$url/health/"; }
check "restart web" quietly restart web
check "nginx finds it at its new addresses" eventually served
wait_until_healthy
check "and is told of them, so as not to ask each time" quietly exec -T nginx nginx -s reload

# ------------------------------------------------------------------ backup and restore
head -c 1048576 /dev/urandom >"$tmp/bytes"
echoed() { compose exec -T postgres cat <"$tmp/bytes" | cmp - "$tmp/bytes"; }
check "1 MiB of random bytes through exec -T, unchanged" echoed
keep_rows() { psql senextrader <<'SQL'
CREATE TABLE kept (id int, text text);
INSERT INTO kept VALUES (1, E'\r\n\t\\ é $x ''quoted''');
SQL
}
check "rows to be kept" keep_rows
compose exec -T postgres pg_dump -U senex_user senextrader </dev/null >"$tmp/backup.sql"
check "pg_dump > backup.sql holds them" grep -q 'COPY public.kept' "$tmp/backup.sql"
compose exec -T postgres pg_dump -U senex_user senextrader </dev/null | gzip >"$tmp/backup.sql.gz"
gunzip -c "$tmp/backup.sql.gz" >"$tmp/unpacked.sql"
check "pg_dump | gzip > backup.sql.gz holds them" grep -q 'COPY public.kept' "$tmp/unpacked.sql"
restored() { # FILE DATABASE: into a new database, and dumped again
    echo "CREATE DATABASE $2" | psql postgres &&
        psql "$2" <"$1" >/dev/null && compose exec -T postgres pg_dump -U senex_user "$2" </dev/null >"$tmp/again.sql"
}
check "restore from standard input" restored "$tmp/backup.sql" again
check "what was restored is the backup, byte for byte" same_bytes "$tmp/again.sql" "$tmp/backup.sql"
podman exec senex_postgres_prod pg_dump -U senex_user again >"$tmp/direct.sql"
check "podman alone writes the same bytes" same_bytes "$tmp/again.sql" "$tmp/direct.sql"
check "restore from a compressed backup" restored "$tmp/unpacked.sql" unpacked

# ------------------------------------------------------------------ rotation on the running stack
# shellcheck source=stack/rotation.sh
. "$here/stack/rotation.sh"

# ------------------------------------------------------------------ scaling
both_scales() { quietly up -d --scale web=3 --scale celery_worker=3 && grep -q 'heeds only the last `--scale` of a command, not `web=3`' "$tmp/compose.log" && replicas "2 3"; }
check "up -d --scale web=3 --scale celery_worker=3: podman-compose keeps the last, and run says so" both_scales
check "up -d --scale web=3, by itself" quietly up -d --scale web=3
check "3 web and 3 worker replicas" replicas "3 3"
check "up -d --scale celery_worker=4, by itself" quietly up -d --scale celery_worker=4
check "3 web and 4 worker replicas" replicas "3 4"

# ------------------------------------------------------------------ volumes, and the wrong password
check "down --remove-orphans takes the added replicas as well" quietly down -t 1 --remove-orphans
check "and keeps the volumes" test "$(mine | wc -l) $(podman volume ls -q | grep -c "^${P}_postgres_data")" = "0 1"
check "volume export" podman volume export "${P}_postgres_data" -o "$tmp/postgres_data.tar"
podman volume rm "${P}_postgres_data" >/dev/null
podman volume create --label "io.podman.compose.project=$P" --label "com.docker.compose.project=$P" "${P}_postgres_data" >/dev/null
check "volume import" podman volume import "${P}_postgres_data" "$tmp/postgres_data.tar"
rm "$tmp/postgres_data.tar"
right=$(value_of DB_PASSWORD)
printf 'not the password of the database' | seal DB_PASSWORD
check "up -d postgres redis, with a wrong DB_PASSWORD" quietly up -d postgres redis
refuses() { ! quietly run --rm -T --no-deps web python manage.py setup --wait-only --timeout 3 && grep -q 'password authentication failed' "$tmp/compose.log"; }
check "the database refuses the wrong DB_PASSWORD" refuses
printf %s "$right" | seal DB_PASSWORD; unset right
check "up -d with the right one" quietly up -d
wait_until_healthy
check "the imported volume holds the rows" test "$(echo 'SELECT count(*) FROM kept' | psql senextrader)" = 1
take_down

# ------------------------------------------------------------------ profiles, in development
environment=development
up=1
check "--profile full up -d starts postgres" quietly --profile full up -d postgres redis
check "and it runs" test -n "$(svc postgres)"
compose --profile full down -v -t 1 </dev/null >/dev/null; take_down
environment=production

# ------------------------------------------------------------------ Docker Compose over podman's API socket
if [ -n "$docker_compose" ]; then
    up=1 podman_compose=$tool; tool=$docker_compose
    api_socket
    check "docker-compose up -d web" quietly up -d web
    passed() { podman inspect -f '{{range .State.Health.Log}}{{.ExitCode}} {{.End}}{{"\n"}}{{end}}' "$1" | awk '$1 == 0 {print $2; exit}'; }
    waits() { [ "$(date -d "$(passed senex_postgres_prod)" +%s%N)" -le "$(date -d "$(podman inspect -f '{{.State.StartedAt}}' ${P}-web-1 | cut -d' ' -f1,2,3)" +%s%N)" ]; }
    check "it started web only when postgres was healthy" waits
    take_down
    tool=$podman_compose; unset DOCKER_HOST
else
    say "SKIPPED: docker-compose over podman's API socket: none was given"
fi

# ------------------------------------------------------------------ nothing is left
also_finish() {
    [ $failed = 0 ] || return
    check "no file of this machine holds a secret of the stack, but podman's own" test -z "$(places /var/lib/containers/ /run/containers/ /run/libpod/)"
    say "      $(cat "$tmp/searched"); in podman's own places after down -v: $(places | xargs)"
}
finished=1
