#!/usr/bin/env bash
# build-images.sh - the images of the stack where no image registry can be reached, made from Debian packages:
#
#   docker.io/library/postgres:16-alpine   PostgreSQL 15 (what Debian 12 has)
#   docker.io/library/redis:7-alpine       Redis 7.0
#   docker.io/library/nginx:alpine         nginx 1.22
#   docker.io/library/python:3.11-slim     CPython 3.11 with pip
#
# under the names that the compose files and Dockerfiles ask for, so that nothing in them changes and nothing is
# pulled; and the two application images, localhost/senextrader:dev and :prod, from the real Dockerfiles.
# One root filesystem is shared, each image adds a thin layer. Does nothing when images of the same inputs exist;
# an image of that name which this script did not make is left alone and used as it is.
#
#   build-images.sh [--clean]      --clean removes what this script made
# Exit status as podman-setup.sh, which it calls.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
app=$(dirname "$here")
STACK_STATE=${STACK_STATE:-${XDG_CACHE_HOME:-$HOME/.cache}/senex-env-stack}; export STACK_STATE
"$here/podman-setup.sh" || exit $?
# shellcheck source=/dev/null
. "$STACK_STATE/env.sh"
exec 9>"$STACK_STATE/.build.lock"; flock 9

T0=$(date +%s%N)
lap() { local ms=$((($(date +%s%N) - T0) / 1000000)); printf '%d.%ds' $((ms / 1000)) $((ms % 1000 / 100)); }
say() { printf 'build-images: %s\n' "$*" >&2; }

LABEL=senex-trader.inputs
ROOTFS=localhost/senex-trader-rootfs:bookworm
BASES=(postgres:16-alpine redis:7-alpine nginx:alpine python:3.11-slim)
PIP_VERSION=24.3.1

# what is asked of apt, with dependencies ...
PKGS=(base-files base-passwd bash dash coreutils debianutils diffutils findutils grep sed gzip tar hostname
      mawk libc-bin netbase tzdata util-linux procps ca-certificates openssl curl wget netcat-openbsd passwd login
      python3 python3-distutils media-types postgresql-15 postgresql-client-15 redis-server redis-tools nginx)
# ... and what of it no container needs: no maintainer script ever runs here, LLVM serves PostgreSQL's JIT only, perl its wrappers
SKIP='^(perl|perl-base|perl-modules-.*|libperl5.*|libgdbm.*|libllvm.*|libz3-.*|libedit2|libbsd0-dev|locales|libc-l10n|dpkg|debconf|ssl-cert|ucf|sensible-utils|adduser|libpam-modules.*|libpam-runtime|init-system-helpers|lsb-base|sysvinit-utils|postgresql-common|postgresql-client-common|libjson-perl|.*-perl|iproute2|libelf1|libbpf1|libmnl0|libxtables12|libcap2-bin|libatm1|gcc-12-base|e2fsprogs|mount|logsave|python3-lib2to3)$'
EXCLUDE=('./usr/share/doc/*' './usr/share/man/*' './usr/share/info/*' './usr/share/locale/*' './usr/share/zoneinfo/right/*'
         './usr/share/zoneinfo/posix/*' './usr/share/lintian/*' './lib/systemd/*' './usr/share/bash-completion/*'
         './usr/lib/postgresql/15/lib/bitcode*' '*/llvmjit*')

digest() { sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16; }
root_hash=$(sha256sum <"$here/build-images.sh" | cut -c1-16)
base_hash=$root_hash-$(cd "$here" && find images -type f -print0 | digest)
app_hash=$base_hash-$(cd "$app" && find .dockerignore requirements.txt manage.py docker core senextrader -type f ! -path '*/__pycache__/*' -print0 | digest)
label_of() { podman image inspect -f "{{index .Labels \"$LABEL\"}}" "$1" 2>/dev/null || true; }
current() { [ "$(label_of "$1")" = "$2" ]; }

if [ "${1:-}" = --clean ]; then
    podman images -q --filter "label=$LABEL" | sort -u | xargs -r podman rmi -f >/dev/null
    podman rmi -f localhost/senex-trader-probe:1 >/dev/null 2>&1 || true
    rm -rf "$STACK_STATE/debs" "$STACK_STATE/pip"; say "cleaned"; exit 0
fi

