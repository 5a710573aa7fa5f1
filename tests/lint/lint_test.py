"""What scripts/lint finds, and what it lets pass. Environment: FUSESIM_SOURCE."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

CHECKS = pathlib.Path(os.environ["FUSESIM_SOURCE"]) / "scripts/checks"
sys.path.insert(0, str(CHECKS))

import includes  # noqa: E402

SCHEME = "sw/cost/include/fusesim/cost/scheme.h"
GRAPH = "sw/graph/include/fusesim/graph/graph.h"


class LintTest(unittest.TestCase):
    """A tree of its own."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="fusesim-lint-")
        self.addCleanup(scratch.cleanup)
        self.root = pathlib.Path(scratch.name).resolve()

    def write(self, path, text):
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    def run_lint(self, *arguments):
        return subprocess.run([sys.executable, "-B", CHECKS / "lint.py", "--root", self.root, *arguments],
                              capture_output=True, text=True)

    def lint(self, *arguments):
        """Findings, one a line."""
        done = self.run_lint(*arguments)
        self.assertEqual(done.returncode, 1 if done.stdout else 0, done.stderr)
        return done.stdout.splitlines()

    def git(self, *arguments):
        identity = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"]
        subprocess.run(["git", "-C", self.root, *identity, *arguments], check=True, capture_output=True)


class Includes(LintTest):
    def setUp(self):
        super().setUp()
        self.write(SCHEME, '#pragma once\n#include "fusesim/graph/graph.h"\n')
        self.write(GRAPH, "#pragma once\n")
        self.write("sw/cost/lbdf/rings.h", '#include "fusesim/cost/scheme.h"\n')

    def findings(self):
        return self.lint("--all", "--only", "includes")

    def test_downward_includes_pass(self):
        self.write("hw/blocks/dma.h", '#include <systemc>\n#include "fusesim/graph/graph.h"\n')
        self.write("hw/brr/engine.cc", '#include "blocks/dma.h"\n#include "engine.h"\n#include <vector>\n')
        self.write("hw/brr/engine.h", "")
        self.write("tests/cost/lbdf_test.cc", '#include "lbdf/rings.h"\n')
        self.assertEqual(self.findings(), [])

    def test_upward_include_is_found(self):
        self.write("sw/graph/graph.cc", '#include "fusesim/graph/graph.h"\n#include "fusesim/cost/scheme.h"\n')
        found = self.findings()
        self.assertEqual(len(found), 1)
        self.assertTrue(found[0].startswith("sw/graph/graph.cc:2: sw/graph may not include"), found)

    def test_machine_may_not_see_the_prediction(self):
        self.write("hw/machine/sequencer.cc", '#include "fusesim/cost/scheme.h"\n')
        self.assertIn("hw/machine may not include", self.findings()[0])

    def test_rooms_of_one_folder_have_an_order_too(self):
        self.write("sw/cost/rows/row_window.h", '#include "../lbdf/rings.h"\n')
        self.assertIn("sw/cost/rows may not include", self.findings()[0])

    def test_headers_of_a_folder_of_its_own_are_found(self):
        self.write("sw/search/exact/exact.cc", '#include "../../cost/op_traffic.h"\n')
        self.write("sw/cost/op_traffic.h", "")
        self.assertIn("is a header of sw/cost's own", self.findings()[0])

    def test_library_in_a_wrong_place_is_found(self):
        self.write("sw/search/exact/exact.cc", "#include <torch/torch.h>\n#include <vector>\n")
        self.assertEqual(len(self.findings()), 1)

    def test_header_that_is_not_there_is_found(self):
        self.write("sw/graph/graph.cc", '// #include "neither.h"\n#include "absent.h"\n#include "fusesim_commit.h"\n')
        self.assertEqual(self.findings(), ['sw/graph/graph.cc:2: no header "absent.h" in the tree [includes]'])

    def test_table_with_a_circle_is_refused(self):
        with self.assertRaises(ValueError):
            includes.Layers("sw/a: sw/b\nsw/b: sw/a\n")
        with self.assertRaises(ValueError):
            includes.Layers("sw/a:\nsw/a:\n")

    def test_own_table_covers_every_folder(self):
        layers = includes.Layers((CHECKS / "layers.txt").read_text())
        source = CHECKS.parent.parent
        for place in ("sw", "hw"):
            for folder in (source / place).iterdir():
                if folder.is_dir():
                    self.assertIsNotNone(layers.room(f"{place}/{folder.name}/x.cc"), folder)


