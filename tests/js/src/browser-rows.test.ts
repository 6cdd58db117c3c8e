// The conformance suites in pages of a headless Chromium: the same files, bundled, with the client
// library's build for browsers.

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { rolldown } from "rolldown";
import type { Outcome } from "./browser/test.js";
import { launch } from "./pages.js";
import { byXhr, hubUrl, origin, protocolName, secureOrigin, transportName } from "./peers.js";

declare function runTests(): Promise<Outcome[]>;

const here = dirname(fileURLToPath(import.meta.url));
const inPage = (name: string): string => join(here, "browser", `${name}.js`);

/** A file of this folder with all that it imports, as a script. */
async function bundle(file: string): Promise<string> {
  const build = await rolldown({
    input: join(here, file),
    platform: "browser",
    transform: { define: { "import.meta.url": '""' } },
    resolve: {
      alias: {
        "node:assert/strict": inPage("assert"),
        "node:module": inPage("module"),
        "node:test": inPage("test"),
      },
    },
  });
  const { output } = await build.generate({ format: "iife" });
  await build.close();
  return output[0].code;
}

let browser: Browser;
/** A page of another origin, by another port. */
let elsewhere: string;

const empty = createServer((_, response) => response.setHeader("Content-Type", "text/html").end("<!doctype html>"));

before(async () => {
  browser = await launch();
  await once(empty.listen(0, "127.0.0.1"), "listening");
  elsewhere = `http://127.0.0.1:${(empty.address() as AddressInfo).port}/`;
});

after(async () => {
  await browser.close();
  empty.close();
});

/** Runs a suite against a hub in a page of its own, and makes each of its tests one of the context's. */
async function run(context: TestContext, suite: string, page: string, url: string): Promise<void> {
  const tab = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
  context.after(() => tab.context().close());
  tab.on("console", (message) => {
    if (message.text().startsWith("| ")) console.log(message.text());
  });
  await tab.goto(page);
  const env = {
    HUB_URL: url,
    HUB_TRANSPORT: transportName,
    HUB_PROTOCOL: protocolName,
    HUB_HTTP_CLIENT: byXhr ? "xhr" : "fetch",
    SECURE_ORIGIN: secureOrigin,
  };
  const WORKER = await bundle("browser/worker.js");
  await tab.evaluate((globals) => Object.assign(globalThis, globals), { process: { env }, WORKER });
  await tab.evaluate(await bundle(`${suite}.test.js`));
  for (const { name, error } of await tab.evaluate(() => runTests())) {
    await context.test(name, () => {
      if (error !== undefined) throw new Error(error);
    });
  }
}

const options = { timeout: 300_000 };
const { pathname } = new URL(hubUrl);

const hubs = ["calls", "transports", "authorization"];
const suites = byXhr ? hubs : [...hubs, "streams", "raw"];
for (const suite of suites.map((name) => `conformance-${name}`)) {
  test(suite, options, (context) => run(context, suite, `${origin}/deployment`, hubUrl));
}
if (!byXhr) {
  test("conformance-https", options, (context) =>
    run(context, "conformance-https", `${secureOrigin}/deployment`, secureOrigin + pathname));
  test("conformance-page", options, (context) => run(context, "conformance-page", elsewhere, hubUrl));
}
