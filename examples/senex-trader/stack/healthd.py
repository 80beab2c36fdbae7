#!/usr/bin/env python3
"""healthd.py PROJECT - runs podman health checks where there is no systemd to time them.

podman hands the timing of `--health-cmd` to systemd timers; without systemd the state of every
container stays "starting" for ever.  This does what the timers would do, for the containers of one
compose project: `podman healthcheck run` every interval.  In addition, while a container is still
"starting", the test is tried every second with `podman exec`, and recorded as soon as it passes, so
that nobody waits a whole interval for the first result.  Failures of that trial are not recorded:
retries and start_period keep their meaning.  It ends half a minute after the last container.
"""
import json
import subprocess
import sys
import time


def podman(*args):
    return subprocess.run(["podman", *args], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def trial(cid, test, timeout):
    command = ["/bin/sh", "-c", test[1]] if test[0] == "CMD-SHELL" else test[1:]
    try:
        return subprocess.run(["podman", "exec", cid, *command], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, timeout=timeout).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def main(project):
    due, seen = {}, {}
    idle = -3600  # up to an hour for the first one: building images takes time
    while idle < 30:
        ids = podman("ps", "-q", "--no-trunc", "--filter", f"label=com.docker.compose.project={project}").stdout.split()
        idle = 0 if ids else idle + 1
        for cid in [i for i in seen if i not in ids]:
            del seen[cid]
            due.pop(cid, None)
        starting = podman("ps", "-q", "--no-trunc", "--filter", "health=starting").stdout.split() if ids else []
        for cid in ids:
            if cid not in seen:
                info = json.loads(podman("inspect", cid).stdout or "[]")
                check = (info[0]["Config"].get("Healthcheck") or {}) if info else {}
                test = check.get("Test") or ["NONE"]
                seen[cid] = None if test[0] == "NONE" else (test, check.get("Interval", 30e9) / 1e9, check.get("Timeout", 30e9) / 1e9)
                if seen[cid]:
                    due[cid] = time.monotonic() + seen[cid][1]
            if not seen[cid]:
                continue
            test, interval, timeout = seen[cid]
            if time.monotonic() >= due[cid] or (cid in starting and trial(cid, test, timeout)):
                podman("healthcheck", "run", cid)
                due[cid] = time.monotonic() + interval
        time.sleep(1)


if __name__ == "__main__":
    main(sys.argv[1])
