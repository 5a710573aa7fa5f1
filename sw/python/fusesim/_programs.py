"""FuseSim's programs as child processes: a simulation needs a process of its own."""

import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import threading

from . import _core
from .errors import Error, ErrorKind

PACKAGE = pathlib.Path(__file__).parent
# From the package to the programs: in a build folder, and in a prefix that FuseSim is installed in.
PLACES = (PACKAGE / "../../bin", PACKAGE / "../../../../bin")
SECONDS_TO_END = 5.0
NOTE = "note: "


def find(program):
    """Path of a program: where the package's own build or installation has it, else on $PATH. Raises Error."""
    for place in PLACES:
        path = place.resolve() / program
        if os.access(path, os.X_OK):
            return str(path)
    found = shutil.which(program)
    if found is None:
        raise Error(f"{program}: not found beside the package fusesim or on $PATH", ErrorKind.INTERNAL)
    return found


class Children:
    """Programs that run at the same time, each in a thread that waits for it: Ctrl-C strikes the main thread alone, and
    what it interrupts there is no half-started process. end() ends those that run, and none starts after it."""

    def __init__(self):
        self._lock = threading.Lock()
        self._running = set()
        self._ended = False

    def run(self, program, arguments):
        """Runs a program to its end: (exit code, standard output, standard error). Raises Error if it does not start,
        or after end()."""
        command = [find(program), *arguments]
        with self._lock:
            if self._ended:
                raise Error(f"{program}: not started", ErrorKind.INTERNAL)
            child = _start(command)
            self._running.add(child)
        try:
            out, err = child.communicate()
        finally:
            with self._lock:
                self._running.discard(child)
        return child.returncode, out, err

    def end(self):
        with self._lock:
            self._ended = True
            running = list(self._running)
        for child in running:
            child.terminate()
        for child in running:
            try:
                child.wait(SECONDS_TO_END)
            except subprocess.TimeoutExpired:
                child.kill()


def alone(work):
    """work(children) in a thread of its own; an interruption of the wait ends the children, and them alone."""
    children = Children()
    with concurrent.futures.ThreadPoolExecutor(1, thread_name_prefix="fusesim") as pool:
        try:
            return pool.submit(work, children).result()
        except BaseException:
            children.end()
            raise


def _start(command):
    environment = dict(os.environ, FUSESIM_DATA_DIR=_core.data_directory())
    try:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                text=True, errors="replace", env=environment)
    except OSError as error:
        raise Error(f"{command[0]}: {error.strerror}", ErrorKind.INTERNAL) from error


def split_notes(err):
    """(notes, the rest) of what a program said on standard error."""
    lines = err.splitlines()
    notes = tuple(line[len(NOTE):] for line in lines if line.startswith(NOTE))
    return notes, "\n".join(line for line in lines if not line.startswith(NOTE))


def error_of(program, code, text):
    """What a program that failed is to its caller."""
    if code < 0:
        return Error(f"{program}: ended by signal {-code}", ErrorKind.INTERNAL)
    kinds = {kind.value: kind for kind in ErrorKind}
    return Error(text or f"{program}: exit code {code}", kinds.get(code, ErrorKind.INTERNAL))
