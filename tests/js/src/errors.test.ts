// What a caller reads when a call fails, and that nothing else happens.

import assert from "node:assert/strict";
import { fails, scenario } from "./peers.js";
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
