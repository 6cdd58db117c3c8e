// The conformance suites in pages of a headless Chromium: the same files, bundled, with the client
// library's build for browsers.

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import type { TestContext } from "node:test";
import type { Browser } from "playwright-core";
import { bundle, runIn } from "./bundle.js";
import { launch } from "./pages.js";
import { byXhr, hubUrl, origin, protocolName, secureOrigin, transportName } from "./peers.js";

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
  await runIn(tab, context, await bundle(`${suite}.test.js`));
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
