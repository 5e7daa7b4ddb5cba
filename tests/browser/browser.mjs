// Chromium for the tests of the map: opens a page and records every error, dialog and request in it.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const npm = process.env.MAP_NPM;
const folder = process.env.MAP_PAGES;
if (!npm || !folder) throw new Error("MAP_NPM names the folder with node_modules, MAP_PAGES the folder with the maps");
const require = createRequire(join(resolve(npm), "package.json"));
const { chromium } = require("playwright-core");
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const profile = mkdtempSync(join(tmpdir(), "map-"));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.MAP_CHROMIUM ?? "/usr/bin/chromium",
  headless: true,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

/** Ends the browser; after the last test. */
export async function end() {
  await context.close();
  rmSync(profile, { recursive: true, force: true });
}

const file = (name) => join(resolve(folder), `${name}.html`);

/** The data in `name.html`. */
export function dataOf(name) {
  const page = readFileSync(file(name), "utf8");
  return JSON.parse(page.split('<script type="application/json" id="data">')[1].split("</script>")[0]);
}

export const bytesOf = (name) => readFileSync(file(name)).length;

const WIDE = { width: 1280, height: 860 };

/** Opens `name.html` at an address. `trouble` of the page collects errors, refusals of the policy, dialogs and requests. */
export async function open(name, hash = "", { phone = false, scheme = "light", init } = {}) {
  const page = await context.newPage();
  const trouble = [];
  page.trouble = trouble;
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && trouble.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => trouble.push(`error: ${error.stack}`));
  page.on("dialog", (dialog) => { trouble.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  const self = pathToFileURL(file(name)).href;
  page.on("request", (request) => !request.url().startsWith(self) && !request.url().startsWith("data:") && trouble.push(`request: ${request.url()}`));
  await page.addInitScript(() => addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`)));
  if (init) await page.addInitScript(init);
  await page.setViewportSize(phone ? { width: 360, height: 740 } : WIDE);
  await page.emulateMedia({ colorScheme: scheme });
  await page.goto(`${self}${hash && `#${hash}`}`);
  return page;
}

/** Waits until the page shows the address that it is at, or the one given. */
export function shown(page, hash) {
  return page.waitForFunction((it) => document.getElementById("main").dataset.address === (it ?? location.hash.slice(1)), hash);
}

/** Goes to an address as a link does. */
export async function go(page, hash) {
  await page.evaluate((it) => { location.hash = it; }, hash);
  await shown(page);
}

export const heading = (page) => page.locator("main h1").textContent();

/** The problems that axe-core finds in the current page, as texts. */
export async function axe(page) {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(AXE);
  const found = await page.evaluate(() => globalThis.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html, failureSummary }) => `${html} ${failureSummary}`).join("; ")}`);
}
