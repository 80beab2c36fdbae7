# shellcheck shell=bash disable=SC2154
# rotation.sh - part of operations.sh: new values on the running stack, while somebody keeps asking.

asking() { # one answer a line: when it was asked for, the status, curl's exit status, and the seconds that it took; a tenth of a second apart
    while :; do printf '%s %s\n' "$(date +%s%N)" "$(curl -s -m 15 -o /dev/null -w '%{http_code} %{exitcode} %{time_total}' "$url/health/")"; sleep 0.1; done >"$tmp/answers"
}
which_were_lost() { awk -v from="$1" -v to="$2" '$1 >= from && $1 <= to && $2 != 200 {printf "%s status %s, curl %s after %ss; ", strftime("%T", $1 / 1e9), $2, $3, $4}' "$tmp/answers"; }
lost() { awk -v from="$1" -v to="$2" '$1 >= from && $1 <= to {all++; if ($2 != 200) bad++} END {print bad + 0 " of " all + 0}' "$tmp/answers"; }
sign() { compose exec -T web python manage.py shell -c 'from django.core import signing; print(signing.dumps("session"))' </dev/null | tail -1; }
verifies() { compose exec -T web python manage.py shell -c "from django.core import signing; print(signing.loads('$1'))" </dev/null 2>/dev/null | grep -q '^session'; }
verifies_no_more() { ! verifies "$@"; }
rotate() { (cd "$copy" && "$bin" rotate -y -e production "$@") >>"$tmp/compose.log" 2>&1 </dev/null; }
one_by_one() { (cd "$copy" && examples/senex-trader/stack/one-by-one.sh "$1" "$bin" run -e production -- "$tool") 2>>"$tmp/compose.log" </dev/null; }
others() { quietly up -d --no-deps celery_worker celery_beat; }
allow() { (cd "$copy" && "$bin" trust -y) >>"$tmp/compose.log" 2>&1 </dev/null; }
untrusted() { ! rotate DB_PASSWORD && grep -q 'a command that you have not allowed' "$tmp/compose.log"; }
logs_in() { # with the password of standard input, over TCP as the application does
    podman exec -i ${P}_web_1 python -c 'import psycopg, sys; psycopg.connect(host="postgres", user="senex_user", dbname="senextrader", password=sys.stdin.read())'
}
export XDG_DATA_HOME="$tmp/data" # where what is trusted is remembered

sed -i '/^\[keys.DB_PASSWORD\]/a generate = "password:40"\nafter_rotate = ["examples/senex-trader/stack/alter-role.sh"]' "$copy/envs/senex-env.toml"
asking 7>&- 8>&- & asker=$!; background+=("$asker")

# SECRET_KEY: what was signed with the old one stays valid
signed=$(sign)
check "rotate SECRET_KEY" rotate SECRET_KEY
postgres_was=$(podman inspect -f '{{.Id}}' senex_postgres_prod)
before=$(date +%s%N)
check "web gets the new one, one replica after the other" one_by_one web
after=$(date +%s%N)
say "      requests lost while they restart: $(lost "$before" "$after")"
check "no request was lost" test "$(lost "$before" "$after" | cut -d' ' -f1)" = 0
check "worker and beat get it" others
sealed_fingerprints >"$tmp/sealed.json"
for c in $(svc web); do check "$c has the new SECRET_KEY and its fallback" same "$c" SECRET_KEY SECRET_KEY_FALLBACKS; done
check "a signature of the old SECRET_KEY verifies" verifies "$signed"

# DB_PASSWORD: the database is told by the key's after_rotate, which runs only after trust
old=$(value_of DB_PASSWORD)
check "rotate DB_PASSWORD refuses a command that nobody allowed" untrusted
check "and changed nothing" test "$(value_of DB_PASSWORD)" = "$old"
check "trust" allow
rotated=$(date +%s%N)
check "rotate DB_PASSWORD" rotate DB_PASSWORD
canaries+=("$(value_of DB_PASSWORD)" "$(value_of SECRET_KEY)")
new_logs_in() { value_of DB_PASSWORD | logs_in; }
old_is_refused() { ! printf %s "$old" | logs_in; }
check "the database takes the new password" new_logs_in
check "and not the old one" old_is_refused
check "rotate SECRET_KEY --finish" rotate SECRET_KEY --finish
check "web gets both, one replica after the other" one_by_one web
check "worker and beat get them" others
restarted=$(date +%s%N)
say "      requests lost from the new password to the restart's end: $(lost "$rotated" "$restarted")"
check "the old signature verifies no more" verifies_no_more "$signed"
sealed_fingerprints >"$tmp/sealed.json"
for c in $(svc web) $(svc celery_worker) $(svc celery_beat); do check "secrets of $c are the sealed ones" same "$c" SECRET_KEY DB_PASSWORD; done
sleep 2; kill "$asker" 2>/dev/null; wait "$asker" 2>/dev/null
if [ "$(lost 0 9e18 | cut -d' ' -f1)" != 0 ]; then
    say "      lost in all that time: $(which_were_lost 0 9e18)nginx says of it:"
    podman logs senex_nginx 2>&1 | grep -F '[error]' | sed 's/, client:.*upstream:/ upstream:/; s/, host:.*//' | tail -20 | cut -c1-200
fi
check "the database was not restarted" test "$(podman inspect -f '{{.Id}}' senex_postgres_prod)" = "$postgres_was"
check "no request was lost in all that time" test "$(lost 0 9e18 | cut -d' ' -f1)" = 0
say "      requests answered during the rotations: $(lost 0 9e18 | cut -d' ' -f3)"
unset old signed XDG_DATA_HOME
