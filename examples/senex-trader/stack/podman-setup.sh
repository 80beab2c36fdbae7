#!/usr/bin/env bash
# podman-setup.sh - podman and podman-compose usable on Debian 12 as root, also in a virtual machine or container
# without CAP_SYS_RESOURCE, with hybrid cgroups, or with something other than systemd as process 1.
#
# Idempotent, asks nothing. Installs missing Debian packages; everything else it writes lies in $STACK_STATE
# (/etc/containers is left alone: where settings are needed, CONTAINERS_CONF names a file with them).
# Afterwards:  . "${XDG_CACHE_HOME:-$HOME/.cache}/senex-env-stack/env.sh"
# Exit status: 0 ready, 1 failed, 77 not a machine for this script.
set -euo pipefail

STACK_STATE=${STACK_STATE:-${XDG_CACHE_HOME:-$HOME/.cache}/senex-env-stack}
PODMAN_COMPOSE_VERSION=1.6.0
PYTHON_DOTENV_VERSION=1.2.4
PYYAML_VERSION=6.0.3
PROBE=senex-trader-probe
PROBE_IMAGE=localhost/$PROBE:1

say() { printf 'podman-setup: %s\n' "$*" >&2; }
die() { say "ERROR: $*"; exit 1; }
if [ "$(id -u)" != 0 ] || ! grep -q '^VERSION_CODENAME=bookworm' /etc/os-release; then say "needs root on Debian 12"; exit 77; fi
mkdir -p "$STACK_STATE"
exec 9>"$STACK_STATE/.setup.lock"; flock 9

# ---------------------------------------------------------------- 1. Debian packages
# runc, because crun refuses hybrid cgroups; busybox-static is the probe image; curl and openssl are smoke.sh's
want=(podman conmon netavark aardvark-dns iptables runc busybox-static ca-certificates curl openssl python3-venv)
missing=()
for p in "${want[@]}"; do
    [ "$(dpkg-query -W -f='${db:Status-Abbrev}' "$p" 2>/dev/null || true)" = "ii " ] || missing+=("$p")
