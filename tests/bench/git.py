"""See tests/bench/git."""

import os
import pathlib
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time

SENEX = sys.argv[1]
GITLEAKS = sys.argv[2] if len(sys.argv) > 2 else None
COMMITS = int(os.environ.get("COMMITS", "20000"))
RUNS = int(os.environ.get("RUNS", "15"))
ENVIRONMENT = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"} | {
    f"GIT_{who}_{what}": "ana@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
}
dice = random.Random(1)
words = ["".join(dice.choices("abcdefghijklmnopqrstuvwxyz_", k=dice.randint(3, 11))) for _ in range(5000)]


def line():
    return "    " * dice.randint(0, 4) + " ".join(dice.choices(words, k=dice.randint(2, 11))) + "\n"


class Repository:
    def __init__(self, folder):
        self.path = pathlib.Path(folder, "repo")
        self.environment = ENVIRONMENT | {"HOME": str(folder)}
        self.path.mkdir(parents=True)
        self.run("git", "init", "-q", "-b", "main")

    def run(self, *command, **more):
        return subprocess.run(command, cwd=self.path, env=self.environment, check=True, capture_output=True, **more)

    def write(self, name, text):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def seal(self):
        """Two environments of 30 values each, and the hooks."""
        recipient = self.run(SENEX, "identity", "new", "--no-passphrase").stdout.decode().strip()
        names = ["development", "production"]
        project = 'version = 1\nproject = "demo"\ndefault = "development"\n'
        project += "".join(f"[environments.{name}]\n" for name in names)
        self.write("envs/senex-env.toml", project + f'[people.ana]\nrecipients = ["{recipient}"]\nenvironments = {names}\n')
        for name in names:
            self.write("../values.env", "".join(f"KEY_{i}={dice.getrandbits(160):040x}\n" for i in range(30)))
            self.run(SENEX, "import", "-y", "-e", name, "--dialect", "literal", "../values.env")
        self.run(SENEX, "hooks", "install")
        self.run("git", "add", "-A")
        self.run("git", "commit", "-q", "-m", "sealed")


def processor():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def told(label, walls, processors):
    wall, cpu = statistics.median(walls), statistics.median(processors)
    print(f"  {label:34} {wall * 1e3:9.1f} ms   processor {cpu * 1e3:9.1f} ms", flush=True)
    return wall


def measured(commands, runs, before=lambda name: None, after=lambda name: None):
    """Medians by name of what each command takes, in turns."""
    walls, processors = {name: [] for name in commands}, {name: [] for name in commands}
    for turn in range(runs):
        for name in list(commands)[:: 1 if turn % 2 else -1]:
            before(name)
            used, start = processor(), time.perf_counter()
            commands[name]()
            walls[name].append(time.perf_counter() - start)
            processors[name].append(processor() - used)
            after(name)
    return {name: told(name, walls[name], processors[name]) for name in commands}


def commit(folder):
    print("git commit of 1,000 files of 4 KB")
    repository = Repository(folder)
    repository.seal()
    hook = repository.path / ".git/hooks/pre-commit"
    aside = hook.with_suffix(".aside")

    def before(name):
        for number in range(1000):
            text = "".join(line() for _ in range(90))
            repository.write(f"src/d{number % 40}/f{number}.py", f"# {time.perf_counter()}\n{text}"[:4000])
        repository.run("git", "add", "-A")
        if name == "without the hook":
            hook.rename(aside)

    def after(name):
        if aside.exists():
            aside.rename(hook)

    def commit():
        repository.run("git", "commit", "-q", "-m", "x")

    medians = measured({"without the hook": commit, "with it": commit}, RUNS, before, after)
    print(f"  the hook costs {(medians['with it'] - medians['without the hook']) * 1e3:.1f} ms")

    print("git checkout of a branch, nothing sealed changed")
    repository.run("git", "branch", "same")
    reminder = repository.path / ".git/hooks/post-checkout"
    aside = reminder.with_suffix(".aside")
    branches = iter(["same", "main"] * RUNS * 2)

    def before(name):
        if name == "without the hook":
            reminder.rename(aside)

    def after(name):
        if aside.exists():
            aside.rename(reminder)

    def checkout():
        repository.run("git", "checkout", "-q", next(branches))

    medians = measured({"without the hook": checkout, "with it": checkout}, RUNS, before, after)
    print(f"  the hook costs {(medians['with it'] - medians['without the hook']) * 1e3:.1f} ms")


def history(folder):
    print(f"a history of {COMMITS} commits")
    repository = Repository(folder)
    git = subprocess.Popen(
        ["git", "fast-import", "--quiet"], cwd=repository.path, env=repository.environment, stdin=subprocess.PIPE
    )
    files = {}
    for number in range(COMMITS):
        git.stdin.write(b"commit refs/heads/main\ncommitter a <a@example.org> %d +0000\ndata 1\nx\n" % (1.5e9 + number * 600))
        for _ in range(dice.randint(1, 3)):
            chosen = dice.randrange(2000)
            name = f"src/m{chosen % 50}/file{chosen}.py"
            lines = files.setdefault(name, [line() for _ in range(dice.randint(20, 150))])
            for _ in range(dice.randint(1, 8)):
                lines[dice.randrange(len(lines))] = line()
            text = "".join(lines).encode()
            git.stdin.write(b"M 100644 inline %s\ndata %d\n%s\n" % (name.encode(), len(text), text))
        git.stdin.write(b"\n")
    git.stdin.close()
    assert git.wait() == 0
    repository.run("git", "reset", "-q", "--hard")
    repository.seal()
    repository.run("git", "gc", "-q")
    commands = {"senex-env scan --history": lambda: repository.run(SENEX, "scan", "--history")}
    if GITLEAKS:
        commands["gitleaks git"] = lambda: repository.run(GITLEAKS, "git", "--no-banner", "-l", "warn", ".")
    measured(commands, 3)


with tempfile.TemporaryDirectory() as folder:
    commit(pathlib.Path(folder, "commit"))
    history(pathlib.Path(folder, "history"))
print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
