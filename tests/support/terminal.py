"""A terminal around a command: answers what it asks, and prints everything that the terminal showed.

Standard input: a JSON list of [what the terminal must show first, the line to type then]. The exit code is that
of the command (128+n for a signal), 97 when it ended without having asked everything, 98 after 30 seconds.
"""
import json, os, pty, select, signal, sys, time

dialogue = json.load(sys.stdin)
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
shown, seen, end = b"", 0, time.monotonic() + 30
code = None
while code is None:
    if not select.select([terminal], [], [], max(0, end - time.monotonic()))[0]:
        os.kill(pid, signal.SIGKILL)
        code = 98
        break
    try:
        chunk = os.read(terminal, 65536)
    except OSError:  # EIO: the last process on the terminal is gone
        chunk = b""
    if not chunk:
        break
    shown += chunk
    while dialogue and (at := shown.find(dialogue[0][0].encode(), seen)) >= 0:
        seen = at + len(dialogue[0][0].encode())
        os.write(terminal, dialogue.pop(0)[1].encode() + b"\n")
status = os.waitpid(pid, 0)[1]
sys.stdout.buffer.write(shown)
if code is None:
    code = 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    if dialogue:
        sys.stderr.write(f"never asked: {dialogue[0][0]}\n")
        code = 97
sys.exit(code)
