"""The installed tree and the Debian packages, as their users meet them.

Environment: FUSESIM_BUILD, FUSESIM_SOURCE, FUSESIM_PYTHON (the interpreter that the Python package is for).
"""

import gzip
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import platform_checks

BUILD = pathlib.Path(os.environ["FUSESIM_BUILD"])
SOURCE = pathlib.Path(os.environ["FUSESIM_SOURCE"])
CONSUMER = SOURCE / "tests/package/consumer"
PYTHON = os.environ.get("FUSESIM_PYTHON", "python3")
MACHINE = "configs/accelerators/ethos_u55_256.yaml"


def run(*command, more=None, **options):
    """Runs a command, with `more` in its environment; a failure shows what it printed. Returns its standard output."""
    environment = {k: v for k, v in os.environ.items() if k not in ("FUSESIM_DATA_DIR", "DESTDIR", "PYTHONPATH")}
    done = subprocess.run(command, capture_output=True, text=True, env={**environment, **(more or {})}, **options)
    if done.returncode != 0:
        raise AssertionError(f"{command}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


class ScratchTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory(prefix="fusesim-package-")
        cls.addClassCleanup(scratch.cleanup)
        cls.scratch = pathlib.Path(scratch.name)


class Install(ScratchTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.prefix, cls.consumer = cls.scratch / "prefix", cls.scratch / "consumer"
        run("cmake", "--install", BUILD, "--prefix", cls.prefix)
        run("cmake", "-S", CONSUMER, "-B", cls.consumer, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={cls.prefix}")

    def test_another_project_plans_and_confirms(self):
        run("cmake", "--build", self.consumer, "--target", "consumer")
        said = run(self.consumer / "consumer", "squeezenet1_1", cwd=self.scratch)
        report = run(self.prefix / "bin/run_sim", "--model", "squeezenet1_1", "--fusion", "lbdf",
                     "--format", "json", "--config", self.prefix / "share/fusesim" / MACHINE, cwd=self.scratch)
        totals = json.loads(report)["totals"]
        self.assertEqual(said, f"squeezenet1_1: {totals['groups']} groups, "
                         f"{totals['analytic']['total_bytes']} bytes predicted, "
                         f"{totals['simulated']['total_bytes']} bytes simulated\n")

    def test_platforms_of_another_project_confirm_their_bytes(self):
        run("cmake", "--build", self.consumer, "--target", "plain_memory", "shared_dram")
        first = platform_checks.ALONE
        groups, size = platform_checks.check_plain_memory(self, run(self.consumer / "plain_memory", first))
        report = run(self.prefix / "bin/run_sim", "--model", first, "--fusion", "lbdf", "--format", "json",
                     "--config", self.prefix / "share/fusesim" / MACHINE, cwd=self.scratch)
        totals = json.loads(report)["totals"]
        self.assertEqual((groups, size), (totals["groups"], totals["simulated"]["total_bytes"]))
        platform_checks.check_shared_dram(self, run(self.consumer / "shared_dram", *platform_checks.TOGETHER))

    def test_every_public_header_compiles_alone(self):
        run("cmake", "--build", self.consumer, "--target", "headers")

    def test_public_headers_include_the_standard_library_and_each_other(self):
        for path in (self.prefix / "include").rglob("*.h"):
            for name in re.findall(r"#include (\S+)", path.read_text()):
                own = name.startswith('"fusesim/') and (self.prefix / "include" / name.strip('"')).exists()
                self.assertTrue(own or re.fullmatch("<[a-z_]+>", name), f"{path.name} includes {name}")

    def test_nothing_installed_names_source_or_build_folder(self):
        for path in self.prefix.rglob("*"):
            if path.suffix in (".cmake", ".h", ".gz") or path.parent.name == "completions":
                content = path.read_bytes()
                content = gzip.decompress(content) if path.suffix == ".gz" else content
                for folder in (SOURCE, BUILD):
                    self.assertNotIn(str(folder).encode(), content, path)

    def test_a_moved_program_finds_its_data(self):
        moved = self.scratch / "moved"
        shutil.copytree(self.prefix, moved)
        data = moved / "share/fusesim"
        part = (data / "configs/dram/ddr4_2400.yaml").read_text().replace("ddr4_2400", "only_here")
        (data / "configs/dram/only_here.yaml").write_text(part)
        shutil.copy(data / "models/alexnet.onnx", data / "models/only_here_too.onnx")
        report = run(moved / "bin/run_sim", "--model", "only_here_too", "--fusion", "lbdf", "--search", "unfused",
                     "--set", "dram=only_here", "--format", "json", cwd=self.scratch)
        self.assertEqual(json.loads(report)["config"]["dram"]["name"], "only_here")

    def test_an_installed_sweep_has_a_page(self):
        if not (self.prefix / "share/fusesim/web/node_modules/echarts/dist/echarts.common.min.js").exists():
            self.skipTest("no ECharts in the build folder: npm has not run")
        file, out = self.scratch / "sweep.yaml", self.scratch / "sweep"
        file.write_text("name: one\nmodels: [alexnet]\naxes:\n  fusion: [lbdf]\nset:\n  search: unfused\n")
        run(self.prefix / "bin/run_sweep", file, "--out", out, cwd=self.scratch)
        self.assertIn("ECharts", (out / "report.html").read_text())


def one_liner():
    """The command that README.md gives for Python, without the interpreter."""
    return re.search(r"^ *python3 -c '(.*)'$", (SOURCE / "README.md").read_text(), re.MULTILINE).group(1)


class Debian(ScratchTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        run("cpack", "-G", "DEB", "--config", BUILD / "CPackConfig.cmake", "-B", cls.scratch)
        cls.packages = {run("dpkg-deb", "-f", p, "Package").strip(): p for p in cls.scratch.glob("*.deb")}

    def fields(self, package):
        lines = run("dpkg-deb", "-f", self.packages[package]).splitlines()
        return dict(line.split(": ", 1) for line in lines if ": " in line and not line.startswith(" "))

    def paths(self, package):
        """Path -> permissions of everything in the package."""
        rows = (line.split(maxsplit=5) for line in run("dpkg-deb", "-c", self.packages[package]).splitlines())
        return {row[5].lstrip(".").rstrip("/"): row[0] for row in rows}

    def test_packages_hold_what_they_should(self):
        program, data = self.paths("fusesim"), "/usr/share/fusesim/"
        for path in ("/usr/bin/run_sim", "/usr/bin/run_search", "/usr/share/man/man1/run_sim.1.gz",
                     "/usr/share/bash-completion/completions/run_search", "/usr/share/doc/fusesim/copyright",
                     data + "models/resnet18.onnx", data + "models/gnn/lbdf.weights", data + MACHINE,
                     data + "schemas/report.schema.json"):
            self.assertIn(path, program)
        developer = self.paths("fusesim-dev")
        for path in ("/usr/include/fusesim/hw/simulate.h", "/usr/lib/libfusesim_import.a",
                     "/usr/lib/cmake/FuseSim/FuseSimConfig.cmake"):
            self.assertIn(path, developer)

    def test_packages_are_disjoint_and_stay_in_usr(self):
        seen = set()
        for package in self.packages:
            paths = self.paths(package)
            files = {path for path, mode in paths.items() if not mode.startswith("d")}
            self.assertFalse(files & seen)
            seen |= files
            for path, mode in paths.items():
                self.assertTrue(path in ("", "/usr") or path.startswith("/usr/"), path)
                self.assertIn(mode, ("drwxr-xr-x", "-rwxr-xr-x" if "/bin/" in path else "-rw-r--r--"), path)

    def test_nothing_is_run_when_a_package_is_installed_but_for_pythons_byte_code(self):
        for package, path in self.packages.items():
            control = self.scratch / f"{package}-control"
            run("dpkg-deb", "-e", path, control)
            scripts = {file.name for file in control.iterdir()} - {"control", "md5sums"}
            self.assertEqual(scripts, {"postinst", "prerm"} if package == "python3-fusesim" else set(), package)

    def test_only_training_depends_on_libtorch(self):
        depends = {package: self.fields(package).get("Depends", "") for package in self.packages}
        for package in {"fusesim", "fusesim-dev", "python3-fusesim"} & depends.keys():
            self.assertNotIn("libtorch", depends[package])
        self.assertIn("libsystemc", depends["fusesim"])
        self.assertIn("libonnx1", depends["fusesim"])
        if "fusesim-train" in self.packages:
            self.assertIn("libtorch", depends["fusesim-train"])

    @unittest.skipUnless(shutil.which("lintian"), "lintian is missing")
    def test_lintian_misses_nothing_but_debians_changelog(self):
        run("lintian", "--allow-root", "--fail-on", "error,warning", "--suppress-tags", "no-changelog", *self.packages.values())

    def test_the_unpacked_program_runs(self):
        root = self.scratch / "root"
        run("dpkg-deb", "-x", self.packages["fusesim"], root)
        said = run(root / "usr/bin/run_sim", "--model", "resnet18", "--fusion", "brr", cwd=self.scratch)
        self.assertRegex(said, r"(\d+) of \1 groups confirmed to the byte")

    def test_the_unpacked_python_package_runs_the_readmes_line(self):
        if "python3-fusesim" not in self.packages:
            self.skipTest("the build has no Python package: pybind11 is missing")
        depends = self.fields("python3-fusesim")["Depends"]
        self.assertRegex(depends, r"fusesim \(= [0-9.]+\), .*python3 \(>= 3\.[0-9]+\), python3 \(<< 3\.[0-9]+\)")
        self.assertNotIn("libsystemc", depends)
        root = self.scratch / "python"
        for package in ("fusesim", "python3-fusesim"):
            run("dpkg-deb", "-x", self.packages[package], root)
        modules = {"PYTHONPATH": str(root / "usr/lib/python3/dist-packages")}
        said = run(PYTHON, "-B", "-c", one_liner(), cwd=self.scratch, more=modules)
        self.assertRegex(said, r"^resnet50, lbdf, least edp, buffer 262,144 bytes: .* (\d+) of \1 groups confirmed to the byte\n$")
        where = "import fusesim; print(fusesim._core.data_directory(), fusesim._programs.find('run_sim'))"
        found = run(PYTHON, "-B", "-c", where, cwd=self.scratch, more=modules)
        self.assertEqual(found, f"{root}/usr/share/fusesim {root}/usr/bin/run_sim\n")
        self.assertTrue((root / "usr/share/doc/python3-fusesim/examples/first_run.ipynb").exists())


if __name__ == "__main__":
    unittest.main()
