// The hub explorer in a page, against two servers: one whose contract has every shape, one that has
// several hubs, paths, tokens and streams.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Locator, Page } from "playwright-core";
import { launch, picture } from "./pages.js";

const shapes = new URL(process.env["SHAPES"] ?? "").origin;
const origin = process.env["ORIGIN"] ?? "";

let browser: Browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

/** A page of the explorer at what the address names. */
async function explorer(server: string, hash = "", colorScheme: "light" | "dark" = "light"): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  await page.goto(`${server}/explorer/${hash}`);
  await page.locator("#sidebar .hub").first().waitFor();
  return page;
}

/** The newest call, once it is in this state. */
async function run(page: Page, status: string): Promise<Locator> {
  const newest = page.locator(".run").first();
  await page.locator(`.run:first-child[data-status=${status}]`).waitFor();
  return newest;
}

async function invoke(page: Page, status = "completed"): Promise<string> {
  const before = await page.locator(".run").count();
  await page.locator("[data-action=run]").click();
  await page.locator(".run").nth(before).waitFor();
  return (await (await run(page, status)).locator(".outcome").textContent()) ?? "";
}

const field = (page: Page, label: string): Locator => page.locator(".view .group").getByLabel(label, { exact: true });

async function asJson(page: Page, args: unknown): Promise<void> {
  await page.getByRole("button", { name: "JSON", exact: true }).click();
  await page.getByLabel("Arguments as JSON").fill(JSON.stringify(args));
}

async function close(page: Page): Promise<void> {
  await page.context().close();
}

const sample = {
  text: "Grüße, 世界 🎉", whole: -7, fraction: 1.5, flag: true, maybe: null, list: [{ x: 1, y: 2 }], byName: { one: 1 },
  colour: "lightBlue", shape: { box: { wide: 3, high: 4 } }, pair: { first: 5, second: "six" },
  moment: "2026-01-02T03:04:05Z", identifier: "a2f5e9a4-9d4c-4b6e-8f5a-0d9f3c1b2a77",
};

test("every hub is listed with what it offers, and found by a part of its name", async () => {
  const page = await explorer(origin);
  const names = await page.locator("#sidebar .hub h2").allTextContents();
  assert.deepEqual(names, ["FunctionalHub", "UncreatableHub", "AuthorizedHub", "ConformanceHub"]);
  await page.getByLabel("Find a method").fill("countert");
  assert.deepEqual(await page.locator("#sidebar a:visible").filter({ hasText: "Counter" }).allTextContents(), ["⇇CounterThatFails"]);
  await page.locator("#sidebar a", { hasText: "CounterThatFails" }).click();
  await page.getByText("Counts from zero and then fails.").waitFor();
  assert.equal(await page.locator(".signature").textContent(), "CounterThatFails(count: uint32) → stream of uint32");
  await page.getByLabel("Find a method").fill("nothing of the kind");
  await page.getByText("There is none of that name.").waitFor();
  await close(page);
});

for (const [transport, name] of [["WebSockets", "WebSockets"], ["ServerSentEvents", "ServerSentEvents"], ["LongPolling", "LongPolling"]] as const) {
  for (const protocol of transport === "ServerSentEvents" ? ["json"] : ["json", "messagepack"]) {
    test(`it calls over ${transport} in ${protocol}`, async () => {
      const page = await explorer(origin, "#FunctionalHub/GetActiveTransportName");
      await page.getByLabel("transport").selectOption(transport);
      await page.getByLabel("protocol").selectOption(protocol);
      assert.equal(await invoke(page), JSON.stringify(name));
      await page.locator("[data-testid=connection-state][data-state=connected]").waitFor();
      await page.locator("#activity", { hasText: `connected by ${protocol}` }).waitFor();
      await close(page);
    });
  }
}

