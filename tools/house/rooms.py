"""Who may include and link whom (ARCHITECTURE.md). This table is the one place; cmake/ must say the same."""

import re
from pathlib import Path

from house.sources import Problem, line_of

# Every room may include itself, and of the others just these. An adapter is named adapters/<folder>.
ADAPTER = {"base", "model", "wire", "ports"}
ROOMS = {
    "base": set(),
    "model": {"base"},
    "core": {"base", "model"},
    "wire": {"base", "model"},
    "config": {"base", "model"},
    "ports": {"base", "model"},
    "runtime": {"base", "model", "core", "wire", "ports"},
    "notify": {"base", "model", "core"},
    "sim": {"base", "model", "core", "wire", "config", "ports", "runtime", "api"},
    "simulate": {"base", "model", "core", "wire", "config", "ports", "runtime", "sim"},
    "api": {"base", "model"},
    "cli": {"base", "model", "api"},
    "daemon": {"base", "model", "core", "wire", "config", "ports", "runtime", "notify", "api",
               "adapters/*"},
    "agents": {"base", "adapters/process", "adapters/reset"},
    "watchdog": {"base"},
    "adapters/*": ADAPTER,
    # The catalogue of agents makes the commands that the process adapter runs.
    "adapters/agents": ADAPTER | {"adapters/process"},
    # Fence agents and corosync-qdevice are programs too.
    "adapters/fence": ADAPTER | {"adapters/process"},
    "adapters/witness": ADAPTER | {"adapters/process"},
    "adapters/notify": ADAPTER | {"adapters/process"},
}
GENERATED = {"cli/completion_bash.h"}


def room_of(path):
    """The room of a path below src/ (or of agents/), or None."""
    parts = Path(path).parts
    if parts[:1] == ("agents",):
        return "agents"
    if parts[:1] != ("src",) or len(parts) < 3:
        return None
    return "/".join(parts[1:3]) if parts[1] == "adapters" and len(parts) > 3 else parts[1]


def may_use(room, other):
    allowed = ROOMS.get(room, ROOMS["adapters/*"] if room.startswith("adapters/") else set())
    return room == other or other in allowed or (other.startswith("adapters/") and "adapters/*" in allowed)


def known(room):
    return room in ROOMS or room.startswith("adapters/")


def rooms_in_words(room):
    allowed = ROOMS.get(room, ROOMS["adapters/*"])
    return ", ".join(sorted(allowed)) or "no other room"


def check_includes(tree):
    problems = []
    files = set(tree.paths)
    for path in tree.cpp():
        room = room_of(path)
        if room is None:
            continue
        if not known(room):
            problems.append(Problem(path, 1, "rooms", f"room {room} is not in the table of tools/house/rooms.py"))
            continue
        code = tree.code(path)
        for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', code, re.M):
            name, line = match.group(1), line_of(code, match.start(1))
            other = room_of(name if name.startswith("agents/") else "src/" + name)
            if name in GENERATED:
                continue
            if other is None or not ({"src/" + name, name} & files):
                problems.append(Problem(path, line, "rooms", f'"{name}" is no file of a room; include <room>/<file>'))
            elif not may_use(room, other):
                problems.append(Problem(path, line, "rooms", f'{room} must not include {other} ("{name}"); '
                                                             f"allowed: {rooms_in_words(room)}"))
    return problems


def check_links(tree):
    """The link lines of holdfast_room() in CMake."""
    problems = []
    for path in tree.paths:
        room = room_of(path)
        if Path(path).name != "CMakeLists.txt" or room is None or not known(room):
            continue
        text = re.sub(r"#[^\n]*", "", tree.text(path))
        for match in re.finditer(r"holdfast_room\((.*?)\)", text, re.S):
            words = match.group(1).split()
            linked = words[words.index("ROOMS") + 1:] if "ROOMS" in words else []
            for word in linked[:linked.index("LIBRARIES")] if "LIBRARIES" in linked else linked:
                other = word.replace("adapter_", "adapters/")
                if not may_use(room, other):
                    problems.append(Problem(path, line_of(text, match.start()), "rooms",
                                            f"{room} must not link {other}; allowed: {rooms_in_words(room)}"))
    return problems


def check(tree):
    return check_includes(tree) + check_links(tree)