class Namespaces(LintTest):
    def findings(self):
        return self.lint("--all", "--only", "namespaces")

    def test_own_namespaces_pass(self):
        self.write("sw/cost/a.cc", "namespace fusesim {\nnamespace {\n}\n}\nnamespace fs = std::filesystem;\n")
        self.write("hw/b.h", "namespace fusesim {\nnamespace hw {\nclass A {};\n}\n}\n")
        self.write("sw/gnn/c.h", "namespace fusesim::gnn {\n}\n")
        self.write("tests/cost/d.cc", 'namespace fusesim::testing {\nconst char* const kText = "namespace x {";\n}\n')
        self.assertEqual(self.findings(), [])

    def test_wrong_namespace_is_found(self):
        self.write("hw/a.cc", "namespace fusesim::hardware {\n}\n")
        self.write("sw/cost/b.cc", "\nnamespace fusesim {\nnamespace cost {\n}\n}\n")
        self.assertEqual(self.findings(), ["hw/a.cc:1: expected namespace fusesim::hw, got fusesim::hardware [namespaces]",
                                           "sw/cost/b.cc:3: expected namespace fusesim, got fusesim::cost [namespaces]"])


class Lengths(LintTest):
    def findings(self):
        return self.lint("--all", "--only", "lengths")

    @staticmethod
    def lines(count, text="  work();\n"):
        return text * count

    def test_sixty_lines_pass(self):
        self.write("sw/a.cc", f"namespace fusesim {{\nint f() {{\n{self.lines(58)}}}\nint g() {{\n{self.lines(58)}}}\n}}\n")
        self.assertEqual(self.findings(), [])

    def test_long_function_is_found(self):
        self.write("sw/a.cc", f"#define A {{\n// a brace {{\nnamespace fusesim {{\nint f() {{\n{self.lines(59)}}}\n}}\n")
        self.assertEqual(self.findings(), ["sw/a.cc:4: f has 61 lines; at most 60 [lengths]"])

    def test_long_functions_of_every_form_are_found(self):
        for head in ("A::A(int x) : x_{x}, y_(x) {", "template <class T>\nT f(const T& a = {}) const {", "TEST(A, B) {",
                     "bool operator==(const A& a, const A& b) {", "auto f() -> std::vector<int> {"):
            self.write("sw/a.cc", f"namespace {{\n{head}\n{self.lines(60)}}}\n}}\n")
            self.assertEqual(len(self.findings()), 1, head)
        self.write("sw/a.cc", f"class A {{\n public:\n  void f() {{\n{self.lines(60)}  }}\n}};\n")
        self.assertEqual(len(self.findings()), 1)

    def test_tables_and_classes_are_no_functions(self):
        self.write("sw/a.cc", "const int kTable[] = {\n" + self.lines(100, "    1,\n") + "};\nclass A {\n" +
                   self.lines(100, "  int x;\n") + "};\n")
        self.assertEqual(self.findings(), [])

    def test_comment_beyond_the_last_column_is_found(self):
        self.write("sw/a.cc", "// " + "a" * 107 + "\nint a;  // " + "b" * 100 + "\n")
        self.assertEqual(self.findings(), ["sw/a.cc:2: 111 columns; at most 110 [lengths]"])

    def test_long_file_and_long_python_function_are_found(self):
        self.write("sw/a.h", self.lines(401, "\n"))
        self.write("scripts/tool", "#!/usr/bin/env python3\ndef f():\n" + self.lines(60, "    work()\n"))
        self.assertEqual(self.findings(), ["scripts/tool:2: f has 61 lines; at most 60 [lengths]",
                                           "sw/a.h:1: 401 lines; at most 400 [lengths]"])


class Switches(LintTest):
    def setUp(self):
        super().setUp()
        self.write("sw/kind.h", "enum class Kind : uint8_t { one, two };\n")

    def findings(self):
        return self.lint("--all", "--only", "switches")

    def test_default_over_our_enumeration_is_found(self):
        self.write("hw/a.cc", "int f(Kind k) {\n  switch (k) {\n    case Kind::one:\n      return 1;\n    default:\n"
                              "      return 2;\n  }\n}\n")
        self.assertEqual(self.findings(), ["hw/a.cc:5: default in a switch over Kind [switches]"])

    def test_defaults_elsewhere_pass(self):
        self.write("hw/a.cc", "struct A { A() = default; };\nint f(Kind k, int n) {\n  switch (k) {\n    case Kind::one:\n"
                              "      switch (n) {\n        case 1:\n          return 1;\n        default:\n          return 2;\n"
                              "      }\n    case Kind::two:\n      return 3;\n  }\n  switch (n) {\n    case onnx::FLOAT:\n"
                              "      return 4;\n    default:\n      return 5;\n  }\n}\n")
        self.assertEqual(self.findings(), [])


class Format(LintTest):
    def test_other_layout_is_found(self):
        self.write(".clang-format", "BasedOnStyle: Google\n")
        self.write("sw/a.cc", "int a = 1;\n")
        self.write("sw/b.cc", "int a=1;\nint  b;\n")
        self.assertEqual(self.lint("--all", "--only", "format"), ["sw/b.cc:1: not as clang-format writes it [format]"])


