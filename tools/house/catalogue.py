"""What the documents and the scenarios must list: every message id, every rule."""

import re

from house.sources import Problem, comments_only, line_of

MESSAGES = "docs/messages.md"
ID_ENUM = re.compile(r"\benum\s+class\s+(?:Message|Note)\b[^{;]*\{([^}]*)\}")
ID_VALUE = re.compile(r"\b(\w+)\s*=\s*(\d+)")

# The rules that the tree shows at work today.
RULES = ("B8 O7 V9 L1 L2 L3 L4 L5 L6 L7 N1 N2 N3 N4 N5 N7 O1 O2 R2 R3 R4 R5 S1 S2 S3 S4 K1 K5 K6 K7 K11").split()
# Shown by real parts only: configuration files, encryption, agents. A test that names the rule in a comment counts.
NOT_IN_SIMULATION = {"L1", "L7", "R3", "K1", "K5", "K6", "K7", "K11"}


def used_ids(tree):
    """id to [(name, path, line)], from the enums Message and Note."""
    out = {}
    for path in tree.cpp("src/"):
        code = tree.code(path)
        for body in ID_ENUM.finditer(code):
            for value in ID_VALUE.finditer(body.group(1)):
                line = line_of(code, body.start(1) + value.start())
                out.setdefault(int(value.group(2)), []).append((value.group(1), path, line))
    return out


def listed_ids(tree):
    if MESSAGES not in tree.paths:
        return {}
    text = tree.text(MESSAGES)
    return {int(m.group(1)): line_of(text, m.start()) for m in re.finditer(r"^\|\s*`?(\d{6})`?\s*\|", text, re.M)}


def check_messages(tree):
    problems = []
    used, listed = used_ids(tree), listed_ids(tree)
    for number, places in sorted(used.items()):
        name, path, line = places[0]
        if number not in listed:
            problems.append(Problem(path, line, "messages", f"{number:06} ({name}) is not listed in {MESSAGES}"))
        for other, where, there in places[1:]:
            problems.append(Problem(where, there, "messages", f"{number:06} ({other}) is {name} in {path}:{line}; "
                                                              "an id has one meaning"))
    for number, line in sorted(listed.items()):
        if number not in used:
            problems.append(Problem(MESSAGES, line, "messages", f"{number:06} is used nowhere in src/"))
    return problems


def names_rule(text, rule):
    return re.search(rf"\b{rule}\b", text) is not None


def first_comment(text):
    lines = []
    for line in text.lstrip().splitlines():
        if not line.startswith("#"):
            break
        lines.append(line)
    return "\n".join(lines)


def check_rules(tree):
    scenarios = [first_comment(tree.text(p)) for p in tree.paths if p.startswith("tests/scenarios/") and p.endswith(".scn")]
    tests = []
    for path in tree.paths:
        if path.startswith("tests/") and path.endswith((".cc", ".h")):
            tests += comments_only(tree.text(path))
        elif path.startswith("tests/") and path.endswith((".py", ".sh")):
            tests += re.findall(r"#[^\n]*|\"\"\".*?\"\"\"", tree.text(path), re.S)
    problems = []
    for rule in RULES:
        if any(names_rule(text, rule) for text in scenarios):
            continue
        if rule in NOT_IN_SIMULATION and any(names_rule(text, rule) for text in tests):
            continue
        also = ", and no test in tests/ in a comment" if rule in NOT_IN_SIMULATION else ""
        problems.append(Problem("tests/scenarios", 1, "rules", f"no scenario names {rule} in its first comment{also}"))
    return problems


def check(tree):
    return check_messages(tree) + check_rules(tree)
