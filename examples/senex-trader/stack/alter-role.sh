#!/bin/sh
# alter-role.sh - what a new DB_PASSWORD needs (`after_rotate` of that key): the database is told. It reads the password from
# standard input; no argument, variable or file holds it. The database lets its own socket in without one.
set -eu
[ "${SENEX_ENV:-production}" = production ] || exit 0 # development has no PostgreSQL
quoted=$(sed "s/'/''/g")
printf "ALTER ROLE CURRENT_USER PASSWORD '%s';\n" "$quoted" |
    podman exec -i senex_postgres_prod psql -q -v ON_ERROR_STOP=1 -U "${DB_USER:-senex_user}" postgres
