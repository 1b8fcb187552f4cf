"""Words and calls that must not be used: some everywhere, some in the pure rooms."""

import ast
import re
from pathlib import Path

from house.sources import Problem, line_of

# Law 1: the same state and event give the same outcome on every node, build and day.
PURE_ROOMS = ("src/core/", "src/model/")
IMPURE = [
    (r"\w*_clock\b|\b(?:gettimeofday|clock_gettime|localtime|gmtime|strftime)\b|\btime\s*\(\s*(?:nullptr|NULL|0)",
     "a clock", "time is a field of the event"),
    (r"\bstd::(?:j?thread|async|future|promise|mutex|shared_mutex|recursive_mutex|lock_guard|unique_lock|scoped_lock|"
     r"condition_variable|atomic)\b|\bthread_local\b|<(?:thread|mutex|shared_mutex|future|condition_variable|atomic)>",
     "a thread or lock", "the core is called by one thread"),
    (r"\brandom_device\b|\bmt19937\w*|\bdefault_random_engine\b|\bs?rand\s*\(|<random>", "a random number", "none is needed"),
    (r"\b(?:secure_)?getenv\b|\benviron\b", "the environment", "settings come with the configuration"),
    (r"\bunordered_\w+", "hash order", "use std::map, std::set or a sorted std::vector"),
    (r"\b(?:float|double)\b", "floating point", "use whole numbers with a unit"),
    (r"\b(?:std::)?(?:[io]?f?stream|filesystem)\b|<(?:fstream|iostream|filesystem|cstdio|unistd\.h|fcntl\.h)>|"
     r"\b(?:fopen|fread|fwrite|unlink|mkdir)\s*\(|(?<![\w.>])::(?:open|read|write|close)\s*\(", "a file",
     "state comes as an event and goes as an action"),
    (r"<(?:sys/socket\.h|netinet/\w+\.h|arpa/inet\.h)>|(?<![\w.>])(?:::)?(?:socket|bind|connect|sendto|recvfrom)\s*\(",
     "a socket", "messages are the runtime's"),
    (r"\bstd::c(?:out|err|log)\b|\bf?printf\s*\(|\bfmt::print\b|\bsyslog\s*\(|\bspdlog\b", "a log call",
     "say it as a reason or decision"),
    (r"\bboost\b|\basio\b", "Boost", "the loop is the runtime's"),
    (r"\bassert\s*\(|\babort\s*\(|\bstd::terminate\b|(?<![\w.>])(?:std::)?exit\s*\(", "an end of the process",
     "an event must not end every node at once: refuse it with a reason"),
]

BANNED_NAMES = {"manager", "managers", "handler", "handlers", "helper", "helpers", "util", "utils", "common", "misc"}
ALONE = {"common"}  # says something as an adjective (CommonMessagesHaveOneOrder), and nothing alone
# Names of the system and of libraries, which we must write as they are.
FOREIGN_NAMES = {"sa_handler", "error_handler", "signal_handler", "common_type", "common_type_t", "sighandler_t"}

FOREIGN_TEXT = [
    (re.compile(r"(?<![\w./])/(?:work|home/[a-z]\w*|Users/\w+)/"), "a path of somebody's machine"),
    (re.compile(r"\b(?:deb|ftp)\.debian\.org\b|\bregistry\.npmjs\.org\b|\bpypi\.org\b|\bcrates\.io\b|\bproxy\.golang\.org\b|"
                r"\bghcr\.io\b|\bdocker\.io\b|\bquay\.io\b|\bartifactory\b", re.I), "a package registry"),
]
OWN_FILES = ("tools/house/", "tests/unit/tidy_test.py")


def check_pure(tree):
    problems = []
    for room in PURE_ROOMS:
        for path in tree.cpp(room):
            code = tree.code(path)
            for pattern, what, instead in IMPURE:
                for match in re.finditer(pattern, code):
                    problems.append(Problem(path, line_of(code, match.start()), "pure",
                                            f"{match.group(0).strip()} is {what}; {instead} (law 1)"))
    return problems


def parts_of(identifier):
    """snake_case and CamelCase taken apart, in small letters."""
    return {p.lower() for p in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", identifier)}


def is_banned(identifier):
    parts = parts_of(identifier)
    return identifier not in FOREIGN_NAMES and (bool(parts & (BANNED_NAMES - ALONE)) or (len(parts) == 1 and bool(parts & ALONE)))


def cpp_names(code):
    """Identifiers that may be ours: not members and not of a namespace, whose declaration stands elsewhere."""
    for match in re.finditer(r"(?<![\w:.])[A-Za-z_]\w*", code):
        before = code[max(0, match.start() - 2):match.start()]
        line_start = code.rfind("\n", 0, match.start()) + 1
        if before != "->" and not code[line_start:match.start()].lstrip().startswith("#"):
            yield match.group(0), line_of(code, match.start())


def python_names(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name, node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno


def check_names(tree):
    problems = []
    banned = "not as a name: " + ", ".join(sorted(BANNED_NAMES))
    for path in tree.paths:
        bad = [part for part in Path(path).parts if is_banned(part.split(".")[0])]
        if bad:
            problems.append(Problem(path, 1, "names", f"{bad[0]}: {banned}"))
    listed = [(p, cpp_names(tree.code(p))) for p in tree.cpp()] + [(p, python_names(tree.text(p))) for p in tree.python()]
    for path, names in listed:
        seen = set()
        for name, line in names:
            if name not in seen and is_banned(name):
                problems.append(Problem(path, line, "names", f"{name}: {banned}"))
            seen.add(name)
    return problems


def check_foreign(tree):
    problems = []
    for path in tree.paths:
        if path.startswith(OWN_FILES):
            continue
        text = tree.text(path)
        for pattern, what in FOREIGN_TEXT:
            for match in pattern.finditer(text):
                problems.append(Problem(path, line_of(text, match.start()), "foreign",
                                        f"{match.group(0)} is {what}; the tree must not name one"))
    return problems


def check(tree):
    return check_pure(tree) + check_names(tree) + check_foreign(tree)
