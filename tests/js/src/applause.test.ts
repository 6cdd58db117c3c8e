// The hooks for React, in a page under strict mode that was built for development: there every
// component is mounted, unmounted and mounted again.

import assert from "node:assert/strict";
import type { Page, WebSocket } from "playwright-core";
import { atDesk, isIn, picture, reads } from "./pages.js";
import type { Desk } from "./pages.js";

/** What the page's connection has registered, as it keeps it itself. */
interface Inside {
  connection: { state: string; _methods: Record<string, unknown[]>; _callbacks: object };
}

/** A page whose sockets are counted from its first moment. */
async function watched(desk: Desk, colorScheme: "light" | "dark" = "light"): Promise<[Page, WebSocket[]]> {
  const page = await desk.page({ colorScheme });
  await page.goto("about:blank");
  const sockets: WebSocket[] = [];
  page.on("websocket", (socket) => sockets.push(socket));
  await page.goto(desk.server.url);
  await isIn(page, "connected");
  return [page, sockets];
}

/** How many handlers the event has, and how many calls and streams are under way. */
function registered(page: Page): Promise<[handlers: number, calls: number, state: string]> {
  return page.evaluate(() => {
    const { connection } = window as unknown as Inside;
    const handlers = connection._methods["cheered"] ?? [];
    return [handlers.length, Object.keys(connection._callbacks).length, connection.state];
  });
}

async function streams(page: Page): Promise<void> {
  await page.locator("[data-testid=loudness][data-status=streaming]").waitFor();
}

/** Throws, and waits for the answer. */
async function cheer(page: Page, reaction: string): Promise<void> {
  const said = await page.getByTestId("said").textContent();
  await page.getByTestId(reaction).click();
  await page.getByTestId("said").filter({ hasNotText: said ?? "" }).waitFor();
}

/** The browser tells of a socket's end a moment after the page knows of it. */
async function closed(sockets: WebSocket[]): Promise<void> {
  for (const socket of sockets) {
    if (!socket.isClosed()) await socket.waitForEvent("close");
  }
}

async function onlyTheLastIsOpen(sockets: WebSocket[]): Promise<void> {
  await closed(sockets.slice(0, -1));
  assert.equal(sockets.at(-1)?.isClosed(), false);
}

atDesk("strict mode starts one connection, listens once and streams once", async (desk) => {
  const [page, sockets] = await watched(desk);
  await streams(page);
  await reads(page.getByTestId("latest"), "0");
  assert.equal(sockets.length, 1);
  assert.deepEqual(await registered(page), [1, 1, "Connected"]);
  await cheer(page, "star");
  await page.getByTestId("cheer").waitFor();
  assert.equal(await page.getByTestId("cheer").count(), 1);
});

atDesk("a handler sees the newest rendering, and is registered once", async (desk) => {
  const [one, two] = [(await watched(desk))[0], (await watched(desk, "dark"))[0]];
  await cheer(two, "heart");
  await one.getByTestId("cheer").waitFor();
  const before = await one.evaluateHandle(() => (window as unknown as Inside).connection._methods["cheered"]?.[0]);
  await one.getByTestId("hearts").click();
  await cheer(two, "heart");
  await cheer(two, "bolt");
  await one.getByTestId("cheer").nth(1).waitFor();
  assert.equal(await two.getByTestId("cheer").count(), 3);
  assert.equal(await one.getByTestId("cheer").count(), 2);
  assert.ok(await one.evaluate((before) => (window as unknown as Inside).connection._methods["cheered"]?.[0] === before, before));
  for (const reaction of ["star", "bolt", "star", "bolt", "star"]) await cheer(one, reaction);
  await two.locator("[data-testid=loudness]:not([data-items='0']) polyline").waitFor();
  await picture(one, "applause-light");
  await picture(two, "applause-dark");
});

atDesk("a page goes on after its server came back", async (desk) => {
  const [page, sockets] = await watched(desk);
  await streams(page);
  await desk.server.kill();
  await isIn(page, "reconnecting");
  await page.locator("[data-testid=loudness][data-status=waiting]").waitFor();
  assert.equal(await page.getByTestId("star").isDisabled(), true);
  await desk.server.start();
  await isIn(page, "connected");
  await streams(page);
  await cheer(page, "star");
  await page.getByTestId("cheer").waitFor();
  assert.deepEqual(await registered(page), [1, 1, "Connected"]);
  await onlyTheLastIsOpen(sockets);
});

atDesk("a component that has gone leaves nothing behind", async (desk) => {
  const [page, sockets] = await watched(desk);
  await streams(page);
  await page.getByTestId("door").click();
  await page.getByTestId("outside").waitFor();
  await page.waitForFunction(() => (window as unknown as Inside).connection.state === "Disconnected");
  assert.deepEqual(await registered(page), [0, 0, "Disconnected"]);
  await closed(sockets);
  assert.equal(sockets.length, 1);

  await page.getByTestId("door").click();
  await streams(page);
  assert.deepEqual(await registered(page), [1, 1, "Connected"]);
  assert.equal(sockets.length, 2);
});

atDesk("whoever goes in and out at any pace leaves one connection, or none", async (desk) => {
  const [page, sockets] = await watched(desk);
  for (let times = 0; times < 11; times++) {
    await page.getByTestId("door").click();
    if (times % 3 === 0) await new Promise((resolve) => setTimeout(resolve, times * 3));
  }
  await page.getByTestId("outside").waitFor();
  await page.waitForFunction(() => (window as unknown as Inside).connection.state === "Disconnected");
  assert.deepEqual((await registered(page)).slice(0, 2), [0, 0]);
  await page.getByTestId("door").click();
  await streams(page);
  assert.deepEqual(await registered(page), [1, 1, "Connected"]);
  await onlyTheLastIsOpen(sockets);
});

atDesk("a page without its server says so, and tries again when it is told to", async (desk) => {
  const [page] = await watched(desk);
  await page.getByTestId("door").click();
  await page.waitForFunction(() => (window as unknown as Inside).connection.state === "Disconnected");
  await desk.server.kill();
  await page.getByTestId("door").click();
  await isIn(page, "disconnected");
  await desk.server.start();
  await page.getByRole("button", { name: "Connect again" }).click();
  await isIn(page, "connected");
  await streams(page);
});
