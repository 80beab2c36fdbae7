# shellcheck shell=bash disable=SC2154
# lib.sh - what the scripts of this example share: one stack at a time, on a copy of the repository, and nothing left behind.
#
# Set before it is sourced: `here` (this example), `repo` (the repository), `name` (of the script).
# Set before `begin`: `bin` (senex-env, or empty) and `tool` (the compose program, or empty for the one that was installed).
# Set before `compose`: `environment` (for senex-env), or `env_file` and `mode` (for plain compose).

P=senexsmoke; export COMPOSE_PROJECT_NAME=$P
export STACK_STATE="${STACK_STATE:-${XDG_CACHE_HOME:-$HOME/.cache}/senex-env-stack}"
env_file='' mode='' tool='' environment='' keep=0 limit=180

# ------------------------------------------------------------------ saying
T0=$(date +%s%N)
say() { local ms=$((($(date +%s%N) - T0) / 1000000)); printf '[%4d.%ds] %s\n' $((ms / 1000)) $((ms % 1000 / 100)) "$*"; }
failed=0 finished=0 # the last line of a script sets the latter: one that dies on the way has not passed
failures=() # said again at the end, where a long log is still read
fail() { say "FAIL  $*"; failed=1; failures+=("$*"); }
stop() { fail "$@"; exit 1; }
check() { # DESCRIPTION COMMAND...
    local what=$1; shift
    if "$@" >"$tmp/check.out" 2>&1; then say "ok    $what"; else fail "$what"; tail -5 "$tmp/check.out" | cut -c1-300 | sed 's/^/            /'; return 1; fi
}

