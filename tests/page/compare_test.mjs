// node compare_test.mjs RUN_SWEEP WEB [SCREENSHOTS]: the page of a sweep with shapes that advance together and searches, in
// Chromium: which design is best, designs compared, and no state of the selectors without its charts.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkPage, inFolder } from "./browser.mjs";
import { reportOf } from "./sweep_files.mjs";

const [runSweep, web, screenshots] = process.argv.slice(2);
let folder;

const sweep = `name: compare
models: [alexnet, squeezenet1_1]
axes:
  fusion: [lbdf, brr]
  search: [unfused, contiguous]
  buffer: [128KiB, 512KiB]
  pe.rows: [16, 32]
  pe.columns: [64, 32]
zip: [[pe.rows, pe.columns]]
`;

/** Every point with its report and its figures. */
function makePoints() {
  writeFileSync(join(folder, "sweep.yaml"), sweep);
  const { status, stderr } = spawnSync(runSweep, ["sweep.yaml", "--out", "."], {
    cwd: folder,
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  return JSON.parse(readFileSync(join(folder, "sweep.json"), "utf8")).points.map((point) => {
    const report = reportOf(folder, point.id);
    const { simulated, area_mm2 } = report.totals;
    const time = simulated.cycles / (1000 * report.config.clock_mhz);
    const energy = simulated.energy_pj / 1e9;
    const shape = `${point.axes["pe.rows"]}x${point.axes["pe.columns"]}`;
    const figures = {
      traffic: simulated.total_bytes / 1e6,
      time,
      energy,
      edp: time * energy,
      edp_area: time * energy * area_mm2.total,
    };
    return { ...point, report, shape, figures };
  });
}

const select = (page, group, name) =>
  page.getByRole("group", { name: group }).getByRole("combobox", { name, exact: true });
const shown = "What the figures show";
const compared = "What is compared";
const seriesOf = (page, id) =>
  page.locator(`#chart-${id}`).evaluate((host) =>
    echarts
      .getInstanceByDom(host)
      .getOption()
      .series.map(({ name, data, xAxisIndex }) => ({
        name,
        panel: xAxisIndex,
        values: data.map((one) => one.value),
      })),
  );
const near = (a, b) => assert.ok(Math.abs(a - b) <= 1e-9 * Math.abs(b), `${a} is not ${b}`);

/** Runs in the page: charts that are seen and have no mark. */
function emptyCharts() {
  const count = (series) => {
    const list = series.getData();
    return list.mapArray((i) => (list.getItemGraphicEl(i) ? 1 : 0)).reduce((a, b) => a + b, 0);
  };
  return [...document.querySelectorAll(".chart")]
    .filter((host) => host.offsetParent != null)
    .filter((host) => {
      const model = echarts.getInstanceByDom(host).getModel();
      return model.getSeries().reduce((sum, series) => sum + count(series), 0) === 0;
    })
    .map((host) => host.id);
}

/** Runs in the page: chooses every combination of the selectors of a group, and says where a chart was empty. */
function walkSelectors([group, empty]) {
  const emptyNow = new Function(`return (${empty})()`);
  const selects = () => [...document.querySelectorAll(`#${group} select`)];
  const seen = new Set();
  const faults = [];
  const choose = (i, value) => {
    const select = selects()[i];
    if (select.value === value) return;
    select.value = value;
    select.dispatchEvent(new Event("change"));
  };
  // a choice may change the selectors after it; one that changes an earlier one is met again there
  const visit = (i) => {
    const state = selects().map(({ value }) => value);
    if (i === state.length) {
      if (seen.has(state.join(" | "))) return;
      seen.add(state.join(" | "));
      const charts = emptyNow();
      if (charts.length > 0) faults.push(`${state.join(" | ")}: ${charts}`);
      return;
    }
    for (const { value } of [...selects()[i].options]) {
      if (value !== "none" && state.slice(0, i).includes(value)) continue;
      choose(i, value);
      visit(i + 1);
    }
  };
  visit(0);
  return { states: seen.size, faults };
}

const walk = (page, group) => page.evaluate(walkSelectors, [group, String(emptyCharts)]);

const checks = {
  async "shapes are one selector, and the page opens on points that exist"(page) {
    const shapes = select(page, shown, "pe (rows × columns)");
    assert.deepEqual(await shapes.locator("option").allInnerTexts(), ["16x64", "32x32"]);
    assert.equal(await select(page, shown, "search").inputValue(), "contiguous", "no base line at first");
    assert.deepEqual(await page.evaluate(emptyCharts), []);
    assert.match(
      await page.locator("#point option:checked").innerText(),
      /^LBDF, search contiguous, buffer 128KiB, pe /,
    );
    if (screenshots) await page.screenshot({ path: join(screenshots, "compare.png"), fullPage: true });
  },

  async "the best design by each objective is one press away"(page, points) {
    const of = points.filter(({ report }) => report.model.name === "alexnet");
    const cards = page.locator("#designs > div");
    for (const [i, key] of ["traffic", "time", "energy", "edp", "edp_area"].entries()) {
      await cards.nth(i).getByRole("button").click();
      const id = await page.locator("#point").inputValue();
      near(
        of.find((point) => point.id === id).figures[key],
        Math.min(...of.map(({ figures }) => figures[key])),
      );
    }
  },

  async "two shapes are in one chart, each at its best"(page, points) {
    assert.equal(await select(page, compared, "Colour").inputValue(), "pe (rows × columns)");
    const series = await seriesOf(page, "compare");
    assert.deepEqual(
      series.map(({ name, panel }) => `${name} ${panel}`),
      ["16x64 0", "32x32 0", "16x64 1", "32x32 1"],
    );
    for (const { name, panel, values } of series) {
      for (const [i, buffer] of ["128KiB", "512KiB"].entries()) {
        const found = points.filter(
          ({ report, axes, shape }) =>
            report.model.name === "alexnet" &&
            axes.fusion === ["lbdf", "brr"][panel] &&
            axes.search !== "unfused" &&
            axes.buffer === buffer &&
            shape === name,
        );
        near(values[i], Math.min(...found.map(({ figures }) => figures.edp)));
      }
    }
    await page.locator("#chart-compare").focus();
    await page.keyboard.press("ArrowRight");
    assert.match(
      await page.locator("#chart-compare .tip").innerText(),
      /alexnet, LBDF, .*pe 16x64\s+EDP\s+[\d.,]+ mJ × ms/,
    );
    await page.keyboard.press("Enter");
    assert.match(
      await page.locator("#point option:checked").innerText(),
      /^LBDF, search contiguous, buffer 128KiB, pe 16x64/,
    );
  },

  async "searches are seen against every op alone"(page) {
    await select(page, compared, "Measure").selectOption("traffic");
    const series = await seriesOf(page, "searches");
    assert.deepEqual([...new Set(series.map(({ name }) => name))], ["unfused (base line)", "contiguous"]);
    for (const panel of [0, 1]) {
      const [base, found] = series.filter((one) => one.panel === panel);
      for (const i of [0, 1]) assert.ok(found.values[i] < base.values[i]);
    }
    await select(page, compared, "Measure").selectOption("edp");
  },

  async "the axis that matters most is known"(page, points) {
    const of = points.filter(
      ({ report, axes }) => report.model.name === "alexnet" && axes.search !== "unfused",
    );
    const factors = (key, others) => {
      const groups = new Map();
      for (const point of of) {
        const place = JSON.stringify(others.map((name) => point.axes[name] ?? point[name]));
        groups.set(place, [...(groups.get(place) ?? []), point.figures[key]]);
      }
      return [...groups.values()].map((all) => Math.max(...all) / Math.min(...all)).sort((a, b) => a - b);
    };
    const expected = {
      scheme: factors("edp", ["buffer", "shape"]),
      buffer: factors("edp", ["fusion", "shape"]),
      "pe (rows × columns)": factors("edp", ["fusion", "buffer"]),
    };
    const [middle, most] = await seriesOf(page, "sensitivity");
    const axes = await page
      .locator("#chart-sensitivity")
      .evaluate((host) => echarts.getInstanceByDom(host).getOption().yAxis[0].data);
    assert.deepEqual([...axes].sort(), Object.keys(expected).sort());
    axes.forEach((axis, i) => {
      near(middle.values[i], expected[axis][expected[axis].length >> 1]);
      near(most.values[i], expected[axis].at(-1));
      assert.ok(i === 0 || middle.values[i] >= middle.values[i - 1], "the strongest is last");
    });
  },

  async "every op has its slices, rows, utilisation and cause"(page, points) {
    const point = points.find(
      ({ axes, shape }) => axes.fusion === "brr" && axes.search !== "unfused" && shape === "32x32",
    );
    await page.locator("#point").selectOption(point.id);
    await page.locator("#ops-details summary").click();
    const rows = (await page.locator("#ops tbody tr").allInnerTexts()).map((row) => row.split("\t"));
    const { groups } = point.report;
    assert.equal(rows.length, point.report.model.ops);
    const three = (value) =>
      Number(value.toPrecision(3)).toLocaleString("en-US", { maximumFractionDigits: 9 });
    for (const group of groups) {
      for (const { index, name, shape, simulated } of group.ops) {
        const [op, of, , shownName, , slice, tileRows, , cycles, , utilisation, cause] = rows[index];
        assert.deepEqual(
          [op, of, shownName, cycles],
          [index, group.index, name, three(simulated.cycles / 1e3)].map(String),
        );
        const [most] = Object.entries(simulated.causes).reduce((a, b) => (b[1] > a[1] ? b : a));
        if (most === "array") assert.equal(cause, "array");
        if (simulated.macs > 0) assert.equal(utilisation, `${three(100 * simulated.roofline.array_share)} %`);
        if (group.mode !== "brr_tiles") continue;
        const { slice_channels, tile_rows } = group.brr;
        assert.equal(slice, slice_channels >= shape[0] ? "all" : String(slice_channels));
        assert.equal(tileRows, tile_rows >= shape[1] ? "all" : String(tile_rows));
      }
    }
  },

  async "at 1400 pixels no column is cut off and no group number clipped"(page) {
    await page.setViewportSize({ width: 1400, height: 900 });
    await page.locator("#groups-details summary").click();
    for (const id of ["table", "plans", "ops", "groups", "matrix"]) {
      const cut = await page.locator(`#${id}`).evaluate((host) => host.scrollWidth - host.clientWidth);
      assert.ok(cut <= 0, `${id}: ${cut} pixels`);
    }
    const clipped = await page.locator("#drawing .number").evaluateAll(
      (numbers) =>
        numbers.filter((number) => {
          const box = number.closest("svg").viewBox.baseVal;
          const { x, width } = number.getBBox();
          return x < box.x || x + width > box.x + box.width;
        }).length,
    );
    assert.equal(clipped, 0);
  },

  async "figures have three digits"(page) {
    const long = await page
      .locator("#table td:not(.text), #ops td:not(.text), #groups td:not(.text), #matrix td")
      .evaluateAll((cells) =>
        cells
          .map((cell) => cell.textContent)
          .filter((text) => /\d/.test(text))
          .filter((text) => {
            const digits = text.replace(/[^\d.]/g, "").replace(/^0*\.?0*/, "");
            return (digits.includes(".") ? digits.replace(".", "") : digits.replace(/0+$/, "")).length > 3;
          }),
      );
    assert.deepEqual(long, []);
  },

  async "no state of the selectors has an empty chart"(page) {
    const figures = await walk(page, "controls");
    assert.deepEqual(figures.faults, []);
    // two networks, three choices of schemes, and along one of three axes the two values of both others
    assert.equal(figures.states, 2 * 3 * 3 * 2 * 2);
    const designs = await walk(page, "compare-controls");
    assert.deepEqual(designs.faults, []);
    // five measures and two ways with other axes; an axis of five along x, none or another by colour, none or a third in panels
    assert.equal(designs.states, 5 * 2 * 5 * (1 + 4 + 4 * (1 + 3)));
    console.log(`${figures.states} and ${designs.states} states`);
  },
};

await inFolder(async (made) => {
  folder = made;
  const points = makePoints();
  await checkPage({ web, folder, file: join(folder, "report.html"), checks, given: points });
});
