#!/usr/bin/env python3
"""canaries.py watch|search - where do these values show? They come on standard input, a line each, never as arguments.

watch           looks at the command line and the environment of every process of this machine, over and over, until SIGTERM;
                then one line a place and program. Not its own.
search SINCE    reads every regular file of every disk and memory file system that changed after the file SINCE was made, and
                prints the path of each that holds one: as it is, or in base64.
"""
import base64
import os
import signal
import subprocess
import sys

PSEUDO = {"proc", "sysfs", "cgroup", "cgroup2", "devpts", "devtmpfs", "mqueue", "debugfs", "tracefs", "securityfs", "bpf", "pstore",
          "overlay", "nsfs", "configfs", "fusectl", "hugetlbfs", "autofs", "binfmt_misc"}  # overlay: its upper folders are searched


def forms(value):
    """The value, and the part of its base64 that does not depend on what stands before and after it."""
    yield value
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + value)
        yield encoded[4:-4]


def finder(values):
    wanted = [form for value in values for form in forms(value)]
    return lambda text: any(form in text for form in wanted)


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def watch(wanted):
    seen, running = {}, True

    def stop(*_):
        nonlocal running
        running = False

    signal.signal(signal.SIGTERM, stop)
    print("watching", flush=True)
    parent = os.getppid()  # whoever started it and was killed has nobody left to stop it
    while running and os.getppid() == parent:
        for pid in filter(str.isdigit, os.listdir("/proc")):
            for place in ("cmdline", "environ"):
                if wanted(read(f"/proc/{pid}/{place}")):
                    program = read(f"/proc/{pid}/comm").decode(errors="replace").strip()
                    seen[place, program] = seen.get((place, program), 0) + 1
    for (place, program), times in sorted(seen.items()):
        print(place, program, times)


def search(wanted, since):
    roots = {fields[1] for fields in map(str.split, open("/proc/mounts")) if fields[2] not in PSEUDO}
    find = ["find", *sorted(roots), "-xdev", "-type", "f", "-cnewer", since, "-print0"]
    listed = subprocess.run(find, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    paths = set(filter(None, listed.split(b"\0")))
    for path in sorted(paths):
        if wanted(read(path)):
            print(os.fsdecode(path))
    print(len(paths), "files read", file=sys.stderr)


def main(action, since=None):
    wanted = finder([line for line in sys.stdin.buffer.read().splitlines() if line])
    watch(wanted) if action == "watch" else search(wanted, since)


if __name__ == "__main__":
    main(*sys.argv[1:])
