#!/usr/bin/env python3
"""tools/tidy can fail: each house rule is broken once in a small tree, and the breach is found."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "tools"))

from house import catalogue, rooms, sizes, sources, words  # noqa: E402


class TidyTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="tidy-test-")
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)

    def write(self, path, text=""):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def tidy(self, *arguments):
        done = subprocess.run([ROOT / "tools/tidy", "--root", self.root, *arguments], capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def found(self, check):
        return [str(problem) for problem in check(sources.Tree(self.root))]

    def expect(self, check, *parts):
        """One problem, with all of these parts in it."""
        found = self.found(check)
        self.assertEqual(len(found), 1, found)
        for part in parts:
            self.assertIn(part, found[0])

    # rooms

    def test_include_of_another_room(self):
        self.write("src/core/step.cc", '#include "model/a.h"\n#include "runtime/node.h"\n')
        self.write("src/model/a.h")
        self.write("src/runtime/node.h")
        self.expect(rooms.check, "src/core/step.cc:2:", "core must not include runtime", "allowed: base, model")

    def test_adapter_knows_no_other_adapter(self):
        self.write("src/adapters/http/a.cc", '#include "adapters/process/b.h"\n#include "adapters/http/c.h"\n')
        self.write("src/adapters/agents/a.cc", '#include "adapters/process/b.h"\n')
        self.write("src/adapters/process/b.h")
        self.write("src/adapters/http/c.h")
        self.expect(rooms.check, "src/adapters/http/a.cc:1:", "adapters/http must not include adapters/process")

    def test_include_that_is_no_file(self):
        self.write("src/core/step.cc", '#include "step.h"\n')
        self.write("src/core/step.h")
        self.expect(rooms.check, '"step.h" is no file of a room')

    def test_room_that_is_not_in_the_table(self):
        self.write("src/cellar/a.cc")
        self.expect(rooms.check, "room cellar is not in the table")

    def test_link_line(self):
        self.write("src/core/CMakeLists.txt", "# holdfast_room(core ROOMS api)\nholdfast_room(core\n  ROOMS base sim)\n")
        self.expect(rooms.check, "src/core/CMakeLists.txt:2:", "core must not link sim")

    def test_include_in_a_comment_is_none(self):
        self.write("src/core/step.cc", '/* before\n#include "runtime/node.h"\n*/\n')
        self.write("src/runtime/node.h")
        self.assertEqual(self.found(rooms.check), [])

    # pure

    def test_every_impure_thing(self):
        for code in ("auto t = std::chrono::steady_clock::now();", "auto t = time(nullptr);", "std::mutex m;",
                     "#include <thread>", "std::random_device d;", 'auto p = std::getenv("X");',
                     "std::unordered_map<int, int> m;", "double x = 0;", "std::ofstream f;", 'auto* f = fopen("a", "r");',
                     "int s = socket(1, 2, 3);", "std::cout << 1;", "spdlog::info(1);", "boost::asio::io_context c;",
                     "assert(x);", "std::abort();"):
            with self.subTest(code):
                self.write("src/core/a.cc", "\n" + code + "\n")
                self.assertGreaterEqual(len(self.found(words.check_pure)), 1)
                self.assertIn("src/core/a.cc:2: pure: ", self.found(words.check_pure)[0])

    def test_pure_words_in_comments_strings_and_other_rooms(self):
        self.write("src/core/a.cc", '// no double, no std::mutex\nauto s = "std::cout << float";\nauto r = R"(double)";\n'
                                    "state.open(now); reader.read(x); int doubled = 0; node.exit(1);\n")
        self.write("src/runtime/a.cc", "std::mutex m; double x;\n")
        self.assertEqual(self.found(words.check_pure), [])

    # names

    def test_banned_names(self):
        for path, text, name in (("src/core/a.h", "class NodeManager;", "NodeManager"),
                                 ("src/core/a.h", "void string_utils();", "string_utils"),
                                 ("tests/a.py", "def helper():\n    pass\n", "helper"),
                                 ("tests/b.py", "common = 1\n", "common"),
                                 ("src/core/misc.h", "", "misc.h"), ("src/util/a.h", "", "util")):
            with self.subTest(name):
                self.setUp()
                self.write(path, text)
                self.expect(words.check_names, path, f"names: {name}:")

    def test_names_of_others(self):
        self.write("src/core/a.cc", "// a helper\nstd::common_type<int> x; action.sa_handler = f; p->handler = 1; Handle h;\n"
                                    "void CommonMessagesHaveOneOrder();\n")
        self.assertEqual(self.found(words.check_names), [])

    # foreign

    def test_paths_and_registries(self):
        for text in ("see /home/" + "anna/project", "cd /" + "work/main", "mirror deb." + "debian.org", "from py" + "pi.org"):
            with self.subTest(text):
                self.write("docs/a.md", "\n" + text + "\n")
                self.expect(words.check_foreign, "docs/a.md:2: foreign: ")

    def test_ordinary_paths(self):
        self.write("docs/a.md", "/etc/holdfast /var/home/x build/work/ /home/ src/work/a.cc\n")
        self.assertEqual(self.found(words.check_foreign), [])

    # sizes

    def function(self, lines, name="f"):
        return f"namespace x {{\nint {name}(int a) {{\n" + "  ++a;\n" * (lines - 2) + "}\n}\n"

    def test_sizes_and_their_ratchet(self):
        self.write("src/core/a.cc", self.function(50))
        self.assertEqual(self.found(sizes.check), [])
        self.write("src/core/a.cc", self.function(51))
        self.expect(sizes.check, "src/core/a.cc:2:", "function f has 51 lines; at most 50")
        self.write("tools/tidy.ratchet", "function src/core/a.cc f 51\n")
        self.assertEqual(self.found(sizes.check), [])
        self.write("src/core/a.cc", self.function(52))
        self.expect(sizes.check, "grew from 51 to 52")
        self.write("tools/tidy.ratchet", "function src/core/a.cc f 60\n")
        self.expect(sizes.check, "60 is more than is needed now; run: tools/tidy --ratchet")
        self.assertEqual(self.tidy("--ratchet")[0], 0)
        self.assertIn("function src/core/a.cc f 52\n", (self.root / "tools/tidy.ratchet").read_text())
        self.write("src/core/a.cc", self.function(10))
        self.expect(sizes.check, "is more than is needed now")
        self.assertEqual(self.tidy("--ratchet")[0], 0)
        self.assertNotIn("src/core", (self.root / "tools/tidy.ratchet").read_text())

    def test_ratchet_adds_nothing(self):
        self.write("src/core/a.cc", self.function(60))
        self.write("src/core/b.cc", "int x;\n" * 401)
        code, said = self.tidy("--ratchet")
        self.assertEqual(code, 1)
        self.assertIn("function f has 60 lines", said)
        self.assertIn("the file has 401 lines", said)

    def test_functions_are_found_in_every_form(self):
        body = "{\n" + "  x();\n" * 60 + "}\n"
        for head, name in (("void a::B::c() const noexcept ", "a::B::c"), ("B::B(int x) : a_{x}, b_(x), c_{1} ", "B::B"),
                           ("template <class T>\nrequires X<T>\nauto f(T t) -> int ", "f"), ("TEST(Group, Case) ", "TEST(Group,Case)"),
                           ("bool operator==(const A& a) ", "operator=="), ("class A {\n  void g() ", "g")):
            with self.subTest(name):
                closing = "};\n" if head.startswith("class") else ""
                self.write("src/core/a.cc", head + body + closing)
                self.expect(sizes.check, f"function {name} has 62 lines")
        self.write("tests/a.py", "def f():\n" + "    x = 1\n" * 60)
        self.write("src/core/a.cc", "class A {\n" + "  int x{0};\n  void f() { x = 1; }\n" * 60 + "};\n")
        self.expect(sizes.check, "tests/a.py:1:", "function f has 61 lines")

    # messages and rules

    def test_message_ids(self):
        self.write("src/core/a.h", "enum class Message : int { one = 4001, two = 4002 };\n")
        self.write("docs/messages.md", "| 004001 | x |\n| 004003 | x |\n")
        found = self.found(catalogue.check_messages)
        self.assertEqual(len(found), 2, found)
        self.assertIn("src/core/a.h:1: messages: 004002 (two) is not listed", found[0])
        self.assertIn("docs/messages.md:2: messages: 004003 is used nowhere", found[1])

    def test_message_id_with_two_meanings(self):
        self.write("src/core/a.h", "enum class Message { one = 4001 };\n")
        self.write("src/runtime/b.h", "enum class Note {\n  other = 4001 };\n")
        self.write("docs/messages.md", "| 004001 | x |\n")
        self.expect(catalogue.check_messages, "src/runtime/b.h:2:", "004001 (other) is one in src/core/a.h:1")

    def test_rule_without_scenario(self):
        simulated = [r for r in catalogue.RULES if r not in catalogue.NOT_IN_SIMULATION]
        self.write("tests/scenarios/all.scn", f"# All of it. ({', '.join(simulated[1:])})\ncluster a b\n# {simulated[0]}\n")
        for rule in catalogue.NOT_IN_SIMULATION:
            self.write(f"tests/unit/{rule}_test.cc", f"// {rule}\n")
        self.expect(catalogue.check_rules, f"no scenario names {simulated[0]} in its first comment")
        self.write("tests/scenarios/first.scn", f"# First. ({simulated[0]})\n")
        self.assertEqual(self.found(catalogue.check_rules), [])
        self.write("tests/unit/K11_test.cc", 'auto x = "K11";\n')
        self.expect(catalogue.check_rules, "no scenario names K11", "and no test")

    # compilers

    def test_format_and_headers(self):
        self.write(".clang-format", (ROOT / ".clang-format").read_text())
        self.write("src/base/a.h", "#pragma once\ninline   int f() { return 1; }\n")
        self.write("src/base/b.h", "#pragma once\ninline std::string g() { return {}; }\n")
        code, said = self.tidy("--only", "format")
        self.assertEqual(code, 1)
        self.assertIn("src/base/a.h:2: format: run: clang-format -i src/base/a.h", said)
        self.assertNotIn("src/base/b.h", said)
        code, said = self.tidy("--only", "headers")
        self.assertEqual(code, 1)
        self.assertIn("src/base/b.h:1: headers: does not compile alone", said)
        self.assertNotIn("src/base/a.h", said)

    # the program

    def test_exit_code_of_a_tidy_tree(self):
        self.write("src/base/a.h", "#pragma once\n")
        code, said = self.tidy("--only", "rooms", "--only", "names")
        self.assertEqual((code, said.splitlines()[-1]), (0, "the house is tidy"))
        self.assertEqual(self.tidy("--only", "roms")[0], 2)


if __name__ == "__main__":
    unittest.main()
