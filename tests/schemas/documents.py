"""What the tests of the schemas share: documents of the programs, and the schemas.

Environment: FUSESIM_BUILD, FUSESIM_SOURCE.
"""

import copy
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import jsonschema

import damage
import tiny_onnx

PROGRAMS = pathlib.Path(os.environ["FUSESIM_BUILD"]) / "bin"
SCHEMAS = pathlib.Path(os.environ["FUSESIM_SOURCE"]) / "schemas"


def validator(name):
    schema, names = (json.loads((SCHEMAS / f"{part}.schema.json").read_text()) for part in (name, "names"))
    schema.setdefault("$defs", {})["names"] = names
    return jsonschema.Draft202012Validator(schema)


def faults(document):
    """What the schema that the document names says against it."""
    name = document["format"].removeprefix("fusesim.").partition("/")[0]
    return [f"{list(e.absolute_path)}: {e.message[:200]}" for e in validator(name).iter_errors(document)]


class DocumentTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="fusesim-schema-")
        self.addCleanup(scratch.cleanup)
        self.scratch = pathlib.Path(scratch.name)
        self.tiny = self.scratch / "tiny.onnx"
        self.tiny.write_bytes(tiny_onnx.with_opaque_and_unread())

    def run_program(self, program, *arguments):
        return subprocess.run([PROGRAMS / program, *arguments], capture_output=True, text=True, cwd=self.scratch)

    def documents(self, program, *arguments):
        """Runs the program; name -> document of everything that it wrote."""
        out = pathlib.Path(tempfile.mkdtemp(dir=self.scratch))
        done = self.run_program(program, *arguments, "--out", out)
        self.assertEqual(done.returncode, 0, done.stderr)
        return {p.stem: json.loads(p.read_text()) for p in out.glob("*.json")}

    def assert_valid(self, program, *arguments):
        documents = self.documents(program, *arguments)
        for name, document in documents.items():
            self.assertEqual(faults(document), [], f"{name} of {arguments}")
        return documents

    def assert_refuses(self, schema, document, change):
        """The schema takes `document`, but not what `change` makes of it."""
        self.assertTrue(schema.is_valid(document))
        changed = copy.deepcopy(document)
        change(changed)
        self.assertFalse(schema.is_valid(changed), changed)

    def assert_refuses_all(self, schema, document, **exceptions):
        self.assertTrue(schema.is_valid(document))
        for what in damage.damaged(document, **exceptions):
            self.assertFalse(schema.is_valid(document), what)
        self.assertTrue(schema.is_valid(document))


class SweepTest(DocumentTest):
    """Points that are well and points whose buffer is too small for any group."""

    def sweep(self):
        file = self.scratch / "sweep.yaml"
        file.write_text("name: schemas\nmodels: [alexnet]\naxes:\n  fusion: [lbdf, brr]\n  buffer: [1KiB, 300000]\n"
                        "set:\n  search: unfused\n")
        done = self.run_program("run_sweep", file, "--out", "sweep")
        self.assertEqual(done.returncode, 1, done.stderr)
        sweep = json.loads((self.scratch / "sweep/sweep.json").read_text())
        return sweep, [json.loads(path.read_text()) for path in (self.scratch / "sweep").rglob("point.json")]
