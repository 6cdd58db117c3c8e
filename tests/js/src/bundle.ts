// Suites in a page: a file with all that it imports, as a script, and what its tests said there.

import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { rolldown } from "rolldown";
import type { Outcome } from "./browser/test.js";

declare function runTests(): Promise<Outcome[]>;

const here = dirname(fileURLToPath(import.meta.url));
const inPage = (name: string): string => join(here, "browser", `${name}.js`);

/** A file of this folder with all that it imports, as a script. */
export async function bundle(file: string, define: Record<string, string> = {}): Promise<string> {
  const build = await rolldown({
    input: join(here, file),
    platform: "browser",
    transform: { define: { "import.meta.url": '""', ...define } },
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

/** Runs a bundled suite in a page, and makes each of its tests one of the context's. */
export async function runIn(page: Page, context: TestContext, script: string): Promise<void> {
  await page.evaluate(script);
  for (const { name, error } of await page.evaluate(() => runTests())) {
    await context.test(name, () => {
      if (error !== undefined) throw new Error(error);
    });
  }
}
