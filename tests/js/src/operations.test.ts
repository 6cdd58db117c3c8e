// The example for those who run a server: health, metrics, and an end that leaves nobody hanging.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { HubConnectionBuilder, LogLevel } from "@microsoft/signalr";

const program = process.env["SERVER"];
if (program === undefined) throw new Error("SERVER is not set: run the suites by `cargo test -p hub-e2e`");

test("a server is ready, counts, and ends gracefully", { timeout: 60_000 }, async (context) => {
  const child = spawn(program, ["0", "0"], { stdio: ["ignore", "pipe", "inherit"] });
  context.after(() => child.kill("SIGKILL"));
  const ended = once(child, "exit");
  const addresses: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /http:\/\/\S+/.exec(line)?.[0];
    if (address !== undefined) addresses.push(address);
    if (addresses.length === 2) break;
  }
  child.stdout.resume();
  const [hubs, operators] = addresses;

  const health = async (): Promise<unknown> => {
    const response = await fetch(`${hubs}/health`);
    assert.equal(response.status, 200);
    return response.json();
  };
  assert.deepEqual(await health(), { status: "ready", connections: 0, hubs: { ViewHub: 0 } });

  const connection = new HubConnectionBuilder().withUrl(`${hubs}/hubs/view`).configureLogging(LogLevel.None).build();
  const closed = new Promise<Error | undefined>((resolve) => connection.onclose(resolve));
  await connection.start();
  context.after(() => connection.stop());
  assert.equal(await connection.invoke("Wave"), 0);
  assert.deepEqual(await health(), { status: "ready", connections: 1, hubs: { ViewHub: 1 } });

  const metrics = await fetch(`${operators}/metrics`);
  assert.equal(metrics.status, 200);
  const text = await metrics.text();
  assert.match(text, /^signalr_server_active_connections\{.*\} 1$/m);
  assert.match(text, /^hub_calls_total\{.*method="Wave".*\} 1$/m);
  assert.match(text, /^hub_call_duration_seconds_bucket\{.*le="0.001".*\} \d+$/m);
  assert.equal((await fetch(`${hubs}/metrics`)).status, 404, "metrics are not for everybody");

  child.kill("SIGTERM");
  const [code, signal] = await ended;
  assert.deepEqual([code, signal], [0, null], "the server ends by itself");
  await closed;
});
