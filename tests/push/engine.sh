#!/bin/sh
# What senex-env needs of `docker` and `podman`: secrets with labels that are never replaced, services and containers that
# use them. State and a log of arguments lie in $ENGINE_STATE; a secret whose name is in $ENGINE_STATE/refuse cannot be made,
# at one whose name is in $ENGINE_STATE/dies the engine goes down, and $ENGINE_STATE/meanwhile happens when a secret is made.
set -eu
cd "$ENGINE_STATE"
echo "$*" >>log
env | cut -d= -f1 >>variables
if [ -e down ]; then echo "cannot connect" >&2; exit 1; fi
case "$1 $2" in
"secret create")
    shift 2
    labels=
    while [ "$1" = --label ]; do
        labels="$labels${labels:+,}\"${2%%=*}\":\"${2#*=}\""
        shift 2
    done
    [ ! -e "secrets/$1" ] || { echo "secret $1 already exists" >&2; exit 1; }
    if [ -f refuse ] && grep -qxF "$1" refuse; then echo "refused" >&2; exit 1; fi
    if [ -f dies ] && grep -qxF "$1" dies; then touch down; echo "connection lost" >&2; exit 1; fi
    if [ -f meanwhile ]; then mv meanwhile happened; . ./happened; fi
    cat >"secrets/$1"
    [ -s "secrets/$1" ] || { echo "data is empty" >&2; exit 1; }
    printf '{"ID":"%s","Spec":{"Name":"%s","Labels":{%s}}}' "$1" "$1" "$labels" >"inspect/$1"
    ;;
"secret ls") ls secrets ;;
"secret inspect")
    shift 2
    if [ -f garbage ]; then cat garbage; exit; fi
    comma='['
    for name; do printf %s "$comma"; cat "inspect/$name"; comma=,; done
    echo ']'
    ;;
"secret rm") rm "secrets/$3" "inspect/$3" ;;
"service ls" | "ps -q") if [ -f used ]; then echo one; fi ;;
"service inspect" | "container inspect") cat used ;;
*) echo "unknown: $*" >&2; exit 2 ;;
esac
