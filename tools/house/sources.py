"""The files of the tree, and their text without comments and strings."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

CODE = {".cc", ".h"}


@dataclass(frozen=True)
class Problem:
    path: str
    line: int
    rule: str
    text: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.rule}: {self.text}"


def blank(match):
    """Spaces for a comment or string: lines and columns stay where they are."""
    return re.sub(r"[^\n]", " ", match.group(0))


RAW_STRING = re.compile(r'R"([^\s()\\]{0,16})\(.*?\)\1"', re.S)
TOKENS = re.compile(r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'", re.S)


def code_only(text):
    """C++ with comments and literals blanked out. #include lines keep their names."""
    kept = []

    def keep(match):
        kept.append(match.group(0))
        return f"\0{len(kept) - 1}\0"

    text = re.sub(r"^[ \t]*#[ \t]*include[^\n]*", keep, text, flags=re.M)
    text = TOKENS.sub(blank, RAW_STRING.sub(blank, text))
    return re.sub(r"\0(\d+)\0", lambda m: kept[int(m.group(1))], text)


def comments_only(text):
    return [m.group(0) for m in re.finditer(r"//[^\n]*|/\*.*?\*/", RAW_STRING.sub(blank, text), re.S)]


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


class Tree:
    """A working tree: all files that git tracks or would track; outside of git, all files."""

    def __init__(self, root):
        self.root = Path(root).resolve()
        self.paths = sorted(p for p in self._list() if (self.root / p).is_file())
        self._texts = {}
        self._code = {}

    def _list(self):
        if (self.root / ".git").exists():
            listed = subprocess.run(
                ["git", "-C", str(self.root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                check=True, capture_output=True)
            return {p for p in listed.stdout.decode().split("\0") if p}
        return {os.path.relpath(os.path.join(folder, name), self.root)
                for folder, _, names in os.walk(self.root) for name in names}

    def text(self, path):
        if path not in self._texts:
            raw = (self.root / path).read_bytes()
            self._texts[path] = "" if b"\0" in raw else raw.decode("utf-8", "replace")
        return self._texts[path]

    def code(self, path):
        if path not in self._code:
            self._code[path] = code_only(self.text(path))
        return self._code[path]

    def cpp(self, under=""):
        return [p for p in self.paths if Path(p).suffix in CODE and p.startswith(under)]

    def python(self):
        return [p for p in self.paths
                if p.endswith(".py") or ("." not in Path(p).name and self.text(p).startswith("#!/usr/bin/env python3"))]
