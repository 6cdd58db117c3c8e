// The string tools: every kind of answer over every transport, and what the client logs of it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { HubConnectionBuilder, LogLevel } from "@microsoft/signalr";
import type { Page } from "playwright-core";
import { Server, atDesk, isIn, picture, reads } from "./pages.js";

const greeting = "Grüße aus Århus, ½ Pfund Käse!";

/** Connects as chosen, and waits for the transport that came of it. */
async function connect(page: Page, transport: string, protocol: string, used: string): Promise<void> {
  await choose(page, transport, protocol);
  await reads(page.getByTestId("used"), used);
  await isIn(page, "connected");
}

async function choose(page: Page, transport: string, protocol: string): Promise<void> {
  await page.getByTestId("transport").getByText(transport, { exact: true }).click();
  await page.getByTestId("protocol").getByText(protocol, { exact: true }).click();
  await page.getByTestId("connect").click();
}

async function use(page: Page, tool: string, result: string): Promise<void> {
  await page.getByTestId(tool).click();
  await reads(page.getByTestId("result"), result);
}

/** Waits for a line of the log, at a level. */
async function logs(page: Page, level: string, text: string): Promise<void> {
  await page.locator(`[data-testid=log-line][data-level=${level}]`).filter({ hasText: text }).first().waitFor();
}

const ways = [
  ["Automatic", "JSON", "WebSockets, JSON"],
  ["WebSockets", "MessagePack", "WebSockets, MessagePack"],
  ["Server-Sent Events", "JSON", "ServerSentEvents, JSON"],
  ["Long polling", "JSON", "LongPolling, JSON"],
  ["Long polling", "MessagePack", "LongPolling, MessagePack"],
] as const;

atDesk("every tool works over every transport, chosen while the page is open", async (desk) => {
  const page = await desk.page();
  for (const [transport, protocol, used] of ways) {
    await connect(page, transport, protocol, used);
    await page.getByTestId("text").fill("Ab ÿ");
    await use(page, "upper", "AB Ÿ");
    await use(page, "lower", "ab ÿ");
    await use(page, "reverse", "ÿ bA");
    await use(page, "repeat", "Ab ÿAb ÿAb ÿ");
    await use(page, "repeat-too-often", "I repeat a text 1 to 20 times.");
    await use(page, "measure", "2 words4 characters5 bytes");
    await use(page, "spell", "A U+0041b U+0062␣ U+0020ÿ U+00FF");
    await use(page, "join", "Ab + ÿ");
  }
});

atDesk("where WebSockets are blocked the connection falls back, and says so in the log", async (desk) => {
  const page = await desk.page();
  await reads(page.getByTestId("used"), "WebSockets, JSON");
  await page.getByTestId("blocked").check();
  await connect(page, "Automatic", "JSON", "ServerSentEvents, JSON");
  await logs(page, "Error", "Failed to start the transport 'WebSockets'");
  await use(page, "upper", greeting.toUpperCase());
  await picture(page, "string-tools-fallback");
  await connect(page, "Automatic", "MessagePack", "LongPolling, MessagePack");
  await use(page, "reverse", [...greeting].reverse().join(""));
});

atDesk("what cannot be is told", async (desk) => {
  const page = await desk.page();
  await page.getByTestId("blocked").check();
  await choose(page, "WebSockets", "JSON");
  await page.getByTestId("problem").filter({ hasText: "This page pretends that WebSockets are blocked." }).waitFor();
  await isIn(page, "closed");
  await choose(page, "Server-Sent Events", "MessagePack");
  await page.getByTestId("problem").filter({ hasText: "'ServerSentEvents' does not support Binary" }).waitFor();
  await connect(page, "Server-Sent Events", "JSON", "ServerSentEvents, JSON");
  assert.equal(await page.getByTestId("problem").isVisible(), false);
});

atDesk("the level of the log changes while the connection is open", async (desk) => {
  const page = await desk.page();
  await reads(page.getByTestId("used"), "WebSockets, JSON");
  await logs(page, "Information", "WebSocket connected to");
  await use(page, "upper", greeting.toUpperCase());
  assert.equal(await page.locator("[data-level=Trace]").count(), 0);
  await page.getByTestId("level").selectOption("Trace");
  await use(page, "measure", "6 words30 characters35 bytes");
  await logs(page, "Trace", "(WebSockets transport) data received.");
  await page.getByTestId("spell").click();
  await page.getByTestId("result").getByText("U+00BD").waitFor();
  await picture(page, "string-tools");
  await page.getByTestId("level").selectOption("None");
  const lines = await page.getByTestId("log-line").count();
  await use(page, "lower", greeting.toLowerCase());
  await page.getByTestId("disconnect").click();
  await isIn(page, "closed");
  assert.equal(await page.getByTestId("log-line").count(), lines);
});

atDesk("a stream that is stopped brings nothing more", async (desk) => {
  const page = await desk.page({ colorScheme: "dark" });
  await reads(page.getByTestId("used"), "WebSockets, JSON");
  await page.getByTestId("text").fill("spelled to its end it would take six seconds ".repeat(2));
  await page.getByTestId("spell").click();
  await page.getByTestId("result").getByText("U+0070").waitFor();
  await picture(page, "string-tools-dark");
  await page.getByTestId("stop").click();
  await page.getByTestId("stop").waitFor({ state: "hidden" });
  assert.ok((await page.getByTestId("result").locator("span").count()) < 90);
});

/** What the server logs of a client that uses a tool, and asks for one that is not there. */
async function logged(filter: string): Promise<string> {
  const server = new Server(filter);
  try {
    await server.start();
    const connection = new HubConnectionBuilder().withUrl(`${server.url}/hubs/strings`).configureLogging(LogLevel.None).build();
    await connection.start();
    assert.equal(await connection.invoke("Upper", "a secret"), "A SECRET");
    await assert.rejects(connection.invoke("Hammer"));
    await connection.stop();
  } finally {
    await server.kill();
  }
  return server.logged;
}

const asked: [filter: string, shown: RegExp[], hidden: RegExp[]][] = [
  ["off", [], [/./]],
  ["warn,string_tools=info", [/ INFO string_tools::tools: somebody came/], [/a tool is used/, /hub_runtime/]],
  ["string_tools=debug", [/DEBUG string_tools::tools: a tool is used tool="upper" bytes=8/], [/hub_runtime/, /secret/i]],
  ["hub_runtime::dispatch=debug", [/DEBUG hub_runtime::dispatch: .*Hammer/], [/string_tools/, /hub_runtime::(?!dispatch)/]],
  ["trace", [/string_tools/, /hub_runtime/], [/secret/i]],
];

for (const [filter, shown, hidden] of asked) {
  test(`RUST_LOG=${filter} says what the server logs`, { timeout: 60_000 }, async () => {
    const log = await logged(filter);
    for (const pattern of shown) assert.match(log, pattern);
    for (const pattern of hidden) assert.doesNotMatch(log, pattern);
  });
}
