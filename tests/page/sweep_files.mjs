// A small sweep in a temporary folder, made by run_sweep: two networks, and a damaged file under a nasty name.

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const nasty = '<img src=x onerror=alert(1)>"&.onnx';
export const axes = { fusion: ["lbdf", "brr"], buffer: ["128KiB", "512KiB"], "pe.rows": ["16", "32"] };

/** The points of the sweep, as sweep.json has them; the page lies beside it. */
export function makeSweep(folder, runSweep) {
  const lists = Object.entries(axes).map(([name, values]) => `  ${name}: [${values.join(", ")}]`);
  writeFileSync(join(folder, nasty), "no network");
  const text = ["name: browser", `models: [alexnet, squeezenet1_1, '${nasty}']`, "axes:", ...lists];
  writeFileSync(join(folder, "sweep.yaml"), text.join("\n"));
  const { status, stderr } = spawnSync(runSweep, ["sweep.yaml", "--out", "."], {
    cwd: folder,
    encoding: "utf8",
  });
  if (status !== 1) throw new Error(`run_sweep: expected exit code 1, got ${status}: ${stderr}`);
  return JSON.parse(readFileSync(join(folder, "sweep.json"), "utf8")).points;
}

export const reportOf = (folder, id) =>
  JSON.parse(readFileSync(join(folder, "points", id, "report.json"), "utf8"));