done
if [ ${#missing[@]} -gt 0 ]; then
    say "installing: ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    log=$STACK_STATE/apt.log
    apt_install() { apt-get -qq -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@" >"$log" 2>&1; }
    apt_install "${missing[@]}" || { apt-get -qq update >>"$log" 2>&1 && apt_install "${missing[@]}"; } ||
        { tail -5 "$log" >&2; die "apt-get install failed (log: $log)"; }
fi

# ---------------------------------------------------------------- 2. nothing to do?
# what the result depends on: this script, podman, the limits of this very process (they are written down below)
stamp="$(sha256sum <"$0" | cut -c1-16) $(podman --version 2>/dev/null) nofile=$(ulimit -Hn) nproc=$(ulimit -Hu) $(uname -r)"
venv=$STACK_STATE/venv
conf=$STACK_STATE/containers.conf
if [ "$(head -1 "$STACK_STATE/env.sh" 2>/dev/null || true)" = "# $stamp" ] && [ -x "$venv/bin/podman-compose" ]; then
    exit 0
fi
rm -f "$STACK_STATE/env.sh"
unset CONTAINERS_CONF

# ---------------------------------------------------------------- 3. podman-compose
if [ "$("$venv/bin/podman-compose" version --short 2>/dev/null || true)" != "$PODMAN_COMPOSE_VERSION" ]; then
    say "installing podman-compose $PODMAN_COMPOSE_VERSION"
    python3 -m venv --clear "$venv"
    "$venv/bin/pip" install -q --disable-pip-version-check "podman-compose==$PODMAN_COMPOSE_VERSION" \
        "python-dotenv==$PYTHON_DOTENV_VERSION" "PyYAML==$PYYAML_VERSION"
fi

# ---------------------------------------------------------------- 4. probes
using() { # CONF COMMAND...: with that containers.conf, or the system's where CONF is empty
    local file=$1; shift
    if [ -n "$file" ]; then CONTAINERS_CONF=$file "$@"; else "$@"; fi
}
build_probe() { # a static busybox and nothing else: no registry needed
    local dir; dir=$(mktemp -d)
    cp /bin/busybox "$dir/busybox"
    mkdir "$dir/bin"; for a in sh echo true sleep; do ln -s ../busybox "$dir/bin/$a"; done
    tar -C "$dir" -c . | podman import -q --change 'ENV PATH=/bin' --change 'CMD ["sh"]' - "$PROBE_IMAGE" >/dev/null 2>>"$STACK_STATE/probe.log"
    rm -rf "$dir"
}
runs() { # CONF: does a container start?
    local out
    out=$(using "$1" timeout 60 podman run --rm --network none --pull never "$PROBE_IMAGE" echo probe-ok 2>&1) && [[ $out == *probe-ok* ]] && return
    printf '%s: %s\n' "${1:-system default}" "$out" >>"$STACK_STATE/probe.log"; return 1
}
probe_network() {
    podman network create $PROBE &&
    podman run -d --rm --name $PROBE --network $PROBE --network-alias alpha --pull never "$PROBE_IMAGE" sleep 60 &&
    podman exec $PROBE true &&
    python3 - "$(podman network inspect -f '{{range .Subnets}}{{.Gateway}}{{end}}' $PROBE)" \
              "$(podman inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' $PROBE)" <<'PY'
import socket, sys
gateway, wanted = sys.argv[1:]
query = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00" + b"\x05alpha\x03dns\x06podman\x00\x00\x01\x00\x01"
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(2)
answer = b""
for _ in range(3):
    try:
        s.sendto(query, (gateway, 53))
        answer = s.recv(512)
        break
    except OSError as exc:
        print("asking", gateway, "for alpha:", exc)
if socket.inet_aton(wanted) not in answer:
    sys.exit(f"{gateway} does not resolve a container name to {wanted}")
PY
}
clear_probe() { podman rm -f -t 0 $PROBE; podman network rm -f $PROBE; }
networks() { # CONF: do `podman exec` (every health check needs it) and a network with name resolution work?
    local rc=0 out
    using "$1" clear_probe >/dev/null 2>&1 || true
    out=$(using "$1" probe_network 2>&1) || rc=1
    using "$1" clear_probe >/dev/null 2>&1 || true
    [ $rc = 0 ] || printf '%s: exec/network: %s\n' "${1:-system default}" "$out" >>"$STACK_STATE/probe.log"
    return $rc
}
: >"$STACK_STATE/probe.log"
podman image exists "$PROBE_IMAGE" 2>/dev/null || build_probe

# ---------------------------------------------------------------- 5. the smallest configuration that works
hard() { local v; v=$(ulimit -H "$1"); [ "$v" = unlimited ] && v=1048576; echo "$v"; }
min()  { if [ "$1" -lt "$2" ]; then echo "$1"; else echo "$2"; fi; }
write_conf() { # RUNTIME ("" = podman's choice) CLAMP ("" or "clamp")
    local n systemd=0
    [ ! -d /run/systemd/system ] || systemd=1
    {
        echo "# written by podman-setup.sh; used through CONTAINERS_CONF only"
        echo "[engine]"
        [ -z "$1" ] || echo "runtime = \"$1\""
        [ $systemd = 1 ] || { echo 'cgroup_manager = "cgroupfs"'; echo 'events_logger = "file"'; }
        echo "[containers]"
        if [ "$2" = clamp ]; then
            # podman asks for nofile=1048576 and nproc=4194304. Raising a hard limit needs CAP_SYS_RESOURCE; asking
            # for what podman itself has needs nothing. (It lowers its own nproc to kernel.pid_max, hence the min.)
            n=$(min "$(hard -u)" "$(cat /proc/sys/kernel/pid_max)")
            echo "default_ulimits = [\"nofile=$(hard -n):$(hard -n)\", \"nproc=$n:$n\"]"
        fi
        [ $systemd = 1 ] || echo 'log_driver = "k8s-file"'
        echo "[network]"
        echo 'network_backend = "netavark"'
    } >"$conf"
}
chosen=
if runs "" && networks ""; then
    chosen=system; rm -f "$conf"
else
    for runtime in "" runc; do for clamp in "" clamp; do
        write_conf "$runtime" "$clamp"
        if runs "$conf" && networks "$conf"; then chosen="own (runtime=${runtime:-default} ulimits=${clamp:-default})"; break 2; fi
    done; done
fi
[ -n "$chosen" ] || { cat "$STACK_STATE/probe.log" >&2; die "no podman configuration works here"; }

# ---------------------------------------------------------------- 6. the result
{
    echo "# $stamp"
    if [ "$chosen" = system ]; then echo "unset CONTAINERS_CONF"; else echo "export CONTAINERS_CONF='$conf'"; fi
    echo "export STACK_STATE='$STACK_STATE'"
    echo "export PODMAN_COMPOSE='$venv/bin/podman-compose'"
    # without systemd nothing times podman's health checks: healthd.py has to
    if [ -d /run/systemd/system ]; then echo "export STACK_NEED_HEALTHD=0"; else echo "export STACK_NEED_HEALTHD=1"; fi
} >"$STACK_STATE/env.sh"
say "containers.conf: $chosen; podman-compose $PODMAN_COMPOSE_VERSION; now: . $STACK_STATE/env.sh"
