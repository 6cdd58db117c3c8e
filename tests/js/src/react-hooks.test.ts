// The hooks for React in Chromium, and as a server renders them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { bundle, runIn } from "./bundle.js";
import { useHub, useHubEvent, useHubStream } from "./hubs/hub-react.js";
import { FakeConformanceHub } from "./hubs/conformance-hub-fake.js";
import { ConformanceHubConnection } from "./hubs/conformance-hub.js";
import { launch } from "./pages.js";

test("in Chromium under strict mode", { timeout: 120_000 }, async (context) => {
  const browser = await launch();
  context.after(() => browser.close());
  const script = await bundle("browser/react-hooks.js", { "process.env.NODE_ENV": '"development"' });
  await runIn(await browser.newPage(), context, script);
});

test("a server renders a page that is about to connect, and connects to nothing", async () => {
  const fake = new FakeConformanceHub();
  function Page() {
    const hub = useHub(ConformanceHubConnection, fake.connection);
    useHubEvent(hub, "receive", () => {});
    const { status } = useHubStream(hub, (hub) => hub.counter(1, 0), []);
    return `${hub.state}, ${status}`;
  }
  assert.equal(renderToString(createElement(Page)), "Connecting, waiting");
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(fake.connection.state, "Disconnected");
  assert.equal(fake.handlers("receive"), 0);
});
