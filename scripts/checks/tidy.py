"""clang-tidy on many sources at a time; what it said of a source is kept until the source or a header of it changes."""

import concurrent.futures
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys

from tree import Finding

# A text may take several lines; its check ends it.
SAID = re.compile(r"^(?P<path>/[^:\n]+):(?P<line>\d+):\d+: (?:error|warning): (?P<text>(?:.|\n(?!/))*?) "
                  r"\[(?P<check>[\w.,-]+)\]$", re.MULTILINE)
# Settings of GCC that clang does not know, or that only matter to a build.
DROPPED = re.compile(r"-Werror$|-M[DPT]?$")


def sha256(*parts):
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part if isinstance(part, bytes) else part.encode())
        digest.update(b"\0")
    return digest.hexdigest()


class Contents:
    """Hashes of files, each worked out once. Outside the tree size and time stand for the content."""

    def __init__(self, root):
        self.root = os.path.join(os.path.realpath(root), "")
        self.known = {}

    def hash(self, path):
        if path not in self.known:
            self.known[path] = self._hash(path)
        return self.known[path]

    def _hash(self, path):
        try:
            if not path.startswith(self.root):
                status = os.stat(path)
                return f"{status.st_size} {status.st_mtime_ns}"
            with open(path, "rb") as file:
                return sha256(file.read())
        except OSError:
            return "absent"


class Tidy:
    def __init__(self, root, build):
        self.root = os.path.realpath(root)
        self.build = build
        self.cache = os.path.join(build, "lint")
        os.makedirs(self.cache, exist_ok=True)
        self.contents = Contents(root)
        version = subprocess.run(["clang-tidy", "--version"], check=True, capture_output=True, text=True).stdout
        with open(os.path.join(root, ".clang-tidy"), encoding="utf-8") as file:
            self.settings = sha256(version, file.read())
        with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
            self.commands = {os.path.realpath(c["file"]): c for c in json.load(file)}

    def command(self, source):
        """Compiler, its arguments and folder for a source; None: nothing compiles it."""
        entry = self.commands.get(os.path.join(self.root, source))
        if entry is None:
            return None
        compiler, *words = shlex.split(entry["command"])
        output = words.index("-o")
        kept = [w for w in words[:output] + words[output + 2:] if not DROPPED.match(w)]
        return compiler, kept, entry["directory"]

    def _place(self, source):
        return os.path.join(self.cache, source.replace("/", "@") + ".json")

    def known(self, source, key):
        """Findings of an earlier run, if nothing has changed since."""
        try:
            with open(self._place(source), encoding="utf-8") as file:
                entry = json.load(file)
        except (OSError, ValueError):
            return None
        if entry["key"] != key or any(self.contents.hash(p) != h for p, h in entry["files"].items()):
            return None
        return [Finding(*f) for f in entry["findings"]]

    def store(self, source, key, files, findings):
        entry = {"key": key, "files": files,
                 "findings": [(f.path, f.line, f.text, f.check) for f in findings]}
        part = self._place(source) + ".part"
        with open(part, "w", encoding="utf-8") as file:
            json.dump(entry, file)
        os.replace(part, self._place(source))

    def files_of(self, compiler, arguments, folder):
        """All that the compiler reads for a source, with their hashes; None: it does not compile."""
        done = subprocess.run([compiler, *arguments, "-M", "-w"], cwd=folder, capture_output=True, text=True)
        if done.returncode != 0:
            return None
        words = done.stdout.partition(":")[2].replace("\\\n", " ").split()
        paths = {os.path.realpath(os.path.join(folder, word)) for word in words}
        return {path: self.contents.hash(path) for path in sorted(paths)}

    def check(self, source):
        """(findings, whether they were known)."""
        found = self.command(source)
        if found is None:
            return [Finding(source, 1, "no target compiles it", "tidy")], True
        compiler, arguments, folder = found
        key = sha256(self.settings, *arguments, folder)
        known = self.known(source, key)
        if known is not None:
            return known, True
        files = self.files_of(compiler, arguments, folder)
        path = os.path.join(self.root, source)
        done = subprocess.run(["clang-tidy", "--quiet", path, "--", *[a for a in arguments if a not in ("-c", path)]],
                              cwd=folder, capture_output=True, text=True)
        findings = self.findings_in(done.stdout)
        if done.returncode != 0 and not findings:
            return [Finding(source, 1, "clang-tidy failed: " + done.stderr.strip().replace("\n", " "), "tidy")], False
        if files is not None:
            self.store(source, key, files, findings)
        return findings, False

    def findings_in(self, said):
        findings = set()
        for match in SAID.finditer(said):
            path = os.path.relpath(os.path.realpath(match["path"]), self.root)
            findings.add(Finding(path, int(match["line"]), " ".join(match["text"].split()), match["check"].split(",")[0]))
        return sorted(findings)


def check(root, build, sources):
    """Findings of the sources and of the headers that they include."""
    runner = Tidy(root, build)
    jobs = len(os.sched_getaffinity(0))
    findings, done, known = set(), 0, 0
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        running = [pool.submit(runner.check, source) for source in sources]
        for one in concurrent.futures.as_completed(running):
            found, was_known = one.result()
            findings.update(found)
            done += 1
            known += was_known
            if sys.stderr.isatty():
                print(f"\r\033[Kclang-tidy {done}/{len(sources)}", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    print(f"lint: clang-tidy: {len(sources)} sources, {known} as they were", file=sys.stderr)
    return findings
