// A small sweep in a temporary folder: real runs of run_sim, and one point that failed under a nasty name.

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const axes = {
  model: ["alexnet", "squeezenet1_1"],
  fusion: ["lbdf", "brr"],
  buffer: ["128KiB", "512KiB"],
  "pe.rows": ["16", "32"],
};
export const nasty = '<img src=x onerror=alert(1)>"&';

const product = (lists) =>
  lists.reduce((rows, list) => rows.flatMap((row) => list.map((v) => [...row, v])), [[]]);

export function makeSweep(folder, runSim) {
  const names = Object.keys(axes);
  const points = product(Object.values(axes)).map((values, i) => {
    const id = `p${i}`;
    const [model, fusion, buffer, rows] = values;
    const out = join(folder, "points", id);
    mkdirSync(out, { recursive: true });
    execFileSync(runSim, [
      "--model",
      model,
      "--fusion",
      fusion,
      "--buffer",
      buffer,
      "--set",
      `pe.rows=${rows}`,
      "--out",
      out,
    ]);
    return {
      id,
      axes: Object.fromEntries(names.map((name, k) => [name, values[k]])),
      status: "ok",
      reason: "",
    };
  });
  const failed = { model: nasty, fusion: "lbdf", buffer: "128KiB", "pe.rows": "16" };
  points.push({ id: "broken", axes: failed, status: "failed", reason: `no such model ${nasty}` });
  const sweep = {
    format: "fusesim.sweep/1",
    name: "browser",
    version: "0",
    commit: "unknown",
    fixed: { search: "exact" },
    not_monotone: [],
    axes: names.map((name) => ({ name, values: name === "model" ? [...axes.model, nasty] : axes[name] })),
    points,
  };
  writeFileSync(join(folder, "sweep.json"), JSON.stringify(sweep));
  return points;
}

export const reportOf = (folder, id) =>
  JSON.parse(readFileSync(join(folder, "points", id, "report.json"), "utf8"));
