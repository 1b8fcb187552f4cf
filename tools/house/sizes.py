"""Sizes as a ratchet: what is too large today is listed in tools/tidy.ratchet, and the list may only shrink."""

import ast
import re

from house.sources import Problem, line_of

MOST_LINES_OF_FILE = 400
MOST_LINES_OF_FUNCTION = 50
RATCHET = "tools/tidy.ratchet"
HEADER = """\
# What is larger than the house rules allow (files: 400 lines, functions: 50), with its size today.
# It may only shrink: `tools/tidy --ratchet` lowers and removes lines, never adds one.
"""


def cpp_functions(code):
    """(name, first line, lines) of every function with a body; lambdas and local types count as part of theirs."""
    code = re.sub(r"^[ \t]*#(?:[^\n\\]|\\\n|\\.)*", lambda m: re.sub(r"[^\n]", " ", m.group(0)), code, flags=re.M)
    scopes, head, out, at = [], 0, [], 0
    while at < len(code):
        c = code[at]
        if c == "{":
            before = code[head:at]
            in_function = bool(scopes) and scopes[-1][0] != "scope"
            is_type = re.search(r"\b(?:namespace|class|struct|enum|union|extern)\b[^()=]*$", before.strip())
            if in_function or (not is_type and "(" not in before):
                scopes.append(("block", at, ""))
            elif is_type:
                scopes.append(("scope", at, ""))
            else:
                scopes.append(("function", at, before))
            if scopes[-1][0] != "block":
                head = at + 1
        elif c == "}" and scopes:
            kind, begin, before = scopes.pop()
            outermost = not any(s[0] == "function" for s in scopes)
            if kind == "function" and re.match(r"\s*(?:,|\{)", code[at + 1:at + 200]):
                head = begin - len(before)  # `: a_{1}, b_{2} {`: not the body yet
            elif kind == "function" and outermost:
                out.append((name_of(before), line_of(code, begin), line_of(code, at) - line_of(code, begin) + 1))
                head = at + 1
            elif kind == "scope" or not scopes or scopes[-1][0] == "scope":
                head = at + 1
        elif c == ";" and (not scopes or scopes[-1][0] == "scope"):
            head = at + 1
        at += 1
    return out


def name_of(before):
    # The last name before the first parenthesis that is not part of an attribute or template.
    match = re.search(r"(operator\s*\(\s*\)|operator\s*[^\s(]+|[~\w:]+)\s*\(([^()]*)", before)
    if match is None:
        return "?"
    is_test = match.group(1).startswith("TEST")
    return re.sub(r"\s+", "", f"{match.group(1)}({match.group(2)})" if is_test else match.group(1))


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            yield node.name, node.lineno, node.end_lineno - node.lineno + 1


def too_large(tree):
    """(kind, path, name) to (line, size) of everything above the limits."""
    out = {}
    for path in tree.cpp() + tree.python():
        lines = tree.text(path).count("\n")
        if lines > MOST_LINES_OF_FILE:
            out["file", path, "-"] = (1, lines)
        functions = python_functions(tree.text(path)) if path in tree.python() else cpp_functions(tree.code(path))
        for name, line, size in functions:
            key = ("function", path, name)
            if size > MOST_LINES_OF_FUNCTION and size > out.get(key, (0, 0))[1]:
                out[key] = (line, size)
    return out


def read_ratchet(tree):
    allowed = {}
    path = tree.root / RATCHET
    for line in path.read_text().splitlines() if path.exists() else []:
        if line.strip() and not line.startswith("#"):
            kind, where, name, size = line.split()
            allowed[kind, where, name] = int(size)
    return allowed


def check(tree):
    problems = []
    found, allowed = too_large(tree), read_ratchet(tree)
    for key, (line, size) in sorted(found.items()):
        kind, path, name = key
        shown = "the file" if kind == "file" else f"function {name}"
        most = MOST_LINES_OF_FILE if kind == "file" else MOST_LINES_OF_FUNCTION
        if key not in allowed:
            problems.append(Problem(path, line, "sizes", f"{shown} has {size} lines; at most {most} are allowed"))
        elif size > allowed[key]:
            problems.append(Problem(path, line, "sizes", f"{shown} grew from {allowed[key]} to {size} lines; it may only shrink"))
    for key, size in sorted(allowed.items()):
        if key not in found or found[key][1] < size:
            problems.append(Problem(RATCHET, 1, "sizes",
                                    f"{' '.join(key)} {size} is more than is needed now; run: tools/tidy --ratchet"))
    return problems


def rewrite(tree):
    """Lowers and removes allowances."""
    found, allowed = too_large(tree), read_ratchet(tree)
    kept = {key: min(size, found[key][1]) for key, size in allowed.items() if key in found}
    lines = [f"{' '.join(key)} {size}\n" for key, size in sorted(kept.items())]
    (tree.root / RATCHET).parent.mkdir(exist_ok=True)
    (tree.root / RATCHET).write_text(HEADER + "".join(lines))
