"""What the package offers is typed and documented, and the stub says what the extension holds."""

import ast
import inspect
import pathlib
import unittest

import fusesim as fs
from fusesim import _core

PACKAGE = pathlib.Path(fs.__file__).parent


def held(value):
    """Public names of a class of the extension, without what every object has."""
    return {name for name in vars(value) if not name.startswith("_")}


class Interface(unittest.TestCase):
    def test_the_stub_has_the_names_of_the_extension(self):
        tree = ast.parse((PACKAGE / "_core.pyi").read_text())
        stated = {}
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                functions = {part.name for part in node.body if isinstance(part, ast.FunctionDef)}
                stated[node.name] = functions - {"__init__"}
            elif isinstance(node, ast.FunctionDef):
                stated[node.name] = None
            elif isinstance(node, ast.AnnAssign):
                stated[node.target.id] = None
        there = {name: held(value) if inspect.isclass(value) else None for name, value in vars(_core).items()
                 if not name.startswith("_")}
        self.assertEqual(there, stated)

    def test_the_package_is_marked_as_typed(self):
        self.assertTrue((PACKAGE / "py.typed").exists())

    def test_everything_public_is_documented_and_typed(self):
        for name in fs.__all__:
            value = getattr(fs, name)
            if getattr(value, "__module__", "").startswith("fusesim._core"):
                continue
            with self.subTest(name=name):
                self.assertTrue(inspect.getdoc(value))
                if inspect.isfunction(value):
                    self.assertIn("return", value.__annotations__)

    def test_networks_have_their_shapes(self):
        network = fs.Network("resnet18")
        table = network.to_pandas()
        self.assertEqual(len(table), len(network.ops))
        self.assertEqual(table.macs[0], 64 * 3 * 7 * 7 * 112 * 112)  # 7 x 7, stride 2, 3 to 64 channels
        self.assertEqual(table["shape"][0], (64, 112, 112))
        self.assertEqual((network.ops[0].kernel, network.ops[0].stride), ((7, 7), (2, 2)))
        self.assertIn("resnet18", fs.models())
        self.assertEqual(network._repr_svg_().count('class="node"'), len(network.ops))


if __name__ == "__main__":
    unittest.main()
