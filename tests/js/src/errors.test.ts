// What a caller reads when a call fails, and that nothing else happens.

import assert from "node:assert/strict";
import { isEntryError } from "./hubs/test-hub.js";
import { fails, hubUrl, scenario } from "./peers.js";
import type { Peer } from "./peers.js";

async function goesOn(peer: Peer): Promise<void> {
  assert.equal(await peer.hub.echo("still here"), "still here");
  assert.deepEqual(peer.closed.all, []);
}

scenario("the text of a HubError reaches the caller", async (peers) => {
  const peer = await peers.connect();
  await fails(
    peer.hub.fail("The room is full. 満室"),
    "An unexpected error occurred invoking 'Fail' on the server. HubException: The room is full. 満室",
  );
  await goesOn(peer);
});

scenario("any other error stays inside", async (peers) => {
  const peer = await peers.connect();
  await fails(peer.hub.failInside(), "An unexpected error occurred invoking 'FailInside' on the server.");
  await goesOn(peer);
});

scenario("a panic is an error of the call", async (peers) => {
  const peer = await peers.connect();
  await fails(peer.hub.panic(), "An unexpected error occurred invoking 'Panic' on the server.");
  await goesOn(peer);
});

scenario("a method that does not exist", async (peers) => {
  const peer = await peers.connect();
  await fails(
    peer.connection.invoke("noSuchMethod", 1),
    "Failed to invoke 'noSuchMethod' due to an error on the server. HubException: Method does not exist.",
  );
  await goesOn(peer);
});

for (const [name, values] of [
  ["too few", [1]],
  ["none", []],
  ["too many", [1, 2, 3]],
  ["of the wrong type", [1, "two"]],
  ["null where a value is needed", [null, 2]],
  ["a fraction where a whole number is needed", [1.5, 2]],
  ["a number that does not fit", [1, 3_000_000_000]],
  ["an object where a number is needed", [{ a: [1] }, 2]],
] as const) {
  scenario(`arguments that do not fit: ${name}`, async (peers) => {
    const peer = await peers.connect();
    await fails(peer.connection.invoke("Add", ...values), "Failed to invoke 'Add' due to an error on the server.");
    await goesOn(peer);
  });
}

scenario("a method of the server's own life cannot be called", async (peers) => {
  const peer = await peers.connect();
  for (const name of ["OnConnected", "on_connected", "OnDisconnected", "echo_sample"]) {
    await fails(
      peer.connection.invoke(name),
      `Failed to invoke '${name}' due to an error on the server. HubException: Method does not exist.`,
    );
  }
});

/** What a call fails with. */
function failure(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => assert.fail("the call was to fail"),
    (error: unknown) => error,
  );
}

const full = "lobby 満室 holds 3 at most.";

scenario("a typed error is an Error with a code and data", async (peers) => {
  const { hub } = await peers.connect();
  const error = await failure(hub.enter("lobby 満室"));
  assert.ok(isEntryError(error) && error instanceof Error);
  assert.equal(error.message, full);
  assert.equal(String(error), `EntryError: ${full}`);
  assert.equal(error.code, "roomFull");
  assert.deepEqual(error.data, { room: "lobby 満室", limit: 3, others: [{ x: 1, y: -2 }] });
});

/** What a page does, checked by the compiler. */
function advice(error: unknown): string {
  if (!isEntryError(error)) return `unknown: ${String(error)}`;
  switch (error.code) {
    case "roomFull":
      return `${error.data.limit + error.data.others.length}`;
    case "notInvited":
      return error.data.toUpperCase();
    case "tooLate":
      return error.message;
    default:
      return error satisfies never;
  }
}

scenario("a page can tell errors apart", async (peers) => {
  const { hub } = await peers.connect();
  const advised = async (room: string) => advice(await failure(hub.enter(room)));
  assert.equal(await advised("lobby"), "4");
  assert.equal(await advised("private"), "ANN");
  assert.equal(await advised("late"), "It is late.");
  const inside = "unknown: Error: An unexpected error occurred invoking 'Enter' on the server.";
  assert.equal(await advised("inside"), inside);
});

scenario("a stream and an upload fail with typed errors too", async (peers) => {
  const peer = await peers.connect();
  const items: number[] = [];
  const stream = async () => {
    for await (const item of peer.hub.enterSlowly("private")) items.push(item);
  };
  assert.equal(advice(await failure(stream())), "ANN");
  assert.deepEqual(items, [1]);
  assert.equal(advice(await failure(peer.hub.enterWith([1, 2]))), "4");
  await goesOn(peer);
});

scenario("a client that was not generated reads a typed error as a sentence", async (peers) => {
  const { connection } = peers.prepare();
  connection.baseUrl = hubUrl;
  await connection.start();
  await fails(
    connection.invoke("Enter", "late"),
    "An unexpected error occurred invoking 'Enter' on the server. HubException: It is late.",
  );
});

scenario("a send that fails says nothing", async (peers) => {
  const peer = await peers.connect();
  await peer.hub.send.fail("unheard");
  await peer.connection.send("noSuchMethod");
  await peer.connection.send("Add", "one");
  await goesOn(peer);
});

scenario("a stream of what does not stream, in the protocol's words", async (peers) => {
  const peer = await peers.connect();
  const failed = new Promise<Error>((resolve, reject) => {
    peer.connection.stream("Echo", "x").subscribe({
      next: () => reject(new Error("no item was expected")),
      complete: () => reject(new Error("no end was expected")),
      error: resolve,
    });
  });
  const text = "The client attempted to invoke the non-streaming 'Echo' method with a streaming invocation.";
  assert.equal((await failed).message, text);
  await goesOn(peer);
});

scenario("a client that has no handler for a question", async (peers) => {
  const [asking, asked] = [await peers.connect(), await peers.connect()];
  await fails(
    asking.hub.ask(asked.id, []),
    "An unexpected error occurred invoking 'Ask' on the server. HubException: Client didn't provide a result.",
  );
  await goesOn(asking);
});
