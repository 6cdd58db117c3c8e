// `node:test` in a page, as far as the rows need it: tests are kept, and run when the page is told to.

type Clean = () => unknown;

export interface TestContext {
  after(clean: Clean): void;
}

/** How a test went: `error` if it failed. */
export interface Outcome {
  name: string;
  error?: string;
}

interface Test {
  name: string;
  timeout: number;
  run: (context: TestContext) => Promise<void>;
}

const tests: Test[] = [];

export function test(name: string, { timeout }: { timeout: number }, run: Test["run"]): void {
  tests.push({ name, timeout, run });
}

async function outcome({ name, timeout, run }: Test): Promise<Outcome> {
  const cleaning: Clean[] = [];
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error(`timed out after ${timeout} ms`)), timeout);
  });
  try {
    await Promise.race([run({ after: (clean) => cleaning.push(clean) }), late]);
    return { name };
  } catch (error) {
    return { name, error: error instanceof Error ? `${error.message}\n${error.stack}` : String(error) };
  } finally {
    for (const clean of cleaning) await Promise.race([clean(), late]).catch(() => {});
  }
}

/** Runs what the suite has registered, one after the other. */
async function runTests(): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const one of tests) outcomes.push(await outcome(one));
  return outcomes;
}

Object.assign(globalThis, { runTests });