test("another path of a hub offers what it has there", async () => {
  const page = await explorer(origin, "#FunctionalHub/GetActiveTransportName");
  await page.getByLabel("path").selectOption("/testhub-nowebsockets");
  const offered = await page.getByLabel("transport").locator("option").allTextContents();
  assert.deepEqual(offered, ["Automatic", "Server-Sent Events", "Long polling"]);
  assert.equal(await invoke(page), '"ServerSentEvents"');
  await page.locator("[data-action=connect]").click();
  await page.locator("[data-testid=connection-state][data-state=disconnected]").waitFor();
  await page.getByLabel("protocol").selectOption("messagepack");
  assert.deepEqual(await page.getByLabel("transport").locator("option").allTextContents(), ["Automatic", "Long polling"]);
  await close(page);
});

for (const protocol of ["json", "messagepack"]) {
  test(`a value of every shape goes there and back, in ${protocol}`, async () => {
    const page = await explorer(shapes, "#TestHub/EchoSample");
    await page.getByLabel("protocol").selectOption(protocol);
    await asJson(page, [sample]);
    // The form takes it over, and gives it back as it was.
    await page.getByRole("button", { name: "Form", exact: true }).click();
    assert.equal(await field(page, "fraction").inputValue(), "1.5");
    await page.getByRole("button", { name: "JSON", exact: true }).click();
    assert.deepEqual(JSON.parse(await page.getByLabel("Arguments as JSON").inputValue()), [sample]);
    assert.deepEqual(JSON.parse(await invoke(page)), sample);
    await close(page);
  });
}

test("a form is filled in field by field", async () => {
  const page = await explorer(shapes, "#TestHub/EchoSample", "dark");
  await field(page, "text").fill("by hand");
  await field(page, "whole").fill("12");
  await field(page, "flag").check();
  await page.getByRole("button", { name: "+ add Point" }).click();
  await field(page, "x").fill("3");
  await field(page, "colour").selectOption("lightBlue");
  await field(page, "shape").selectOption("circle");
  await field(page, "circle").fill("2.5");
  await page.getByRole("button", { name: "now" }).click();
  await field(page, "identifier").fill(sample.identifier);
  const answer = JSON.parse(await invoke(page)) as typeof sample;
  assert.deepEqual(
    { ...answer, moment: "" },
    {
      text: "by hand", whole: 12, fraction: 0, flag: true, maybe: null, list: [{ x: 3, y: 0 }], byName: {}, colour: "lightBlue",
      shape: { circle: 2.5 }, pair: { first: 0, second: "" }, moment: "", identifier: sample.identifier,
    },
  );
  await picture(page, "explorer-form");
  await close(page);
});

test("what may be left out is left out until it is given", async () => {
  const page = await explorer(shapes, "#TestHub/Greet");
  await field(page, "name").fill("Ann");
  const without = await invoke(page);
  await page.getByLabel("give title").check();
  await page.locator(".view .group").getByPlaceholder("text").last().fill("Dr.");
  const withTitle = await invoke(page);
  assert.notEqual(without, withTitle);
  assert.match(withTitle, /Dr\. ?Ann/);
  await close(page);
});

for (const [protocol, answer] of [["json", '"AwIB"'], ["messagepack", "bytes(3) 03 02 01"]] as const) {
  test(`bytes are base64 in the form and what they are in ${protocol}`, async () => {
    const page = await explorer(shapes, "#TestHub/ReverseBytes");
    await page.getByLabel("protocol").selectOption(protocol);
    await page.locator(".group textarea").fill("AQID");
    assert.equal(await invoke(page), answer);
    await close(page);
  });
}

test("what is no value is said at its field, and nothing is sent", async () => {
  const page = await explorer(shapes, "#TestHub/Add");
  await field(page, "left").fill("");
  await page.locator("[data-action=run]").click();
  await page.getByText("A number is missing.").waitFor();
  assert.equal(await page.locator(".run").count(), 0);
  await field(page, "left").fill("2");
  await field(page, "right").fill("40");
  assert.equal(await invoke(page), "42");
  await page.getByRole("button", { name: "JSON", exact: true }).click();
  await page.getByLabel("Arguments as JSON").fill("[1,");
  await page.locator("[data-action=run]").click();
  await page.getByText("This is not JSON").waitFor();
  assert.equal(await page.locator(".run").count(), 1);
  await close(page);
});

