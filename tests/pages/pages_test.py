"""Man pages and bash completions that the build made. Environment: FUSESIM_BUILD, FUSESIM_SOURCE."""

import gzip
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

BUILD = pathlib.Path(os.environ["FUSESIM_BUILD"])
sys.path.insert(0, os.environ["FUSESIM_SOURCE"] + "/packaging")

import help_text  # noqa: E402

PROGRAMS = sorted(p.stem for p in (BUILD / "pages").glob("*.bash"))
COMPLETE = """
source "$1"; shift
words=("$@")
COMP_WORDS=("${words[@]}") COMP_CWORD=$((${#words[@]} - 1))
"_$(basename "$1")"
printf '%s\\n' "${COMPREPLY[@]}"
"""


def help_of(program):
    return subprocess.run([BUILD / "bin" / program, "--help"], check=True, capture_output=True, text=True).stdout


def long_options(program):
    return set(re.findall(r"^  (?:-h,)?(--[a-z-]+)", help_of(program), re.MULTILINE))


class Man(unittest.TestCase):
    def page(self, program):
        source = gzip.decompress((BUILD / "pages" / f"{program}.1.gz").read_bytes())
        done = subprocess.run(["groff", "-man", "-Tascii", "-P-cbou", "-ww", "-rLL=300n"], input=source, check=True,
                              capture_output=True)
        self.assertEqual(done.stderr, b"")
        return done.stdout.decode()

    def test_pages_have_every_option_and_no_warning(self):
        for program in PROGRAMS:
            shown = set(re.findall(r"^ +(?:-h, )?(--[a-z-]+)", self.page(program), re.MULTILINE))
            self.assertEqual(shown, long_options(program), program)

    def test_examples_stand_as_they_are_typed(self):
        page = self.page("run_sim")
        examples = re.findall(r"^  (run_sim --.*)$", help_of("run_sim"), re.MULTILINE)
        self.assertTrue(examples)
        for example in examples:
            self.assertRegex(page, f"(?m)^ +{re.escape(example)}$")

    def test_exit_codes_are_a_list(self):
        codes = re.findall(r"^ +(\d) +\S", self.page("run_sim").partition("EXIT STATUS")[2], re.MULTILINE)
        self.assertEqual(codes, ["0", "1", "2", "3", "4"])


class HelpText(unittest.TestCase):
    LAYOUT = ("What it does.\nUsage: tool [OPTIONS] FILE\n\nPositionals:\n  file FILE REQUIRED    what to read\n\n"
              "Options:\n  -h,--help             help\n  --mode a|b ...        one of\n                        two\n"
              "  --number INT:INT in [1 - 9] Excludes: --mode\n                        a number\n"
              "  --word TEXT:{x,y}     a word\n\nexit code: 0 good; 1 bad\n")

    def test_layout_is_read(self):
        parsed = help_text.parse("tool", self.LAYOUT)
        file, help_, mode, number, word = parsed.arguments
        self.assertEqual((file.names, file.type, file.text), ([], "FILE", "what to read"))
        self.assertEqual((help_.names, help_.type), (["-h", "--help"], ""))
        self.assertEqual((mode.choices(), mode.notes, mode.text), (["a", "b"], ["..."], "one of two"))
        self.assertEqual((number.choices(), number.notes, number.text), ([], ["Excludes: --mode"], "a number"))
        self.assertEqual(word.choices(), ["x", "y"])
        self.assertEqual(parsed.footer, [["exit code: 0 good; 1 bad"]])

    def test_what_cannot_be_read_is_an_error(self):
        for text in ("no usage", "Usage: tool\n\nOptions:\n", self.LAYOUT.replace("  --word", "--word")):
            with self.assertRaises(ValueError):
                help_text.parse("tool", text)


class Completion(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="fusesim-completion-")
        self.addCleanup(scratch.cleanup)
        self.scratch = pathlib.Path(scratch.name)
        for name in ("net.onnx", "notes.txt", "my results.json"):
            (self.scratch / name).touch()
        (self.scratch / "folder").mkdir()

    def complete(self, program, *words):
        """What bash would offer for the last word."""
        sourced, path = BUILD / "pages" / f"{program}.bash", BUILD / "bin" / program
        done = subprocess.run(["bash", "-c", COMPLETE, "bash", sourced, path, *words], check=True,
                              capture_output=True, text=True, cwd=self.scratch)
        self.assertEqual(done.stderr, "")
        return {line for line in done.stdout.splitlines() if line}

    def test_options_are_those_of_help(self):
        for program in PROGRAMS:
            self.assertEqual(self.complete(program, "--"), long_options(program), program)
        self.assertEqual(self.complete("run_sim", "--model", "alexnet", "--fus"), {"--fusion"})

    def test_enumerated_values(self):
        self.assertEqual(self.complete("run_sim", "--fusion", ""), {"lbdf", "brr"})
        self.assertEqual(self.complete("run_sim", "--format", ""), {"table", "json", "csv"})
        self.assertEqual(self.complete("run_search", "--format", "j"), {"json"})
        self.assertEqual(self.complete("run_sim", "--search", "ns"), {"nsga2"})

    def test_every_value_offered_is_accepted(self):
        for program in ("run_sim", "run_search"):
            for option in ("--search", "--explainer", "--fusion", "--format"):
                values = self.complete(program, option, "")
                self.assertTrue(values, option)
                for value in values:
                    search = ["--search", "local"] if option == "--explainer" else []
                    done = subprocess.run([BUILD / "bin" / program, option, value, *search, "--list-models"],
                                          capture_output=True, text=True)
                    self.assertEqual(done.returncode, 0, f"{option} {value}: {done.stderr}")

    def test_models_are_the_zoo_and_onnx_files(self):
        zoo = subprocess.run([BUILD / "bin/run_sim", "--list-models"], capture_output=True, text=True).stdout.split()
        self.assertEqual(self.complete("run_sim", "--model", ""), {*zoo, "net.onnx", "folder"})
        self.assertEqual(self.complete("run_sim", "--model", "ne"), {"net.onnx"})

    def test_files_and_folders(self):
        everything = {"net.onnx", "notes.txt", "my results.json", "folder"}
        self.assertEqual(self.complete("run_sim", "--schedule", ""), everything)
        self.assertEqual(self.complete("run_sim", "--config", "my"), {"my results.json"})
        self.assertEqual(self.complete("run_sim", "--out", ""), {"folder"})

    def test_value_behind_an_equals_sign(self):
        self.assertEqual(self.complete("run_sim", "--fusion", "=", "l"), {"lbdf"})
        self.assertEqual(self.complete("run_sim", "--fusion", "="), {"lbdf", "brr"})

    def test_nothing_for_numbers(self):
        self.assertEqual(self.complete("run_sim", "--seed", ""), set())


if __name__ == "__main__":
    unittest.main()
