#!/usr/bin/env python3
"""fingerprints.py FILE [OTHER NAME...] - compare secrets without showing them.

FILE alone: a short hash of every value of an env file (a JSON object, or dotenv, read with the library podman-compose
uses), in the form in which `manage.py fingerprint` prints those of a container.
With more: do FILE and OTHER, both in that form, agree on every NAME? NAME? may be empty in both, NAME may not.
"""
import hashlib
import json
import sys


def values(path):
    text = open(path, encoding="utf-8").read()
    if text.lstrip().startswith("{"):
        return json.loads(text)
    from dotenv import dotenv_values

    return dotenv_values(path, interpolate=False)


def main(path, other=None, *names):
    if other is None:
        return print(json.dumps({n: hashlib.sha256(v.encode()).hexdigest()[:16] if v else None for n, v in values(path).items()}))
    want, have = (json.load(open(p, encoding="utf-8")) for p in (path, other))
    wrong = []
    for name in names:
        optional, name = name.endswith("?"), name.rstrip("?")
        if have.get(name) != want.get(name):
            wrong.append(f"{name} differs")
        elif not (have.get(name) or optional):
            wrong.append(f"{name} is empty")
    sys.exit("\n".join(wrong) or None)


if __name__ == "__main__":
    main(*sys.argv[1:])
