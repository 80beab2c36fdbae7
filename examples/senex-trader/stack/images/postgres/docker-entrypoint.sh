#!/bin/bash
# Small PostgreSQL entrypoint: POSTGRES_DB, POSTGRES_USER, POSTGRES_PASSWORD (each also as *_FILE),
# POSTGRES_INITDB_ARGS, POSTGRES_HOST_AUTH_METHOD, /docker-entrypoint-initdb.d/*.{sql,sql.gz,sh}.
set -eu
from_file() { # NAME: take the value from NAME_FILE when that is set; no program that is started here needs to see it
    local f=$1_FILE
    if [ -n "${!f:-}" ]; then printf -v "$1" %s "$(cat "${!f}")"; unset "$f"; fi
}
case ${1:-postgres} in -*) set -- postgres "$@" ;; esac
[ "$1" = postgres ] || exec "$@"

if [ "$(id -u)" = 0 ]; then
    mkdir -p "$PGDATA" /run/postgresql
    chown -R postgres:postgres "$PGDATA" /run/postgresql; chmod 700 "$PGDATA"
    exec setpriv --reuid=postgres --regid=postgres --clear-groups env HOME=/var/lib/postgresql "$0" "$@"
fi

if [ ! -s "$PGDATA/PG_VERSION" ]; then
    from_file POSTGRES_PASSWORD; from_file POSTGRES_USER; from_file POSTGRES_DB; from_file POSTGRES_INITDB_ARGS
    user=${POSTGRES_USER:-postgres}; db=${POSTGRES_DB:-$user}; auth=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
    if [ -z "${POSTGRES_PASSWORD:-}" ] && [ "$auth" != trust ]; then
        echo "Error: the database is not initialised and POSTGRES_PASSWORD is empty." >&2
        exit 1
    fi
    # shellcheck disable=SC2086  # several arguments are meant
    initdb --username="$user" --pwfile=<(printf '%s\n' "${POSTGRES_PASSWORD:-unused}") --encoding=UTF8 --locale=C.UTF-8 \
           --auth-local=trust --auth-host="$auth" --no-sync ${POSTGRES_INITDB_ARGS:-} >/dev/null
    echo "host all all all $auth" >>"$PGDATA/pg_hba.conf"
    printf "listen_addresses = '*'\njit = off\n" >>"$PGDATA/postgresql.conf"
    # set up over the socket only, so that nobody can connect before the database exists
    pg_ctl -s -w -D "$PGDATA" -o "-c listen_addresses=''" start
    run() { psql -v ON_ERROR_STOP=1 --no-psqlrc -q -U "$user" -d "$1" "${@:2}"; }
    [ "$db" = postgres ] || run postgres -v db="$db" <<<'CREATE DATABASE :"db";'
    # shellcheck disable=SC1090  # whatever is there is run
    for f in /docker-entrypoint-initdb.d/*; do
        case $f in
            *.sh) . "$f" ;;
            *.sql) run "$db" -f "$f" ;;
            *.sql.gz) gunzip -c "$f" | run "$db" ;;
        esac
    done
    pg_ctl -s -w -D "$PGDATA" -m fast stop
    echo "PostgreSQL init process complete; ready for start up."
fi
unset POSTGRES_PASSWORD
exec "$@"
