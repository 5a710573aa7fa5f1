#!/usr/bin/env python3
"""Writes the seeds in tests/fuzz/corpus with built programs: make_corpus.py BIN, BIN the folder with run_sim and run_sweep.

What a fuzzer found, corpus/*/finding_*, stays.
"""

import hashlib
import json
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
CORPUS = HERE / "corpus"

CONFIGS = {
    "small": "clock_mhz: 500\npe:\n  rows: 8\n  columns: 16\nbuffer:\n  capacity: 64KiB\ndram: lpddr4_3200\n",
    "dram": "dram:\n  preset: ddr4_2400\n  channels: 2\n",
    "words": "# comment\npe: {rows: 16, columns: 64}\nbrr: {double_buffer: all}\ndatatypes: {activation_bits: 16, from_file: true}\n",
}
OVERRIDES = {"number": "pe.rows=16", "text": "dram=lpddr4_3200", "size": "buffer.capacity=1.5MiB", "map": "pe={rows: 4, columns: 8}"}
SWEEPS = {
    "grid": "name: grid\nmodels: [alexnet, vgg16]\naxes:\n  fusion: [lbdf, brr]\n  buffer: [64KiB, 1MiB]\nset:\n  search: exact\n",
    "zip": "name: zip\nmodels: [alexnet]\naxes:\n  pe.rows: [8, 16]\n  pe.columns: [16, 64]\nzip: [[pe.rows, pe.columns]]\n"
           "set: {fusion: brr, seed: 3, objective: edp}\nslurm: {partition: short, throttle: 4}\n",
}


def write(reader, name, content):
    folder = CORPUS / reader
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def weights():
    """A network of two features, one layer of two and two classes."""
    arrays = {"feature_mean": 2, "feature_scale": 2, "layer0.neighbour": 4, "layer0.root": 4, "layer0.bias": 2, "output": 4, "output_bias": 2}
    text = {"features": "2", "hidden": "2", "layers": "1", "classes": "2", "scheme": "lbdf", "feature_layout": "f", "data_set": "d",
            "command": "c", "seed": "1", "epochs": "1"}
    header = json.dumps({"arrays": arrays, "kind": "fusesim.gnn/1", "text": text}, sort_keys=True, separators=(",", ":")).encode()
    content = b"FSWEIGHT" + struct.pack("<II", 1, len(header)) + header
    for name in sorted(arrays):
        content += struct.pack(f"<{arrays[name]}f", *[0.5] * arrays[name])
    return content + hashlib.sha256(content).hexdigest().encode()


def array(kind, shape, data):
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data


def without_predictions(path):
    """A schedule as somebody writes it by hand."""
    schedule = json.loads(path.read_text())
    schedule.pop("content_sha256")
    for group in schedule["groups"]:
        group.pop("prediction", None)
    return json.dumps(schedule, separators=(",", ":"))


def run(program, *arguments):
    done = subprocess.run([program, *map(str, arguments)], stdout=subprocess.DEVNULL, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"{program}: exit code {done.returncode}")


def main():
    programs = Path(sys.argv[1]).resolve()
    for reader, seeds in (("config", CONFIGS), ("override", OVERRIDES), ("sweep", SWEEPS)):
        for name, text in seeds.items():
            write(reader, name, text)
    write("weights", "small", weights())
    write("npy", "floats", array("<f4", (1, 2, 2), struct.pack("<4f", 1, 2, 3, 4)))
    write("npy", "bytes", array("|u1", (3,), bytes([1, 2, 255])))
    write("npy", "nothing", array("<f4", (0, 2), b""))
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        for fusion in ("lbdf", "brr"):
            run(programs / "run_sim", "--model", "alexnet", "--fusion", fusion, "--search", "exact", "--out", out / fusion)
            write("schedule", fusion, without_predictions(out / fusion / "schedule.json"))
        report = json.loads((out / "brr/report.json").read_text())
        write("report", "alexnet", json.dumps(report, separators=(",", ":")))
        (out / "s.yaml").write_text("name: s\nmodels: [alexnet]\naxes: {buffer: [512KiB]}\nset: {fusion: brr, search: exact}\n")
        run(programs / "run_sweep", out / "s.yaml", "--out", out / "sweep", "--no-page", "--save-baseline", out / "stored.json")
        write("baseline", "alexnet", (out / "stored.json").read_bytes())


if __name__ == "__main__":
    main()
