// node timeline_test.mjs RUN_SIM WEB [SCREENSHOTS]: a run's timeline as run_sim writes it, as a page and as a file that
// the page opens, in Chromium: what is drawn, zoomed, pointed at, and how long drawing takes to do.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkPage, inFolder } from "./browser.mjs";

const [runSim, web, screenshots] = process.argv.slice(2);
let folder;

function simulate(...more) {
  const run = spawnSync(runSim, ["--fusion", "lbdf", "--buffer", "256KiB", "--no-alternatives", ...more], {
    cwd: folder,
    encoding: "utf8",
  });
  assert.equal(run.status, 0, run.stderr);
}

const canvas = (page) => page.locator("#timeline-lanes canvas");
const ask = (page, question, argument) =>
  canvas(page).evaluate(
    (host, [text, given]) => new Function("view", "given", `return ${text}`)(host.view, given),
    [question, argument],
  );
const drawn = (page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 20))));

/** Events of the file by lane: {name: [event, ...]}. */
function lanesOfFile(file) {
  const { traceEvents } = JSON.parse(readFileSync(file, "utf8"));
  const key = ({ pid, tid }) => `${pid}/${tid}`;
  const names = new Map();
  for (const event of traceEvents)
    if (event.ph === "M" && event.name === "thread_name") names.set(key(event), event.args.name);
  const lanes = {};
  for (const event of traceEvents) if (event.ph === "X") (lanes[names.get(key(event))] ??= []).push(event);
  return { lanes, flows: traceEvents.filter(({ ph }) => ph === "s").length, events: traceEvents };
}

/** Colours of a lane's pixels between its edges, how many of each. */
async function pixelsOf(page, lane) {
  await drawn(page);
  return canvas(page).evaluate((host, name) => {
    const { view } = host;
    const { top, height } = view.lanes.find((one) => one.name === name && one.type !== "head");
    const y = view.top + top - view.host.scrollTop;
    const copy = document.createElement("canvas");
    [copy.width, copy.height] = [host.clientWidth - 208 - 64, height - 3];
    const pixels = copy.getContext("2d", { willReadFrequently: true });
    pixels.drawImage(host, -208, -Math.round(y) - 1);
    const { data } = pixels.getImageData(0, 0, copy.width, copy.height);
    const found = {};
    for (let i = 0; i < data.length; i += 4) {
      const color = `${data[i]},${data[i + 1]},${data[i + 2]}`;
      found[color] = (found[color] ?? 0) + 1;
    }
    return found;
  }, lane);
}

const blue = "0,114,178"; // the array's
const orange = "230,159,0"; // loads of weights

/** Where a slice of a lane lies on the screen. */
async function placeOf(page, lane, index) {
  const box = await canvas(page).boundingBox();
  const [x, y] = await ask(
    page,
    `(() => {
      const lane = view.lanes.find((one) => one.name === given[0] && one.type !== "head");
      const list = lane.track.levels[0];
      const paint = view.paint(view.window.from, view.window.to);
      const x0 = Math.max(paint.left, paint.x(list.begins[given[1]]));
      const x1 = Math.min(paint.right, paint.x(list.ends[given[1]]));
      return [(x0 + x1) / 2, view.top + lane.top - view.host.scrollTop + 5];
    })()`,
    [lane, index],
  );
  return [box.x + x, box.y + y];
}

