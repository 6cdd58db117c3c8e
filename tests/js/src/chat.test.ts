// The chat's page: people, rooms, who is typing, and a server that goes away and comes back.

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { atDesk, isIn, picture, reads } from "./pages.js";

async function enter(page: Page, name: string): Promise<void> {
  await page.getByTestId("name-input").fill(name);
  await page.getByTestId("enter-button").click();
  await isIn(page, "connected");
  await reads(page.getByTestId("room-title"), "lobby");
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByTestId("composer").fill(text);
  await page.getByTestId("composer").press("Enter");
}

async function sees(page: Page, author: string, text: string): Promise<void> {
  const message = page.locator(`[data-testid=message][data-author="${author}"]`);
  await message.getByTestId("message-text").getByText(text, { exact: true }).waitFor();
}

async function users(page: Page, ...names: string[]): Promise<void> {
  for (const name of names) await page.locator(`[data-testid=user][data-user="${name}"]`).waitFor();
  await page.waitForFunction((count) => document.querySelectorAll("[data-testid=user]").length === count, names.length);
}

atDesk("two pages talk to each other and see who is there", async (desk) => {
  const ada = await desk.page();
  const grace = await desk.page({ colorScheme: "dark" });
  await picture(ada, "chat-entry");
  await enter(ada, "Ada");
  await users(ada, "Ada");
  await enter(grace, "Grace");
  await users(ada, "Ada", "Grace");
  await users(grace, "Ada", "Grace");

  await say(ada, "Hello Grace, grüße 東京!");
  await sees(grace, "Ada", "Hello Grace, grüße 東京!");
  await say(grace, "<b>Hello</b> Ada & all");
  await sees(ada, "Grace", "<b>Hello</b> Ada & all");
  assert.equal(await ada.getByTestId("composer").inputValue(), "");
  assert.equal(await ada.getByTestId("message").count(), 2);
  await picture(ada, "chat-light");
  await picture(grace, "chat-dark");

  await grace.close();
  await users(ada, "Ada");
});

atDesk("one sees who is typing, and that they stopped", async (desk) => {
  const [ada, grace] = [await desk.page(), await desk.page()];
  await enter(ada, "Ada");
  await enter(grace, "Grace");
  await users(ada, "Ada", "Grace");

  await grace.getByTestId("composer").pressSequentially("I th");
  await reads(ada.getByTestId("typing"), "Grace is typing");
  assert.equal(await grace.getByTestId("typing").textContent(), "");
  await picture(ada, "chat-typing");
  await grace.getByTestId("composer").fill("");
  await ada.getByTestId("typing").filter({ hasNotText: "typing" }).waitFor({ state: "attached" });

  await grace.getByTestId("composer").pressSequentially("I think");
  await reads(ada.getByTestId("typing"), "Grace is typing");
  await grace.getByTestId("composer").press("Enter");
  await sees(ada, "Grace", "I think");
  assert.equal(await ada.getByTestId("typing").textContent(), "");
});

atDesk("rooms are apart, are remembered, and show what is unread", async (desk) => {
  const [ada, grace] = [await desk.page(), await desk.page()];
  await enter(ada, "Ada");
  await enter(grace, "Grace");

  await ada.getByTestId("new-room-input").fill("tea kitchen");
  await ada.getByTestId("new-room-input").press("Enter");
  await reads(ada.getByTestId("room-title"), "tea kitchen");
  await users(ada, "Ada");
  await say(ada, "Only for those who are here");
  await sees(ada, "Ada", "Only for those who are here");

  await say(grace, "Ada, are you there?");
  await sees(grace, "Grace", "Ada, are you there?");
  await ada.getByTestId("unread-lobby").waitFor();
  assert.equal(await grace.getByTestId("message").count(), 1, "the other room is not heard");

  await grace.getByTestId("room-tea kitchen").click();
  await sees(grace, "Ada", "Only for those who are here");
  await users(ada, "Ada", "Grace");

  await ada.getByTestId("room-lobby").click();
  await sees(ada, "Grace", "Ada, are you there?");
  await ada.getByTestId("unread-lobby").waitFor({ state: "hidden" });

  await grace.getByTestId("leave-room").click();
  await reads(grace.getByTestId("room-title"), "lobby");
});

