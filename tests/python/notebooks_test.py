"""The notebooks of examples/ run from the first cell to the last, and are kept without outputs.

Environment: FUSESIM_SOURCE; PYTHONPATH has the package.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

EXAMPLES = pathlib.Path(os.environ["FUSESIM_SOURCE"]) / "examples"
NOTEBOOKS = sorted(EXAMPLES.glob("*.ipynb"))


def executed(path, folder):
    """The cells of a notebook after it ran."""
    settings = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "MPLCONFIGDIR")
    subprocess.run([sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute",
                    "--ExecutePreprocessor.timeout=300", "--output-dir", folder, path], check=True,
                   capture_output=True, text=True, env={**os.environ, **dict.fromkeys(settings, str(folder))})
    return json.loads((pathlib.Path(folder) / path.name).read_text())["cells"]


class Kept(unittest.TestCase):
    def test_there_are_three(self):
        self.assertEqual([path.stem for path in NOTEBOOKS], ["choosing_a_buffer", "first_run", "plan_by_hand"])

    def test_without_outputs(self):
        for path in NOTEBOOKS:
            for cell in json.loads(path.read_text())["cells"]:
                self.assertFalse(cell.get("outputs"), path)
                self.assertIsNone(cell.get("execution_count"), path)


class NotebookTest(unittest.TestCase):
    def texts(self, name):
        """What the cells of a notebook printed and showed as text, together; the kinds of drawings that they showed."""
        with tempfile.TemporaryDirectory() as folder:
            try:
                cells = executed(EXAMPLES / f"{name}.ipynb", folder)
            except subprocess.CalledProcessError as error:
                self.fail(error.stderr)
        outputs = [output for cell in cells for output in cell.get("outputs", ())]
        text = "".join("".join(output.get("text", output.get("data", {}).get("text/plain", ""))) for output in outputs)
        drawn = [kind for output in outputs for kind in output.get("data", {}) if kind.startswith("image/")]
        return text, drawn


class FirstRun(NotebookTest):
    def test_it_confirms_and_draws(self):
        text, drawn = self.texts("first_run")
        self.assertRegex(text, r"(\d+) of \1 groups confirmed to the byte")
        self.assertIn("ErrorKind.BAD_INPUT", text)
        self.assertEqual(sorted(drawn), ["image/png", "image/svg+xml"])


class ChoosingABuffer(NotebookTest):
    def test_every_point_ran_and_one_is_best(self):
        text, drawn = self.texts("choosing_a_buffer")
        self.assertIn("20 of 20 points", text)
        self.assertIn("least energy-delay product: ", text)
        self.assertEqual(drawn, ["image/png"] * 2)


class PlanByHand(NotebookTest):
    def test_the_greedy_plan_loses_and_is_confirmed(self):
        text, drawn = self.texts("plan_by_hand")
        self.assertRegex(text, r"optimal: True; lost [1-9][0-9,]* bytes")
        self.assertIn("bytes on chip, buffer.capacity is 131072", text)
        self.assertRegex(text, r"(\d+) of \1 groups confirmed to the byte")
        self.assertEqual(sorted(drawn), ["image/png", "image/svg+xml", "image/svg+xml"])


if __name__ == "__main__":
    unittest.main()
