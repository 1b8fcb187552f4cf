"""What clang-format, the compiler and clang-tidy say of the tree."""

import os
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

from house.sources import Problem

SECONDS_PER_FILE = 600        # however busy the machine is


def run(command, cwd, stdin=None):
    try:
        done = subprocess.run(command, cwd=cwd, input=stdin, capture_output=True, text=True, timeout=SECONDS_PER_FILE)
        return done.returncode, done.stdout + done.stderr
    except subprocess.TimeoutExpired:
        return 124, f"took more than {SECONDS_PER_FILE} s"


def in_parallel(work, items):
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return [problem for problems in pool.map(work, items) for problem in problems]


def check_format(tree):
    if not (tree.root / ".clang-format").exists():
        return []
    files = tree.cpp()
    groups = [files[i:i + 16] for i in range(0, len(files), 16)]

    def work(group):
        _, said = run(["clang-format", "--dry-run", *group], tree.root)
        wrong = dict.fromkeys(m.group(1, 2) for m in re.finditer(r"^(\S+?):(\d+):\d+: warning: code should be clang-", said, re.M))
        first = {}
        for path, line in wrong:
            first.setdefault(path, int(line))
        return [Problem(path, line, "format", f"run: clang-format -i {path}") for path, line in first.items()]

    return in_parallel(work, groups)


def check_headers(tree):
    """Every header compiles alone. Objects are kept by ccache where it is installed, so that a second run is quick."""
    objects = tree.root / "build" / "headers"
    objects.mkdir(parents=True, exist_ok=True)
    compiler = [*(["ccache"] if shutil.which("ccache") else []), os.environ.get("CXX", "g++")]
    headers = [p for p in tree.cpp() if p.endswith(".h") and p.startswith(("src/", "agents/"))]

    def work(path):
        source = objects / (path.replace("/", "_") + ".cc")
        wanted = f'#include "{path.removeprefix("src/")}"\n'
        if not source.exists() or source.read_text() != wanted:
            source.write_text(wanted)
        code, said = run([*compiler, "-std=c++20", "-O0", "-Isrc", "-I.", "-c", str(source), "-o",
                          str(source.with_suffix(".o"))], tree.root)
        error = next((line for line in said.splitlines() if "error" in line), said.strip()[:200])
        return [] if code == 0 else [Problem(path, 1, "headers", f"does not compile alone: {error}")]

    return in_parallel(work, headers)


def check_clang_tidy(tree):
    """By request: it takes seconds per file. Needs build/dev (cmake --preset dev)."""
    build = tree.root / "build" / "dev"
    if not (build / "compile_commands.json").exists():
        return [Problem("build/dev", 1, "clang-tidy", "no compile_commands.json; run: cmake --preset dev")]

    def work(path):
        _, said = run(["clang-tidy", "--quiet", "--extra-arg=-Wno-unknown-warning-option", "-p", str(build), path], tree.root)
        found = re.finditer(r"^(\S+?):(\d+):\d+: (?:warning|error): (.*)$", said, re.M)
        return [Problem(os.path.relpath(m.group(1), tree.root), int(m.group(2)), "clang-tidy", m.group(3)) for m in found]

    return sorted(set(in_parallel(work, [p for p in tree.cpp() if p.endswith(".cc") and p.startswith(("src/", "agents/"))])),
                  key=str)