usage() { # [WHAT IS WRONG]: the head of the script, or that
    if [ $# = 0 ]; then sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//p}' "$0" >&2; else echo "${0##*/}: $*" >&2; fi
    exit 2
}

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
for_production() { # senex-env, the environment, and the demonstration's identity
    bin=$(command -v -- "${SENEX_ENV_BIN:-senex-env}") || usage "no senex-env (set SENEX_ENV_BIN)"
    bin=$(readlink -f "$bin") environment=production
    export SENEX_ENV_KEY_FILE="$repo/tests/identities/demo.txt"
}
tracer=() # before senex-env: nothing, or what `trace` puts there
compose() { # ARGUMENTS...: as a user would type them; standard input is the command's
    if [ -n "$env_file" ]; then
        (cd "$copy/examples/senex-trader" && "$tool" --env-file "$env_file" -f docker-compose.yml -f "docker-compose.$mode.yml" "$@")
    else
        (cd "$copy" && "${tracer[@]}" "$bin" run -e "$environment" -- "$tool" "$@")
    fi 2>>"$tmp/compose.log" 7>&- 8>&-
}
sealed_fingerprints() {
    if [ -n "$env_file" ]; then
        "$STACK_STATE/venv/bin/python" "$here/stack/fingerprints.py" "$env_file"
    else
        (cd "$copy" && "$bin" run -e "$environment" --format json -- python3 "$here/stack/fingerprints.py" '{}')
    fi </dev/null 2>>"$tmp/compose.log"
}

# ------------------------------------------------------------------ begin and end
background=() up=0
in_background() { "$@" </dev/null >/dev/null 2>&1 7>&- 8>&- & background+=($!); }

begin() { # PORT...: one at a time, images, a clean start, a copy to work on
    local clash port
    mkdir -p "$STACK_STATE"; exec 7>&1 8>"$STACK_STATE/.smoke.lock"
    flock -w 1800 8 || { echo "another test of the stack has been running for half an hour" >&2; exit 1; }
    T0=$(date +%s%N) # the time of others is not ours
    tmp=$(mktemp -d "${TMPDIR:-/tmp}/senex-$name.XXXXXX"); copy=$tmp/repo
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
    volumes >"$tmp/volumes.before"; runtime_files >"$tmp/runtime.before"
    [ -z "$(leftovers)" ] || { say "clearing up after an earlier run"; sweep >/dev/null 2>&1; }
    clash=$(podman ps -a --format '{{.Names}}' 2>/dev/null | grep '^senex_' | xargs)
    [ -z "$clash" ] || stop "containers with the compose files' fixed names are there: $clash"
    for port in "$@"; do ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || stop "port $port is taken"; done
    mkdir -p "$copy/examples"; cp -r "$here" "$copy/examples/senex-trader"
    (cd "$copy/examples/senex-trader" && rm -rf db.sqlite3* logs staticfiles celerybeat-schedule*)
    [ ! -d "$repo/envs" ] || cp -r "$repo/envs" "$copy/envs"
}
health_checks() { # where there is no systemd to time them
    [ "$STACK_NEED_HEALTHD" = 0 ] || in_background python3 "$here/stack/healthd.py" $P
}
api_socket() { # podman's API for a docker-compose
    in_background podman system service --time=0 "unix://$tmp/podman.sock"
    for _ in 1 2 3 4 5 6 7 8 9 10; do [ -S "$tmp/podman.sock" ] && break; sleep 0.3; done
    export DOCKER_HOST=unix://$tmp/podman.sock
}
take_down() {
    local left
    compose down -v -t 2 </dev/null >/dev/null || fail "down -v: exit status $?"
    up=0
    left=$(leftovers | xargs)
    if [ -n "$left" ]; then fail "left behind by down -v: $left"; sweep >/dev/null 2>&1; else say "ok    down -v left no container, volume, network or pod"; fi
}
main=$BASHPID
finish() { # the end, however it comes
    local left pid c
    [ "$BASHPID" = "$main" ] || return
    trap - EXIT INT TERM
    exec >&7 2>&7 # a signal may come in the middle of a check, whose output goes elsewhere
    [ $finished = 1 ] || failed=1
    if [ $up = 1 ] && [ "$keep" = 1 ] && [ $failed = 0 ]; then kept; exit 0; fi
    if [ $failed = 1 ]; then
        for c in $(mine); do echo "--- $c: $(podman inspect -f '{{.State.Status}}' "$c")"; podman logs --tail 8 "$c" 2>&1 | cut -c1-200; done
        [ ! -s "$tmp/compose.log" ] || { echo "--- compose"; tail -20 "$tmp/compose.log"; }
    fi
    if [ $up = 1 ]; then take_down; fi
    if declare -F also_finish >/dev/null; then also_finish; fi
    if [ -z "$env_file" ] && [ -f "$tmp/runtime.before" ]; then
        left=$(new_runtime_files | xargs)
        if [ -n "$left" ]; then fail "senex-env left behind: $left"; else say "ok    senex-env left no file in memory"; fi
    fi
    for pid in "${background[@]}"; do kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null; done
    rm -rf "$tmp"
    if [ $failed = 0 ]; then say PASS; exit 0; fi
    [ ${#failures[@]} = 0 ] || printf 'failed: %s\n' "${failures[@]}"
    say FAIL; exit 1
}

# ------------------------------------------------------------------ health
states() { # "name status health", one line a container; "-" where there is no health check
    mine | xargs -r podman inspect -f '{{.Name}} {{.State.Status}} {{if .Config.Healthcheck}}{{.State.Health.Status}}{{end}}' 2>/dev/null |
        awk '{print $1, $2, (NF > 2 ? $3 : "-")}'
}
all_good() { local s; s=$(states); [ -n "$s" ] && ! echo "$s" | grep -qvE ' running (healthy|-)$'; }
looping() { mine | xargs -r podman inspect -f '{{.Name}} {{.RestartCount}}' 2>/dev/null | awk '$2 >= 5 {print $1}' | xargs; }
wait_until_healthy() {
    local deadline loop
    deadline=$(($(date +%s) + limit))
    until all_good; do
        [ "$(date +%s)" -lt $deadline ] || { states; stop "not healthy after ${limit}s"; }
        loop=$(looping); [ -z "$loop" ] || stop "restarting over and over: $loop"
        sleep 1
    done
    say "ok    all running, health checks passed: $(states | awk '{printf "%s%s ", $1, $3 == "healthy" ? "(healthy)" : ""}')"
}

# ------------------------------------------------------------------ asking the application
url=http://localhost
health() { curl -sS -m 10 "$url/health/"; }
field() { health | python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }
is() { [ "$(field "$1")" = "$2" ] || { health; return 1; }; }
eventually() { local end=$(($(date +%s) + 60)); until "$@"; do [ "$(date +%s)" -lt $end ] || return 1; sleep 1; done; }
has() { curl -ksS -m 10 "${@:2}" | tr -d '\r' | grep -E "$1"; }
same() { # CONTAINER NAME...: its secrets are the sealed ones
    local container=$1 plain=("${@:2}")
    podman exec "$container" python manage.py fingerprint "${plain[@]%\?}" | tail -1 >"$tmp/have.json"
    python3 "$here/stack/fingerprints.py" "$tmp/sealed.json" "$tmp/have.json" "${@:2}"
}

# ------------------------------------------------------------------ values that must not be seen
random_text() { head -c 300 /dev/urandom | base64 -w0 | tr -dc a-zA-Z0-9 | cut -c"1-$1"; } # in a pipe, never as an argument
canaries=("canary-$(random_text 16)") # what all of them begin with, and values that are found in no other way
canary() { # KEY: a value that was never seen before, sealed
    if [ "$1" = FIELD_ENCRYPTION_KEY ]; then printf '%s%sA=' "${canaries[0]}" "$(random_text 19)"; else printf '%s%s' "${canaries[0]}" "$(random_text 40)"; fi | seal "$1"
}
seal() { (cd "$copy" && "$bin" set -q -y -e "$environment" "$1") 2>>"$tmp/compose.log"; } # KEY, the value on standard input
value_of() { (cd "$copy" && "$bin" get -y -e "$environment" "$1"); }
canary_values() { # in the production of the copy; everything that holds one is newer than $tmp/since
    local key
    : >"$tmp/since"
    for key in DB_PASSWORD SECRET_KEY FIELD_ENCRYPTION_KEY TASTYTRADE_CLIENT_ID TASTYTRADE_CLIENT_SECRET; do canary $key || return 1; done
    sealed_fingerprints >"$tmp/sealed.json"
}
trace() { # from now on, whatever podman and docker are started with by senex-env and its children is looked at
    local program
    mkdir "$tmp/traced"; printf '%s\n' "${canaries[@]}" >"$tmp/traced/values"; tracer=(env "PATH=$tmp/traced:$PATH")
    for program in podman docker; do
        command -v $program >/dev/null || continue
        cat >"$tmp/traced/$program" <<WRAPPER
#!/bin/bash
echo $program >>"$tmp/traced/all"
if { printf '%s\n' "\$@"; cat /proc/self/environ; } | grep -qaF -f "$tmp/traced/values"; then echo "$program \$1" >>"$tmp/traced/seen"; fi
exec $(command -v $program) "\$@"
WRAPPER
        chmod +x "$tmp/traced/$program"
    done
}
traced() { # no more; `seen` is which were started with a value among their arguments or in their environment
    tracer=()
    say "      looked at $(wc -l <"$tmp/traced/all") starts"
    seen=$(sort "$tmp/traced/seen" 2>/dev/null | uniq -c)
    rm -rf "$tmp/traced"
}
watch_processes() {
    printf '%s\n' "${canaries[@]}" | python3 "$here/stack/canaries.py" watch >"$tmp/watched" 2>&1 7>&- 8>&- & watcher=$!
    eventually grep -q watching "$tmp/watched"
}
watched() { kill "$watcher"; wait "$watcher"; grep -v watching "$tmp/watched"; } # the places where one was seen
places() { # [PREFIX...]: files that hold one, but those below the prefixes, which are the engine's own places
    local prefix
    printf '%s\n' "${canaries[@]}" | python3 "$here/stack/canaries.py" search "$tmp/since" 2>"$tmp/searched" >"$tmp/places"
    for prefix in "$@"; do grep -v "^$prefix" "$tmp/places" >"$tmp/rest"; mv "$tmp/rest" "$tmp/places"; done
    cat "$tmp/places"
}
