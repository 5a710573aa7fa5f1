// One Chromium for the checks of a page in a file, and what any page must hold to: no error, no request.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const switches = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A folder that is removed when `use(folder)` is done. */
export async function inFolder(use) {
  const folder = mkdtempSync(join(tmpdir(), "fusesim-page-"));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/**
 * Opens `file` in Chromium, with playwright-core from the packages in `web`, and runs `checks`: {name: function of the
 * page and `given`}. `after(page)` runs at the end. Throws if one fails, or the page logged an error or asked for
 * another file.
 */
export async function checkPage({ web, folder, file, width = 1320, checks, given, after = () => {} }) {
  const { chromium } = createRequire(resolve(web, "package.json"))("playwright-core");
  const browser = await chromium.launchPersistentContext(join(folder, "profile"), {
    executablePath: "/usr/bin/chromium",
    headless: true,
    viewport: { width, height: 900 },
    colorScheme: "light",
    args: switches,
  });
  try {
    const page = browser.pages()[0];
    page.setDefaultTimeout(20_000);
    const errors = [],
      requests = [];
    page.on(
      "console",
      (message) => ["error", "warning"].includes(message.type()) && errors.push(message.text()),
    );
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("request", (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    for (const [name, check] of Object.entries(checks)) {
      await check(page, given);
      console.log(`ok: ${name}`);
    }
    await after(page);
    assert.deepEqual(errors, [], "no error on the console");
    assert.deepEqual(requests, [pathToFileURL(file).href], "no request but the file");
    console.log("ok: no error on the console, no request but the file");
  } finally {
    await browser.close();
  }
}