test("what the server says to a wrong call is shown", async () => {
  const page = await explorer(shapes, "#TestHub/Add");
  await asJson(page, ["two", 40]);
  assert.match(await invoke(page, "failed"), /Add/);
  await page.goto(`${shapes}/explorer/#TestHub/Enter`);
  await field(page, "room").fill("full");
  assert.doesNotMatch(await invoke(page, "failed").catch(() => ""), /\$error/);
  await close(page);
});

test("a stream is shown while it runs, and ends when it is cancelled", async () => {
  const page = await explorer(origin, "#ConformanceHub/Counter");
  await field(page, "count").fill("100000");
  await field(page, "delay_ms").fill("20");
  await page.locator("[data-action=run]").click();
  const newest = await run(page, "running");
  await newest.locator(".stream li").nth(12).waitFor();
  assert.match((await newest.locator(".run-state").textContent()) ?? "", /^streaming · \d+ items$/);
  await picture(page, "explorer-stream");
  await newest.getByRole("button", { name: "Cancel" }).click();
  const cancelled = await run(page, "cancelled");
  const count = await cancelled.locator(".run-state").textContent();
  await page.locator("#activity .is-result").waitFor();
  assert.equal(await cancelled.locator(".run-state").textContent(), count);
  await close(page);
});

test("only the last items of a long stream are kept, and all are counted", async () => {
  const page = await explorer(origin, "#ConformanceHub/Counter");
  await field(page, "count").fill("1000");
  await invoke(page);
  const newest = await run(page, "completed");
  assert.match((await newest.locator(".run-state").textContent()) ?? "", / 1000 items$/);
  assert.equal(await newest.locator(".stream li").count(), 200);
  assert.equal(await newest.locator(".stream li").first().textContent(), "999");
  await close(page);
});

test("a stream that fails keeps what has come", async () => {
  const page = await explorer(origin, "#ConformanceHub/CounterThatFails");
  await field(page, "count").fill("2");
  assert.notEqual(await invoke(page, "failed"), "");
  assert.deepEqual(await page.locator(".run .stream li").allTextContents(), ["1", "0"]);
  await close(page);
});

test("items are uploaded one by one, while a stream answers", async () => {
  const page = await explorer(origin, "#ConformanceHub/RunningSum");
  await page.locator("[data-action=run]").click();
  const newest = await run(page, "running");
  await page.locator("[data-testid=connection-state][data-state=connected]").waitFor();
  for (const number of ["5", "7"]) {
    await newest.locator(".upload input").fill(number);
    await newest.locator("[data-action=send]").click();
  }
  await newest.locator(".stream li").nth(1).waitFor();
  assert.deepEqual(await newest.locator(".stream li").allTextContents(), ["12", "5"]);
  await newest.locator("[data-action=end]").click();
  await run(page, "completed");
  await close(page);
});

test("events are shown as they come, also from outside of a call", async () => {
  const page = await explorer(shapes, "#TestHub/Said");
  await page.locator("[data-action=connect]").click();
  await page.locator("[data-testid=connection-state][data-state=connected]").waitFor();
  await fetch(`${shapes}/announce?text=${encodeURIComponent("<b>hear</b>")}`, { method: "POST" });
  await page.locator(".received dd", { hasText: "<b>hear</b>" }).waitFor();
  await page.locator("#activity .is-event", { hasText: "Said" }).click();
  await page.locator("#activity .is-event pre", { hasText: "<b>hear</b>" }).waitFor();
  await close(page);
});

