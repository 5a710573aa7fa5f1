// node browser_test.mjs RUN_SWEEP WEB [SCREENSHOTS]: opens the page of a small sweep in Chromium, from a file,
// and uses it as people do. One browser for all checks. With SCREENSHOTS, a folder, leaves pictures there to look at.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { checkPage, inFolder } from "./browser.mjs";
import { axes, makeSweep, nasty, reportOf } from "./sweep_files.mjs";

const [runSweep, web, screenshots] = process.argv.slice(2);
let folder;
const commas = (bytes) => bytes.toLocaleString("en-US");
const thousands = (value) => commas(Number((value / 1e3).toPrecision(3)));
const runs = (points) => points.filter((point) => point.status === "ok");
const lastRun = (points) => runs(points).at(-1);
const perNetwork = axes.fusion.length * axes.buffer.length;

/** Marks that a chart drew for data, as ECharts counts them, and paths in its SVG. */
const marksOf = (page, id) =>
  page.locator(`#chart-${id}`).evaluate((host) => {
    const lists = echarts
      .getInstanceByDom(host)
      .getModel()
      .getSeries()
      .map((series) => series.getData());
    const drawn = lists.map((list) =>
      list.mapArray((i) => (list.getItemGraphicEl(i) ? 1 : 0)).reduce((a, b) => a + b, 0),
    );
    return { marks: drawn.reduce((a, b) => a + b, 0), paths: host.querySelectorAll("svg path").length };
  });