atDesk("what the hub refuses is told in its own words", async (desk) => {
  const ada = await desk.page();
  await enter(ada, "Ada");
  // The page lets nobody type that much; a program would not ask the page.
  await ada.getByTestId("composer").evaluate((box) => box.removeAttribute("maxlength"));
  await say(ada, "x".repeat(2_001));
  await reads(ada.getByTestId("problem"), "A message has 1 to 2000 characters.");
  await isIn(ada, "connected");
});

atDesk("long polling alone will do, where there are no sockets and no event streams", async (desk) => {
  const without = ["WebSocket", "EventSource"];
  const ada = await desk.page({}, without);
  const polls: string[] = [];
  ada.on("request", (request) => {
    if (request.url().includes("/hubs/") && request.method() === "GET") polls.push(request.resourceType());
  });
  const grace = await desk.page({}, without);
  await enter(ada, "Ada");
  await enter(grace, "Grace");
  await users(ada, "Ada", "Grace");

  await say(ada, "By long polling alone: grüße 東京!");
  await sees(grace, "Ada", "By long polling alone: grüße 東京!");
  await grace.getByTestId("composer").pressSequentially("I th");
  await reads(ada.getByTestId("typing"), "Grace is typing");
  await picture(ada, "chat-long-polling");
  assert.ok(polls.length > 2, "every message ends a poll");
  assert.deepEqual([...new Set(polls)], ["fetch"]);
});

atDesk("a page of before an update offers to load the new one", async (desk) => {
  const ada = await desk.page();
  await enter(ada, "Ada");
  await say(ada, "I am of today");
  await sees(ada, "Ada", "I am of today");
  assert.equal(await ada.getByTestId("update").isVisible(), false);

  // As the page was before its contract had a first version: all else of it is the same.
  let changed = 0;
  await ada.route("**/*.js", async (route) => {
    const response = await route.fetch();
    const text = await response.text();
    changed += text.match(/\b1-[0-9a-f]{16}\b/g)?.length ?? 0;
    // Else the browser keeps it for the reload below: the server has no newer file of that name.
    const headers = { ...response.headers(), "cache-control": "no-store" };
    await route.fulfill({ response, headers, body: text.replace(/\b1-([0-9a-f]{16})\b/g, "0-$1") });
  });
  await ada.reload();
  await isIn(ada, "connected");
  await ada.getByTestId("update").waitFor();
  assert.equal(changed, 1, "the page carries one contract");
  await say(ada, "I am of yesterday, and served");
  await sees(ada, "Ada", "I am of yesterday, and served");
  await picture(ada, "chat-update");

  await ada.unroute("**/*.js");
  await ada.getByTestId("reload").click();
  await ada.getByTestId("update").waitFor({ state: "hidden" });
  await isIn(ada, "connected");
  await say(ada, "I am of today again");
  await sees(ada, "Ada", "I am of today again");
  assert.equal(await ada.getByTestId("update").isVisible(), false);
});

atDesk("the page outlives its server", async (desk) => {
  const [ada, grace] = [await desk.page(), await desk.page()];
  await enter(ada, "Ada");
  await enter(grace, "Grace");
  await say(ada, "Before");
  await sees(grace, "Ada", "Before");

  await desk.server.kill();
  await isIn(ada, "reconnecting");
  await isIn(grace, "reconnecting");
  await ada.getByTestId("banner").waitFor();
  await picture(ada, "chat-reconnecting");

  await desk.server.start();
  await isIn(ada, "connected");
  await isIn(grace, "connected");
  await users(ada, "Ada", "Grace");
  await sees(ada, "Ada", "Before");
  await say(grace, "After");
  await sees(ada, "Grace", "After");
  await picture(ada, "chat-after-restart");
});

atDesk("a page that could not connect offers to try again", async (desk) => {
  const ada = await desk.page();
  await desk.server.kill();
  await ada.getByTestId("name-input").fill("Ada");
  await ada.getByTestId("enter-button").click();
  await isIn(ada, "closed");
  await desk.server.start();
  await ada.getByTestId("connect-again").click();
  await isIn(ada, "connected");
  await users(ada, "Ada");
});