# ------------------------------------------------------------------------------ root filesystem
plan() { # what apt would install on an empty system: one line "'URI' FILE SIZE HASH" a package, whatever it has downloaded before
    apt-get -qq -o Dir::State::status="$work/status" -o Dir::Cache::Archives="$work/archives" -o Debug::NoLocking=1 -o APT::Install-Recommends=0 --print-uris install "${PKGS[@]}"
}
fetch() {
    plan >"$work/uris" && awk '{split($2, a, "_"); print a[1]}' "$work/uris" | grep -Ev "$SKIP" >"$work/list" &&
        (cd "$debs" && xargs -a "$work/list" apt-get -qq -o Debug::NoLocking=1 -o APT::Sandbox::User=root download)
}
make_rootfs() {
    debs=$STACK_STATE/debs
    work=$(mktemp -d "$STACK_STATE/rootfs.XXXXXX"); trap 'rm -rf "$work"' EXIT
    local root=$work/root d name id home file
    mkdir -p "$debs" "$root" "$work/archives/partial"
    : >"$work/status"
    fetch 2>"$work/err" || { say "package lists are stale: apt-get update"; apt-get -qq update; fetch; }
    say "$(wc -l <"$work/list") packages at $(lap)"

    for d in bin sbin lib lib64; do mkdir -p "$root/usr/$d"; ln -s "usr/$d" "$root/$d"; done
    while read -r _ file _; do
        grep -qxF "${file%%_*}" "$work/list" || continue
        dpkg-deb --fsys-tarfile "$debs/$file" | tar -x -C "$root" --keep-directory-symlink "${EXCLUDE[@]/#/--exclude=}"
    done <"$work/uris"

    # what maintainer scripts would have done
    cp "$root/usr/share/base-passwd/passwd.master" "$root/etc/passwd"
    cp "$root/usr/share/base-passwd/group.master"  "$root/etc/group"
    while read -r name id home; do
        echo "$name:x:$id:$id::$home:/bin/sh" >>"$root/etc/passwd"; echo "$name:x:$id:" >>"$root/etc/group"
    done <<<$'postgres 999 /var/lib/postgresql\nredis 998 /data\nnginx 101 /var/cache/nginx'
    printf 'passwd: files\ngroup: files\nhosts: files dns\nservices: files\n' >"$root/etc/nsswitch.conf"
    mkdir -p "$root"/{tmp,root,home,data,docker-entrypoint-initdb.d,etc/nginx/conf.d,run/{lock,postgresql}} \
             "$root"/var/{tmp,lib/postgresql/data,log/nginx,lib/nginx,cache/nginx} "$root"/usr/local/{bin,lib/python3.11/dist-packages}
    chmod 1777 "$root/tmp" "$root/var/tmp"
    rm -rf "$root/var/run" "$root/var/lock"; ln -s /run "$root/var/run"; ln -s /run/lock "$root/var/lock"
    [ -e "$root/bin/sh" ] || ln -s dash "$root/bin/sh"
    ln -sf mawk "$root/usr/bin/awk"; ln -sf nc.openbsd "$root/bin/nc"; ln -sf python3 "$root/usr/bin/python"
    [ -e "$root/usr/bin/which" ] || ln -s which.debianutils "$root/usr/bin/which"
    rm -f "$root"/usr/lib/python3*/EXTERNALLY-MANAGED
    # pip and curl inside trust whatever this machine trusts
    mkdir -p "$root/etc/ssl/certs"; cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"

    local wheel=$STACK_STATE/pip/pip-$PIP_VERSION-py3-none-any.whl
    [ -f "$wheel" ] || "$STACK_STATE/venv/bin/pip" download -q --disable-pip-version-check --no-deps -d "${wheel%/*}" "pip==$PIP_VERSION"
    python3 -m zipfile -e "$wheel" "$root/usr/local/lib/python3.11/dist-packages"
    printf '#!/usr/bin/python3\nimport sys\nfrom pip._internal.cli.main import main\nsys.exit(main())\n' >"$root/usr/local/bin/pip"
    chmod +x "$root/usr/local/bin/pip"; ln -sf pip "$root/usr/local/bin/pip3"
    ldconfig -r "$root"
    chroot "$root" /usr/bin/python3 -m compileall -q -x 'lib2to3|idlelib|pydoc_data|turtle' /usr/lib/python3.11 >/dev/null || true

    tar -C "$root" -c . | podman import -q --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
        --change 'ENV LANG=C.UTF-8' --change 'CMD ["bash"]' --change "LABEL $LABEL=$root_hash" - $ROOTFS >/dev/null
    say "root filesystem of $(du -sm "$root" | cut -f1) MB at $(lap)"
    rm -rf "$work"; trap - EXIT
}

for base in "${BASES[@]}"; do
    image=docker.io/library/$base
    current "$image" "$base_hash" && continue
    if podman image exists "$image" && [ -z "$(label_of "$image")" ]; then say "$image is not from here: used as it is"; continue; fi
    current $ROOTFS "$root_hash" || make_rootfs
    podman build -q --pull-never -t "$image" --label "$LABEL=$base_hash" --build-arg ROOTFS=$ROOTFS "$here/images/${base%%:*}" >/dev/null
    say "built $image at $(lap)"
done

# ------------------------------------------------------------------------------ application images
for kind in prod dev; do
    image=localhost/senextrader:$kind
    current "$image" "$app_hash" && continue
    file=$app/docker/Dockerfile; [ $kind = prod ] || file=$file.dev
    podman build -q --layers --label "$LABEL=$app_hash" -t "$image" -f "$file" "$app" >/dev/null
    say "built $image at $(lap)"
done
# what earlier builds of this script left without a name
podman image prune -f --filter "label=$LABEL" >/dev/null 2>&1 || true
say "all images are there ($(lap))"