test("the server's questions wait for an answer, by hand and without one", async () => {
  const page = await explorer(origin, "#ConformanceHub/AskCaller");
  await page.locator("[data-action=run]").click();
  await page.locator("#sidebar .count", { hasText: "1" }).waitFor();
  await page.locator("#sidebar a", { hasText: "Ask" }).last().click();
  await page.getByRole("button", { name: "JSON", exact: true }).click();
  await page.getByLabel("Answer as JSON").fill("42");
  await picture(page, "explorer-question");
  await page.locator("[data-action=answer]").click();
  await page.locator(".question").waitFor({ state: "detached" });
  await page.getByText("Answer so whenever it asks").click();
  await page.locator("#sidebar a", { hasText: "AskCaller" }).click();
  assert.equal(await (await run(page, "completed")).locator(".outcome").textContent(), "42");
  assert.equal(await invoke(page), "42");
  await close(page);
});

test("a question may be refused", async () => {
  const page = await explorer(origin, "#ConformanceHub/AskCaller");
  await page.locator("[data-action=run]").click();
  await page.locator("#sidebar a", { hasText: "Ask" }).last().click();
  await page.locator("[data-action=refuse]").click();
  await page.locator("#sidebar a", { hasText: "AskCaller" }).click();
  assert.match((await (await run(page, "failed")).locator(".outcome").textContent()) ?? "", /Refused in the explorer/);
  await close(page);
});

test("a token opens a hub that is closed without one", async () => {
  const page = await explorer(origin, "#AuthorizedHub/GetUserNameIdentifier");
  assert.match(await invoke(page, "failed"), /401/);
  const token = await (await fetch(`${origin}/generateJwtToken?ttl=60`)).text();
  await page.getByRole("button", { name: "Options…" }).click();
  await page.getByLabel("Bearer token").fill(token);
  await page.getByRole("button", { name: "Options ✓" }).click();
  assert.equal(await invoke(page), '"testuser"');
  await close(page);
});

test("a query goes with the address", async () => {
  const page = await explorer(shapes, "#TestHub/WhoAmI");
  await page.getByRole("button", { name: "Options…" }).click();
  await page.getByLabel("Query of the address").fill("user=ann & bob");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  assert.equal((JSON.parse(await invoke(page)) as { userId: string }).userId, "ann ");
  await close(page);
});

test("all of it works by the keyboard alone", async () => {
  const page = await explorer(shapes);
  await page.keyboard.press("/");
  await page.keyboard.type("add");
  await page.keyboard.press("Enter");
  await page.locator("[data-view='TestHub.Add']").waitFor();
  await page.keyboard.type("20");
  await page.keyboard.press("Tab");
  await page.keyboard.type("22");
  await page.keyboard.press("Control+Enter");
  assert.equal(await (await run(page, "completed")).locator(".outcome").textContent(), "42");
  await page.keyboard.press("Escape");
  await page.keyboard.press("c");
  await page.locator("[data-testid=connection-state][data-state=disconnected]").waitFor();
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  await close(page);
});

test("it asks nobody but its own server, and tells of no mistake of its own", async () => {
  const page = await explorer(shapes);
  const asked = new Set<string>();
  const complaints: string[] = [];
  page.on("request", (request) => asked.add(new URL(request.url()).origin));
  page.on("console", (message) => { if (message.type() === "error") complaints.push(message.text()); });
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(`${shapes}/explorer/?again#TestHub/Echo`);
  await page.locator(".group textarea").fill("hello");
  assert.equal(await invoke(page), '"hello"');
  assert.deepEqual([...asked], [shapes]);
  assert.deepEqual(complaints, []);
  await close(page);
});

test("it finds its hubs behind a proxy that shows the server below a path of its own", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const there = `${shapes}/team/chat`;
  await page.route(`${there}/**`, async (route) => {
    const url = route.request().url().replace(there, shapes);
    await route.fulfill({ response: await route.fetch({ url }) });
  });
  await page.goto(`${there}/explorer/#TestHub/Echo`);
  await page.getByLabel("transport").selectOption("LongPolling");
  await page.locator(".group textarea").fill("through");
  assert.equal(await invoke(page), '"through"');
  // Its polls go through this process, which has to see the last of them.
  await page.locator("[data-action=connect]").click();
  await page.locator("[data-testid=connection-state][data-state=disconnected]").waitFor();
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await context.close();
});