const checks = {
  async "lanes and slices are those of the file"(page, { lanes, flows, events }) {
    const shown = await ask(
      page,
      "Object.fromEntries(view.timeline.tracks.map((t) => [t.name, t.levels.map((list) => list.length)]))",
    );
    assert.deepEqual(Object.keys(shown).sort(), Object.keys(lanes).sort());
    for (const [name, levels] of Object.entries(shown))
      assert.equal(
        levels.reduce((a, b) => a + b),
        lanes[name].length,
        name,
      );
    assert.equal(await ask(page, "view.timeline.arrows.length"), flows);
    const counters = new Set(events.filter(({ ph }) => ph === "C").map(({ name }) => name));
    assert.equal(await ask(page, "view.timeline.counters.length"), counters.size);
  },

  async "pixels of a lane are its busy share"(page, { lanes }) {
    const whole = await ask(page, "view.timeline.end - view.timeline.begin");
    const busy = lanes.array
      .filter((e) => !["fill", "buffer port"].includes(e.name))
      .reduce((sum, e) => sum + e.dur, 0);
    const pixels = await pixelsOf(page, "array");
    const all = Object.values(pixels).reduce((a, b) => a + b);
    const strips = Object.entries(pixels).filter(([color]) => color !== blue && color !== "255,255,255");
    const other = strips.reduce((sum, [, count]) => sum + count, 0);
    // rows of pixels are few, and thin columns get one at least
    assert.ok(Math.abs((pixels[blue] + other) / all - busy / whole) < 0.06, `${pixels[blue]} of ${all}`);
    assert.match(
      await page.locator("#timeline-message").innerText(),
      /resnet18, LBDF · 3\.\d+ ms · [\d,]+ cycles/,
    );
    assert.ok((await pixelsOf(page, "DMA load weights 1"))[orange] > 100);
    const buffer = await pixelsOf(page, "all parts together");
    assert.ok(Object.keys(buffer).length >= 2);
  },

  async "the wheel zooms around the pointer, and out again"(page) {
    const box = await canvas(page).boundingBox();
    const whole = await ask(page, "view.span");
    const at = "view.window.from + (500 - 208) / ((view.canvas.clientWidth - 208 - 64) / view.span)";
    await page.mouse.move(box.x + 500, box.y + 120);
    const before = await ask(page, at);
    for (let i = 0; i < 6; ++i) await page.mouse.wheel(0, -300);
    await drawn(page);
    const near = await ask(page, "view.span");
    assert.ok(near < whole / 5, `${near} of ${whole}`);
    assert.ok(Math.abs((await ask(page, at)) - before) < near / 100);
    for (let i = 0; i < 12; ++i) await page.mouse.wheel(0, 300);
    await drawn(page);
    assert.equal(await ask(page, "view.span"), whole);
  },

  async "find goes to an op, close up arrows join load, block and store"(page) {
    await page.locator("#timeline-find").fill("layer2.0/conv2");
    await page.locator("#timeline-find").press("Enter");
    assert.match(await page.locator("#timeline-chosen").innerText(), /layer2\.0\/conv2.* lane \S/);
    await canvas(page).focus();
    for (let i = 0; i < 3; ++i) await page.keyboard.press("-");
    await drawn(page);
    const ends = await ask(page, "view.shownArrows.map((one) => [one.from.name, one.to.name].join())");
    assert.ok(
      ends.some((one) => /^DMA load .*,array$/.test(one)),
      ends.join("; "),
    );
    assert.ok(
      ends.some((one) => /^(array|vector unit),DMA store/.test(one)),
      ends.join("; "),
    );
    if (screenshots) await page.screenshot({ path: join(screenshots, "timeline_close.png") });
  },

  async "pointing at a slice shows its name, start, duration and arguments"(page, { lanes }) {
    const blocks = lanes.array.filter(({ name }) => !["fill", "buffer port"].includes(name));
    blocks.sort((a, b) => a.ts - b.ts);
    const index = await ask(
      page,
      "view.lanes.find(({ name }) => name === 'array').track.levels[0].firstAfter(view.window.from) + 1",
    );
    await page.mouse.move(...(await placeOf(page, "array", index)));
    const tip = await page.locator("#tooltip").innerText();
    const { name, ts, dur, args } = blocks[index];
    assert.ok(tip.startsWith(name), tip);
    assert.match(tip, new RegExp(`starts\\s+${ts.toLocaleString("en-US", { maximumFractionDigits: 6 })} µs`));
    assert.match(tip, new RegExp(`takes\\s+.*, ${Math.round(dur * 1000).toLocaleString("en-US")} cycles`));
    assert.match(tip, new RegExp(`rows\\s+${args.rows}\\s+channels\\s+${args.channels}`));
  },

  async "dragging moves, Shift and dragging zooms into a stretch"(page) {
    const box = await canvas(page).boundingBox();
    const drag = async (from, to) => {
      await page.mouse.move(box.x + from, box.y + 130);
      await page.mouse.down();
      await page.mouse.move(box.x + to, box.y + 131, { steps: 4 });
      await page.mouse.up();
      await drawn(page);
    };
    const { from, span } = await ask(page, "({ from: view.window.from, span: view.span })");
    await drag(700, 500);
    const moved = await ask(page, "view.window.from");
    const pixels = (await canvas(page).evaluate((host) => host.clientWidth)) - 208 - 64;
    assert.ok(Math.abs(moved - from - (200 / pixels) * span) < span / 100, `${moved} from ${from}`);
    await page.keyboard.down("Shift");
    await drag(400, 600);
    await page.keyboard.up("Shift");
    assert.ok(Math.abs((await ask(page, "view.span")) - (200 / pixels) * span) < span / 50);
  },

  async "keys move, zoom, choose lanes and step through slices"(page) {
    await canvas(page).focus();
    await page.keyboard.press("0");
    const whole = await ask(page, "view.span");
    await page.keyboard.press("+");
    assert.ok((await ask(page, "view.span")) < whole);
    const from = await ask(page, "view.window.from");
    await page.keyboard.press("ArrowRight");
    assert.ok((await ask(page, "view.window.from")) > from);
    await page.keyboard.press("Escape");
    const lanes = await ask(page, "view.lanes.length");
    for (let i = 0; i < lanes; ++i) await page.keyboard.press("ArrowUp");
    for (let i = 0; i < 2; ++i) await page.keyboard.press("ArrowDown");
    assert.match(await page.locator("#timeline-spoken").innerText(), /^array: [\d.]+ %/);
    await page.keyboard.press("n");
    const first = await ask(page, "view.chosen.index");
    await page.keyboard.press("n");
    assert.equal(await ask(page, "view.chosen.index"), first + 1);
    await page.keyboard.press("z");
    assert.ok((await ask(page, "view.span / (view.chosen.end - view.chosen.begin)")) < 6);
    await page.keyboard.press("0");
  },

  async "sections fold"(page) {
    const lanes = () => ask(page, "view.lanes.length");
    const open = await lanes();
    const fold = async () => {
      const box = await canvas(page).boundingBox();
      const head = "view.lanes.find(({ name }) => name === 'DRAM, banks').top";
      const y = await ask(page, `view.top + ${head} - view.host.scrollTop + 8`);
      await page.mouse.click(box.x + 60, box.y + y);
      await drawn(page);
    };
    await fold();
    assert.equal(await lanes(), open - 16 + 1);
    await fold();
    assert.equal(await lanes(), open);
  },

  async "the dark theme reaches the lanes"(page) {
    await page.locator("#theme").click();
    assert.equal((await pixelsOf(page, "array"))["255,255,255"], undefined);
    if (screenshots) await page.screenshot({ path: join(screenshots, "timeline_dark.png") });
    await page.locator("#theme").click();
  },

  async "another file is opened, a wrong one is refused"(page) {
    await page.locator("#timeline-file").setInputFiles(join(folder, "no.json"));
    await page.locator("#timeline-message.bad").waitFor();
    assert.match(await page.locator("#timeline-message").innerText(), /^no\.json: expected trace events/);
    await page.locator("#timeline-file").setInputFiles(join(folder, "large.json"));
    await page.getByText(/large\.json · resnet152/).waitFor({ timeout: 60_000 });
    assert.ok(
      (await ask(page, "view.timeline.tracks.reduce((n, t) => n + t.levels[0].length, 0)")) > 250_000,
    );
    // zooming in must draw less than everything: what a frame touches goes with pixels, not with slices
    await canvas(page).focus();
    for (let i = 0; i < 12; ++i) await page.keyboard.press("+");
    await drawn(page);
    assert.ok((await pixelsOf(page, "array"))[blue] > 0);
    if (screenshots) {
      await page.keyboard.press("0");
      const times = [];
      for (let i = 0; i < 20; ++i) times.push(await ask(page, "(view.zoom(0.7), view.draw(), view.drawMs)"));
      console.log(`ResNet-152 whole: a frame takes ${times.map((ms) => ms.toFixed(0)).join(" ")} ms`);
    }
  },
};

await inFolder(async (made) => {
  folder = made;
  simulate("--model", "resnet18", "--timeline", "run.html");
  simulate("--model", "resnet18", "--timeline", "run.json");
  simulate("--model", "resnet152", "--search", "unfused", "--timeline", "large.json");
  writeFileSync(join(folder, "no.json"), "{}");
  const given = lanesOfFile(join(folder, "run.json"));
  await checkPage({ web, folder, file: join(folder, "run.html"), checks, given });
});