class Changed(LintTest):
    BAD = "namespace wrong {\n}\n"

    def setUp(self):
        super().setUp()
        self.write("hw/first.cc", self.BAD)
        self.git("init")
        self.commit("hw/second.cc")
        self.commit("hw/third.cc")

    def commit(self, path):
        self.write(path, self.BAD)
        self.git("add", "-A")
        self.git("commit", "-m", "more")

    def files(self, *arguments):
        return [line.split(":")[0] for line in self.lint("--only", "namespaces", *arguments)]

    def test_last_commit_and_what_is_not_in_one_yet(self):
        self.write("hw/new.cc", self.BAD)
        self.write("hw/first.cc", self.BAD + "\n")
        self.assertEqual(self.files(), ["hw/first.cc", "hw/new.cc", "hw/third.cc"])

    def test_branch_against_where_it_left(self):
        self.git("update-ref", "refs/remotes/origin/main", "HEAD")
        self.commit("hw/fourth.cc")
        self.commit("hw/fifth.cc")
        self.assertEqual(self.files(), ["hw/fifth.cc", "hw/fourth.cc"])
        self.assertEqual(self.files("--base", "HEAD~1"), ["hw/fifth.cc"])

    def test_everything_and_files_by_name(self):
        self.assertEqual(self.files("--all"), ["hw/first.cc", "hw/second.cc", "hw/third.cc"])
        self.assertEqual(self.files("hw/second.cc"), ["hw/second.cc"])

    def test_commit_that_is_none(self):
        done = self.run_lint("--base", "nowhere")
        self.assertEqual((done.returncode, done.stderr), (1, "lint: --base: expected a commit, got 'nowhere'\n"))


class Tidy(LintTest):
    def setUp(self):
        super().setUp()
        self.write(".clang-tidy", "Checks: '-*,modernize-use-nullptr'\nWarningsAsErrors: '*'\nHeaderFilterRegex: 'sw/.*'\n")
        self.write("sw/graph/a.h", "inline int* none() { return nullptr; }\n")
        self.write("sw/graph/a.cc", '#include "a.h"\nint* a() { return none(); }\n')
        self.write("sw/graph/b.cc", "int* b() { return nullptr; }\n")
        commands = [{"directory": str(self.root), "file": str(self.root / name),
                     "command": f"c++ -std=c++17 -Werror -o x.o -c {self.root / name}"}
                    for name in ("sw/graph/a.cc", "sw/graph/b.cc")]
        self.write("build/compile_commands.json", json.dumps(commands))

    def tidy(self, *arguments):
        """Findings, and how many sources were as they had been."""
        done = self.run_lint("--only", "tidy", "--build", self.root / "build", *(arguments or ["--all"]))
        self.assertEqual(done.returncode, 1 if done.stdout else 0, done.stderr)
        return done.stdout.splitlines(), int(done.stderr.partition("sources, ")[2].split()[0])

    def test_only_what_changed_is_asked_again(self):
        self.assertEqual(self.tidy(), ([], 0))
        self.assertEqual(self.tidy(), ([], 2))
        self.write("sw/graph/a.h", "inline int* none() { return 0; }\n")
        found, known = self.tidy()
        self.assertEqual((found, known), (["sw/graph/a.h:1: use nullptr [modernize-use-nullptr]"], 1))
        self.assertEqual(self.tidy(), (found, 2), "findings are kept as well")
        self.write("sw/graph/a.h", "inline int* none() { return nullptr; }\n")
        self.assertEqual(self.tidy(), ([], 1))

    def test_other_checks_ask_all_again(self):
        self.tidy()
        self.write(".clang-tidy", "Checks: '-*,modernize-use-override'\n")
        self.assertEqual(self.tidy(), ([], 0))

    def test_header_is_checked_through_its_source(self):
        self.write("sw/graph/a.h", "inline int* none() { return 0; }\n")
        self.assertEqual(self.tidy("sw/graph/a.h")[0], ["sw/graph/a.h:1: use nullptr [modernize-use-nullptr]"])

    def test_source_that_does_not_compile_is_a_finding(self):
        self.write("sw/graph/b.cc", "int* b() { return undeclared; }\n")
        found, _ = self.tidy()
        self.assertIn("sw/graph/b.cc:1: use of undeclared identifier 'undeclared'", found[0])
        self.assertEqual(self.tidy()[0], found)

    def test_source_that_nothing_compiles_is_a_finding(self):
        self.write("sw/graph/lost.cc", "")
        self.assertEqual(self.tidy("sw/graph/lost.cc")[0], ["sw/graph/lost.cc:1: no target compiles it [tidy]"])


if __name__ == "__main__":
    unittest.main()
