"""A terminal around a command: answers what it asks, and prints everything that the terminal showed.

Standard input: a JSON list of [what the terminal must show first, the line to type then]. The exit code is that
of the command (128+n for a signal), 97 when it ended without having asked everything, 98 after 30 seconds.
"""
import fcntl, json, os, pty, select, signal, struct, sys, termios, time

def wait_until_hidden():
    """A prompt is shown a moment before the terminal stops showing what is typed."""
    end = time.monotonic() + 5
    while termios.tcgetattr(terminal)[3] & termios.ECHO and time.monotonic() < end:
        time.sleep(0.001)

dialogue = json.load(sys.stdin)
pid, terminal = pty.fork()
if pid == 0:
    columns = int(os.environ.get("TERMINAL_COLUMNS", "80"))
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))
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
        expected, answer = dialogue.pop(0)
        seen = at + len(expected.encode())
        if "[y/N]" not in expected and "[Enter" not in expected:
            wait_until_hidden()
        os.write(terminal, answer.encode() + b"\n")
status = os.waitpid(pid, 0)[1]
sys.stdout.buffer.write(shown)
if code is None:
    code = 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    if dialogue:
        sys.stderr.write(f"never asked: {dialogue[0][0]}\n")
        code = 97
sys.exit(code)
