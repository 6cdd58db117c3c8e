// What the browser suites stand on: an example's server as a program, and pages in Chromium.

import { spawn } from "node:child_process";
import type { ChildProcess, ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { chromium } from "playwright-core";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";

function told(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run the suites by \`cargo test -p hub-e2e\``);
  return value;
}

/** The server of an example; comes back on the same port. */
export class Server {
  url = "";
  /** What it has logged, where `filter` says what it shall log: all of it once it has ended. */
  logged = "";
  #port = "0";
  #child: ChildProcess | undefined;

  constructor(private readonly filter?: string) {}

  async start(): Promise<void> {
    const child = this.#spawn();
    this.#child = child;
    for await (const line of createInterface({ input: child.stdout })) {
      const url = /http:\/\/\S+/.exec(line)?.[0];
      if (url === undefined) continue;
      this.url = url;
      this.#port = new URL(url).port;
      child.stdout.resume();
      return;
    }
    throw new Error("the server ended before it told its address");
  }

  #spawn(): ChildProcessByStdio<null, Readable, Readable | null> {
    const command = [told("SERVER"), ["--port", this.#port]] as const;
    if (this.filter === undefined) return spawn(...command, { stdio: ["ignore", "pipe", "inherit"] });
    const env = { ...process.env, RUST_LOG: this.filter, NO_COLOR: "1" };
    const child = spawn(...command, { stdio: ["ignore", "pipe", "pipe"], env });
    child.stderr.setEncoding("utf8").on("data", (text: string) => { this.logged += text; });
    return child;
  }

  /** Ends the server without a chance to say goodbye. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "close");
  }
}

/** A headless Chromium. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: told("CHROMIUM"),
    args: [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ],
  });
}

/** The browser of one test, and the server that it looks at. */
export class Desk {
  readonly server = new Server();
  #browser: Browser | undefined;

  async open(): Promise<void> {
    await this.server.start();
    this.#browser = await launch();
  }

  async close(): Promise<void> {
    await this.#browser?.close();
    await this.server.kill();
  }

  /** A page of its own person: nothing is shared with other pages. It lacks the given globals. */
  async page(options: BrowserContextOptions = {}, without: readonly string[] = []): Promise<Page> {
    if (!this.#browser) throw new Error("the desk is not open");
    const size = { width: 1280, height: 800 };
    const context = await this.#browser.newContext({ viewport: size, ...options });
    context.setDefaultTimeout(30_000);
    const page = await context.newPage();
    await page.addInitScript((names) => {
      for (const name of names) Reflect.deleteProperty(globalThis, name);
    }, without);
    await page.goto(this.server.url);
    return page;
  }
}

/** A test with a desk of its own. */
export function atDesk(name: string, run: (desk: Desk) => Promise<void>): void {
  test(name, { timeout: 120_000 }, async (context) => {
    const desk = new Desk();
    context.after(() => desk.close());
    await desk.open();
    await run(desk);
  });
}

/** Waits until an element says exactly this. */
export async function reads(element: Locator, text: string): Promise<void> {
  const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  await element.filter({ hasText: new RegExp(`^${escaped}$`) }).waitFor();
}

/** Waits until the page's connection is in this state. */
export async function isIn(page: Page, state: string): Promise<void> {
  await page.locator(`[data-testid=connection-state][data-state=${state}]`).waitFor({ state: "attached" });
}

/** Keeps a picture, if somebody asked for pictures. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env["HUB_SCREENSHOTS"];
  if (folder === undefined || folder === "") return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), animations: "disabled" });
}