const checks = {
  async "every chart has a mark for every point"(page, points) {
    const expected = {
      traffic: perNetwork,
      agreement: runs(points).length,
      kinds: 3 * perNetwork,
      front: perNetwork,
      cycles: perNetwork,
      energy: perNetwork,
      edp: perNetwork,
      "edp-area": perNetwork,
      "trade-off": perNetwork,
    };
    for (const [id, count] of Object.entries(expected)) {
      const { marks, paths } = await marksOf(page, id);
      assert.equal(marks, count, id);
      assert.ok(paths > count, `${id}: ${paths} paths`);
    }
  },

  async "cycles and energy are seen against every op alone"(page) {
    for (const id of ["cycles", "energy", "edp", "edp-area"]) {
      const dashed = await page.locator(`#chart-${id}`).evaluate((host) =>
        echarts
          .getInstanceByDom(host)
          .getOption()
          .series.filter((series) => series.name.endsWith("every op alone"))
          .map((series) => series.data.map((datum) => datum.value)),
      );
      assert.equal(dashed.length, axes.fusion.length, id);
      for (const line of dashed)
        assert.ok(line.length === axes.buffer.length && line.every((v) => v > 0), id);
    }
    const edp = await page.locator("#chart-edp svg").innerHTML();
    assert.equal([...edp.matchAll(/>best</g)].length, axes.fusion.length);
  },

  async "cards name the best design by each objective"(page, points) {
    const reports = runs(points)
      .map((point) => ({ point, report: reportOf(folder, point.id) }))
      .filter(({ report }) => report.model.name === "alexnet");
    const edp = ({ report: { totals, config } }) =>
      (totals.simulated.energy_pj / 1e9) * (totals.simulated.cycles / (1000 * config.clock_mhz));
    const figures = [
      ({ report }) => report.totals.simulated.total_bytes,
      ({ report }) => report.totals.simulated.cycles,
      ({ report }) => report.totals.simulated.energy_pj,
      edp,
      (one) => edp(one) * one.report.totals.area_mm2.total,
    ];
    const cards = page.locator("#designs > div");
    assert.deepEqual(await page.locator("#designs dt").allInnerTexts(), [
      "Least traffic",
      "Least time",
      "Least energy",
      "Least EDP",
      "Least EDP × area",
    ]);
    for (const [i, figure] of figures.entries()) {
      await cards.nth(i).getByRole("button").click();
      const shown = await page.locator("#point").inputValue();
      const best = Math.min(...reports.map(figure));
      assert.equal(figure(reports.find(({ point }) => point.id === shown)), best, `card ${i}`);
    }
  },

  async "the selectors choose what the figures show"(page) {
    await page.getByRole("combobox", { name: "Network" }).selectOption("squeezenet1_1");
    assert.match(await page.locator("#network-title").innerText(), /^squeezenet1_1 38 ops/);
    await page.getByRole("combobox", { name: "Scheme" }).selectOption("brr");
    assert.equal((await marksOf(page, "cycles")).marks, axes.buffer.length);
    await page.getByRole("combobox", { name: "Against" }).selectOption("pe.rows");
    assert.match(await page.locator("#chart-cycles svg").innerHTML(), /pe\.rows/);
    await page.getByRole("combobox", { name: "Against" }).selectOption("buffer");
    await page.getByRole("combobox", { name: "Scheme" }).selectOption("all");
  },

  async "arrow keys read a chart's values"(page) {
    await page.locator("#chart-traffic").focus();
    await page.keyboard.press("ArrowRight");
    const tip = page.locator("#chart-traffic .tip");
    assert.match(await tip.innerText(), /buffer 128KiB[\s\S]*LBDF fused\s+[\d.]+ MB/);
    await page.keyboard.press("ArrowRight");
    assert.match(await tip.innerText(), /buffer 512KiB/);
  },

  async "a group shows its bytes under the pointer"(page, points) {
    await page.locator("#point").selectOption(lastRun(points).id);
    const groups = reportOf(folder, lastRun(points).id).groups;
    await page
      .locator(`[data-group="${groups.length - 1}"] .op`)
      .first()
      .hover();
    const tip = await page.locator("#tooltip").innerText();
    const { buffer_bytes, simulated } = groups.at(-1);
    assert.match(tip, new RegExp(`buffer\\s+${commas(buffer_bytes)} B`));
    assert.match(tip, new RegExp(`simulated\\s+${commas(simulated.total_bytes)} B`));
    await page.mouse.move(0, 0);
    assert.ok(await page.locator("#tooltip").isHidden());
  },

  async "every op is drawn once, in the group that runs it"(page, points) {
    const groups = reportOf(folder, lastRun(points).id).groups;
    const drawn = await page
      .locator("#drawing .op")
      .evaluateAll((ops) =>
        ops.map((op) => [Number(op.dataset.op), Number(op.closest(".group").dataset.group)]),
      );
    const planned = groups.flatMap((group) => group.ops.map((op) => [op.index, group.index]));
    const sorted = (pairs) => pairs.sort((a, b) => a[0] - b[0]);
    assert.deepEqual(sorted(drawn), sorted(planned));
  },

  async "a point's plan stands beside those that might have run"(page, points) {
    await page.locator("#point").selectOption(lastRun(points).id);
    const { alternatives, totals } = reportOf(folder, lastRun(points).id);
    const rows = await page.locator("#plans tbody tr").allInnerTexts();
    assert.equal(rows.length, 2 + alternatives.length);
    assert.match(rows[0], /^this, simulated/);
    for (const [i, plan] of alternatives.entries()) assert.ok(rows[2 + i].startsWith(plan.name), rows[2 + i]);
    const shown = (bytes) => String(Number((bytes / 1e6).toPrecision(3)));
    assert.equal(rows[0].split("\t")[1], shown(totals.simulated.total_bytes));
  },

  async "groups as a table say what bounds them"(page, points) {
    await page.locator("#groups-details summary").click();
    const { groups } = reportOf(folder, lastRun(points).id);
    const rows = await page.locator("#groups tbody tr").allInnerTexts();
    assert.equal(rows.length, groups.length);
    for (const [i, group] of groups.entries()) {
      const cells = rows[i].split("\t");
      assert.deepEqual(cells.slice(11, 13), [
        thousands(group.predicted.cycles),
        thousands(group.simulated.cycles),
      ]);
      const exact = await page
        .locator(`#groups tbody tr:nth-child(${i + 1}) td:nth-child(13)`)
        .getAttribute("title");
      assert.equal(exact, commas(group.simulated.cycles));
      assert.equal(cells[14], group.bound_by);
    }
    await page.locator("#groups-details summary").click();
  },

  async "causes of every group add up to its cycles"(page, points) {
    const { groups } = reportOf(folder, lastRun(points).id);
    const series = await page.locator("#chart-causes").evaluate((host) =>
      echarts
        .getInstanceByDom(host)
        .getOption()
        .series.map(({ name, data }) => ({ name, data })),
    );
    for (const [i, group] of groups.entries()) {
      const whole = series.reduce((sum, { data }) => sum + data[i], 0);
      assert.ok(Math.abs(whole - 100) < 1e-6, `group ${i}: ${whole}`);
      const array = series.find(({ name }) => name === "array").data[i];
      assert.ok(Math.abs(array - (100 * group.simulated.causes.array) / group.simulated.cycles) < 1e-6);
    }
    const label = await page.locator("#chart-causes").getAttribute("aria-label");
    assert.match(label, /Time of .*array [0-9.]+ %/);
  },

  async "groups lie under the roofs"(page, points) {
    const { groups } = reportOf(folder, lastRun(points).id);
    const both = groups.filter(({ roofline }) => roofline.macs_per_byte > 0 && roofline.attained > 0);
    const { marks } = await marksOf(page, "roofline");
    assert.equal(marks, both.length);
    const shown = await page.locator("#chart-roofline").evaluate((host) =>
      echarts
        .getInstanceByDom(host)
        .getOption()
        .series[1].data.map(({ value }) => value),
    );
    for (const [i, { roofline }] of both.entries()) {
      assert.deepEqual(shown[i], [roofline.macs_per_byte, roofline.attained]);
      assert.ok(roofline.attained <= roofline.attainable * (1 + 1e-9));
    }
    await page.locator("#chart-roofline").focus();
    await page.keyboard.press("ArrowRight");
    assert.match(await page.locator("#chart-roofline .tip").innerText(), /MACs per byte/);
    await page.keyboard.press("Escape");
  },

  async "groups are reached by keyboard"(page, points) {
    const groups = reportOf(folder, lastRun(points).id).groups;
    await page.locator("#point").focus();
    await page.keyboard.press("Tab");
    for (const group of groups.slice(0, 2)) {
      const tip = await page.locator("#tooltip").innerText();
      assert.match(tip, new RegExp(`Group ${group.index}:`));
      assert.ok(tip.includes(`${commas(group.simulated.total_bytes)} B`), tip);
      await page.keyboard.press("ArrowDown");
    }
    await page.keyboard.press("Escape");
    assert.ok(await page.locator("#tooltip").isHidden());
  },

  async "the table sorts by its heads"(page) {
    const head = page.locator("#table th", { hasText: "DRAM MB" });
    const column = () => page.locator("#table tbody tr td:nth-child(5)").allInnerTexts();
    const numbers = (texts) => texts.filter((text) => text !== "–").map(Number);
    await head.getByRole("button").focus();
    await page.keyboard.press("Enter");
    assert.equal(await head.getAttribute("aria-sort"), "ascending");
    const up = numbers(await column());
    assert.deepEqual(
      up,
      [...up].sort((a, b) => a - b),
    );
    await page.keyboard.press("Enter");
    assert.equal(await head.getAttribute("aria-sort"), "descending");
    assert.deepEqual(numbers(await column()), [...up].reverse());
    assert.equal((await column()).at(-1), "–", "a point without figures comes last");
  },

  async "the table filters by words and by failure"(page, points) {
    await page.locator("#filter").fill("alexnet brr");
    assert.equal(await page.locator("#table tbody tr").count(), runs(points).length / 4);
    await page.locator("#filter").fill("");
    await page.locator("#failed").check();
    assert.equal(
      await page.locator("#count").innerText(),
      `${points.length - runs(points).length} of ${points.length} shown`,
    );
    assert.match(await page.locator("#table tbody tr").first().innerText(), /failed\s+.*<img src=x/);
    await page.locator("#failed").uncheck();
  },

  async "names are text, never markup"(page) {
    await page.getByRole("combobox", { name: "Network" }).selectOption(nasty.replace(".onnx", ""));
    assert.match(await page.locator("#drawing").innerText(), /No figures: .*<img src=x/);
    assert.equal(await page.locator("img").count(), 0);
    await page.getByRole("combobox", { name: "Network" }).selectOption("squeezenet1_1");
  },

  async "the page says how to get a point's timeline"(page, points) {
    const { id } = lastRun(points);
    await page.locator("#point").selectOption(id);
    const words = (await page.locator("#timeline-command code").innerText()).split(" ");
    assert.equal(words.shift(), "run_sim");
    const run = spawnSync(join(dirname(runSweep), "run_sim"), words, { cwd: folder, encoding: "utf8" });
    assert.equal(run.status, 0, run.stderr);
    assert.match(
      readFileSync(join(folder, "timeline.html"), "utf8"),
      /<title>squeezenet1_1, brr: FuseSim timeline/,
    );
  },

  async "a timeline opens here as well"(page) {
    const slice = { ph: "X", pid: 1, tid: 1, ts: 0, dur: 2, name: nasty, args: { rows: "1-2" } };
    const file = join(folder, "timeline.json");
    writeFileSync(file, JSON.stringify({ traceEvents: [slice, { ...slice, ts: 3 }] }));
    await page.locator("#timeline-file").setInputFiles(file);
    await page.getByText("timeline.json · 5 µs · 2 slices").waitFor();
    await page.locator("#timeline-lanes canvas").focus();
    for (const key of ["ArrowUp", "ArrowDown", "n"]) await page.keyboard.press(key);
    assert.match(await page.locator("#timeline-chosen").innerText(), /<img src=x.* takes 2 µs · rows 1-2/);
    assert.equal(await page.locator("img").count(), 0);
  },

  async "the dark theme reaches page and charts"(page) {
    const colors = () =>
      page.evaluate(() => [
        getComputedStyle(document.body).backgroundColor,
        document.querySelector("#chart-cycles svg text").getAttribute("fill"),
      ]);
    const light = await colors();
    await page.locator("#theme").click();
    const dark = await colors();
    assert.equal(await page.locator("#theme").getAttribute("aria-pressed"), "true");
    assert.notEqual(dark[0], light[0]);
    assert.notEqual(dark[1], light[1]);
    if (screenshots) await page.screenshot({ path: join(screenshots, "dark.png"), fullPage: true });
    await page.locator("#theme").click();
    assert.deepEqual(await colors(), light);
  },

  async "nothing is wider than the page"(page) {
    for (const width of [1320, 700]) {
      await page.setViewportSize({ width, height: 900 });
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `at ${width}`);
    }
    await page.setViewportSize({ width: 1320, height: 900 });
  },

  async "print is white, whole and without controls"(page) {
    const path = join(screenshots ?? folder, "print.pdf");
    await page.locator("#theme").click();
    await page.emulateMedia({ media: "print" });
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    assert.equal(
      await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor),
      "rgb(255, 255, 255)",
    );
    assert.ok(await page.locator("#controls").isHidden());
    const cut = await page
      .locator(".chart svg")
      .evaluateAll(
        (charts) =>
          charts.filter(
            (svg) =>
              !svg.getAttribute("viewBox") ||
              svg.getBoundingClientRect().right > svg.closest("figure").getBoundingClientRect().right,
          ).length,
      );
    assert.equal(cut, 0);
    await page.evaluate(() => dispatchEvent(new Event("afterprint")));
    await page.emulateMedia({ media: null });
    assert.equal(
      await page.locator("#theme").getAttribute("aria-pressed"),
      "true",
      "dark again after printing",
    );
    if (screenshots) await page.pdf({ path, preferCSSPageSize: true });
    await page.locator("#theme").click();
  },
};

await inFolder(async (made) => {
  folder = made;
  await checkPage({
    web,
    folder,
    file: join(folder, "report.html"),
    given: makeSweep(folder, runSweep),
    checks,
    after: async (page) =>
      screenshots && page.screenshot({ path: join(screenshots, "light.png"), fullPage: true }),
  });
});
