// The notice board: who is let in by a session in a cookie, and who may do what.

import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { WebSocket } from "ws";
import { Server, atDesk, isIn, picture, reads } from "./pages.js";

const stranger = "Failed to complete negotiation with the server: Error: Unauthorized: Status code '401'";

async function logIn(page: Page, name: string, password: string): Promise<void> {
  await page.getByTestId("name").fill(name);
  await page.getByTestId("password").fill(password);
  await page.getByTestId("log-in").click();
}

async function pin(page: Page, text: string): Promise<void> {
  await page.getByTestId("text").fill(text);
  await page.getByTestId("pin").click();
  await page.getByTestId("notice").filter({ hasText: text }).waitFor();
}

/** Takes down a notice, as far as the server lets. */
function takeDown(page: Page, text: string): Promise<void> {
  return page.getByTestId("notice").filter({ hasText: text }).getByRole("button").click();
}

/** Waits for the answer to the last call. */
async function answers(page: Page, text: string): Promise<void> {
  await reads(page.getByTestId("answer").first(), text);
}

async function count(page: Page, notices: number): Promise<void> {
  await page.waitForFunction((expected) => document.querySelectorAll("[data-testid=notice]").length === expected, notices);
}

atDesk("strangers are told that the hub is closed to them", async (desk) => {
  const page = await desk.page();
  await reads(page.getByTestId("refused"), stranger);
  await picture(page, "roles-login");
  await logIn(page, "ann", "harbour");
  await reads(page.getByTestId("login-error"), "Wrong name or password.");
  await logIn(page, "nobody", "harbour");
  await reads(page.getByTestId("login-error"), "Wrong name or password.");
  await picture(page, "roles-wrong-password");
  assert.equal(await page.getByTestId("connection-state").isVisible(), false);
});

atDesk("somebody without the role is refused what is for admins", async (desk) => {
  const [ann, bob] = [await desk.page(), await desk.page()];
  await logIn(ann, "ann", "lighthouse");
  await isIn(ann, "connected");
  await reads(ann.getByTestId("who"), "ann");
  await reads(ann.getByTestId("role"), "ADMIN");
  await pin(ann, "The lamp wants new oil on Thursday.");

  await logIn(bob, "bob", "harbour");
  await isIn(bob, "connected");
  await reads(bob.getByTestId("role"), "no role");
  await pin(bob, "Who has seen the blue rowing boat?");
  await pin(bob, "Found: one glove, left, woollen. Ask at the harbour.");
  await count(bob, 3);

  await bob.getByTestId("clear").click();
  await answers(bob, "Failed to invoke 'Clear' because user is unauthorized");
  await takeDown(bob, "The lamp");
  await answers(bob, "Failed to invoke 'TakeDown' because user is unauthorized");
  await count(bob, 3);
  await takeDown(bob, "one glove");
  await answers(bob, "done");
  await count(bob, 2);
  await count(ann, 2);
  await picture(bob, "roles-bob");

  await takeDown(ann, "rowing boat");
  await answers(ann, "done");
  await count(bob, 1);
  await pin(ann, "Tea at five, as ever.");
  await picture(ann, "roles-ann");
  await ann.getByTestId("clear").click();
  await answers(ann, "done");
  await count(ann, 0);
  await count(bob, 0);
});

atDesk("logging out ends all connections of the session, and no others", async (desk) => {
  const [one, other] = [await desk.page(), await desk.page({ colorScheme: "dark" })];
  await logIn(one, "ann", "lighthouse");
  await isIn(one, "connected");
  const second = await one.context().newPage();
  await second.goto(desk.server.url);
  await isIn(second, "connected");
  await logIn(other, "ann", "lighthouse");
  await isIn(other, "connected");

  await one.getByTestId("log-out").click();
  await reads(one.getByTestId("login-error"), "You have logged out.");
  await reads(second.getByTestId("login-error"), "You have logged out.");
  await pin(other, "Still here.");
  await picture(other, "roles-dark");

  await one.reload();
  await reads(one.getByTestId("refused"), stranger);
});

atDesk("a page whose session is gone with its server asks to log in again", async (desk) => {
  const page = await desk.page();
  await logIn(page, "bob", "harbour");
  await isIn(page, "connected");
  await desk.server.kill();
  await isIn(page, "reconnecting");
  await desk.server.start();
  await page.getByTestId("login-error").waitFor();
  await logIn(page, "bob", "harbour");
  await isIn(page, "connected");
});

/** The server without a browser: what a session looks like from outside. */
function atServer(name: string, run: (server: Server) => Promise<void>): void {
  test(name, { timeout: 60_000 }, async (context) => {
    const server = new Server();
    context.after(() => server.kill());
    await server.start();
    await run(server);
  });
}

/** The cookie that a log-in sets, with its attributes. */
async function setCookie(server: Server, name: string, password: string, cookie?: string): Promise<string> {
  const answer = await fetch(`${server.url}/login`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...(cookie === undefined ? {} : { Cookie: cookie }) },
    body: JSON.stringify({ name, password }),
  });
  assert.equal(answer.status, 204);
  return answer.headers.getSetCookie().at(-1) ?? "";
}

const session = (cookie: string): string => cookie.split(";")[0] ?? "";

async function negotiate(server: Server, cookie: string): Promise<number> {
  const headers = { Cookie: cookie };
  return (await fetch(`${server.url}/hubs/board/negotiate?negotiateVersion=1`, { method: "POST", headers })).status;
}

/** What the upgrade to a WebSocket is answered with. */
async function upgrade(server: Server, headers: Record<string, string>): Promise<number> {
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/hubs/board`, { headers });
  // A socket that is ended before it was open says so.
  socket.on("error", () => {});
  const [answer] = (await Promise.race([once(socket, "upgrade"), once(socket, "unexpected-response").then(([, it]) => [it])])) as [IncomingMessage];
  socket.terminate();
  return answer.statusCode ?? 0;
}

atServer("the cookie is out of reach of scripts and of other sites' requests", async (server) => {
  const cookie = await setCookie(server, "ann", "lighthouse");
  const [, ...attributes] = cookie.split("; ");
  assert.ok(attributes.includes("HttpOnly"), cookie);
  assert.ok(attributes.includes("SameSite=Lax"), cookie);
  assert.ok(attributes.includes("Path=/"), cookie);
  assert.equal(await negotiate(server, session(cookie)), 200);
  assert.equal(await negotiate(server, "session=made-up"), 401);
});

atServer("logging in begins a session that nobody has seen before", async (server) => {
  const chosen = "session=AAAAAAAAAAAAAAAAAAAAAA";
  const bob = session(await setCookie(server, "bob", "harbour", chosen));
  assert.notEqual(bob, chosen);
  assert.equal(await negotiate(server, chosen), 401);
  // In a browser where somebody has planted a session of their own.
  const ann = session(await setCookie(server, "ann", "lighthouse", bob));
  assert.notEqual(ann, bob);
  assert.equal(await negotiate(server, ann), 200);
  assert.equal(await negotiate(server, bob), 401);
});

atServer("a page of another origin opens no WebSocket with somebody's cookie", async (server) => {
  const cookie = session(await setCookie(server, "ann", "lighthouse"));
  assert.equal(await upgrade(server, { Cookie: cookie, Origin: server.url }), 101);
  assert.equal(await upgrade(server, { Cookie: cookie, Origin: "https://evil.example" }), 403);
  assert.equal(await upgrade(server, { Origin: server.url }), 401);
});
