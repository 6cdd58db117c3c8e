// Who starts and stops a connection, over a made-up one that is as strict as `HubConnection`.

import assert from "node:assert/strict";
import test from "node:test";
import { follow, lifecycleOf } from "./hub-lifecycle.js";

/** Starts and stops when the test says so. */
class Connection {
  state = "Disconnected";
  log = [];
  pending = undefined;
  listeners = { close: [], reconnecting: [], reconnected: [] };

  onclose(listener) {
    this.listeners.close.push(listener);
  }
  onreconnecting(listener) {
    this.listeners.reconnecting.push(listener);
  }
  onreconnected(listener) {
    this.listeners.reconnected.push(listener);
  }
  start() {
    assert.equal(this.state, "Disconnected", "started twice");
    this.log.push("start");
    this.state = "Connecting";
    return new Promise((resolve, reject) => {
      this.pending = { resolve, reject };
    });
  }
  /** The server has answered. */
  opened() {
    this.state = "Connected";
    this.pending.resolve();
  }
  refused() {
    this.state = "Disconnected";
    this.pending.reject(new Error("refused"));
  }
  async stop() {
    this.log.push("stop");
    const { state } = this;
    if (state === "Disconnected") return;
    this.state = "Disconnecting";
    await turn();
    this.state = "Disconnected";
    if (state === "Connecting") this.pending.reject(new Error("stopped"));
    else this.tell("close");
  }
  lost(error) {
    this.state = "Reconnecting";
    this.tell("reconnecting", error);
  }
  back() {
    this.state = "Connected";
    this.tell("reconnected", "id");
  }
  closed(error) {
    this.state = "Disconnected";
    this.tell("close", error);
  }
  tell(event, ...args) {
    for (const listener of this.listeners[event]) listener(...args);
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

function prepared() {
  const connection = new Connection();
  const lifecycle = lifecycleOf(connection);
  const seen = [];
  lifecycle.subscribe(() => seen.push(lifecycle.status.state));
  return { connection, lifecycle, seen };
}

test("a connection has one lifecycle", () => {
  const connection = new Connection();
  assert.equal(lifecycleOf(connection), lifecycleOf(connection));
  assert.equal(connection.listeners.close.length, 1);
});

test("the first holder starts, and the last one stops", async () => {
  const { connection, lifecycle, seen } = prepared();
  const one = lifecycle.hold();
  const two = lifecycle.hold();
  assert.deepEqual(connection.log, [], "handlers can still be registered");
  await turn();
  connection.opened();
  await turn();
  one();
  one();
  await turn();
  assert.deepEqual(connection.log, ["start"]);
  two();
  await turn();
  await turn();
  assert.deepEqual(connection.log, ["start", "stop"]);
  assert.deepEqual(seen, ["Connecting", "Connected", "Disconnected"]);
});

test("whoever leaves and comes back at once starts once and stops nothing", async () => {
  const { connection, lifecycle } = prepared();
  lifecycle.hold()();
  const hold = lifecycle.hold();
  await turn();
  connection.opened();
  await turn();
  hold();
  lifecycle.hold();
  await turn();
  assert.deepEqual(connection.log, ["start"]);
});

test("whoever leaves before it came to a start has started nothing", async () => {
  const { connection, lifecycle } = prepared();
  lifecycle.hold()();
  await turn();
  assert.deepEqual(connection.log, []);
});

test("a start that nobody waits for is given up, and is no failure", async () => {
  const { connection, lifecycle, seen } = prepared();
  const leave = lifecycle.hold();
  await turn();
  leave();
  await turn();
  await turn();
  assert.deepEqual(connection.log, ["start", "stop"]);
  assert.equal(lifecycle.status.error, undefined);
  assert.deepEqual(seen, ["Connecting", "Disconnected"]);
});

test("a start waits for the stop before it", async () => {
  const { connection, lifecycle } = prepared();
  const leave = lifecycle.hold();
  await turn();
  connection.opened();
  await turn();
  leave();
  await Promise.resolve();
  await Promise.resolve();
  assert.equal(connection.state, "Disconnecting");
  lifecycle.hold();
  await turn();
  await turn();
  await turn();
  assert.deepEqual(connection.log, ["start", "stop", "start"]);
});

test("a failure is told, and tried again when somebody says so", async () => {
  const { connection, lifecycle } = prepared();
  assert.equal(lifecycle.heldStatus.state, "Connecting", "about to be started");
  lifecycle.hold();
  await turn();
  connection.refused();
  await turn();
  assert.deepEqual({ ...lifecycle.heldStatus }, { state: "Disconnected", error: new Error("refused") });
  lifecycle.connect();
  lifecycle.connect();
  assert.equal(lifecycle.status.state, "Connecting");
  assert.equal(lifecycle.status.error, undefined);
  connection.opened();
  await turn();
  lifecycle.connect();
  assert.deepEqual(connection.log, ["start", "start"]);
  assert.equal(lifecycle.status.state, "Connected");
});

test("reconnecting is told, with its reason", async () => {
  const { connection, lifecycle, seen } = prepared();
  lifecycle.hold();
  await turn();
  connection.opened();
  await turn();
  connection.lost(new Error("gone"));
  assert.equal(lifecycle.status.error.message, "gone");
  connection.back();
  assert.equal(lifecycle.status.error, undefined);
  connection.closed(new Error("for good"));
  assert.equal(lifecycle.status.error.message, "for good");
  assert.deepEqual(seen, ["Connecting", "Connected", "Reconnecting", "Connected", "Disconnected"]);
  assert.deepEqual(connection.log, ["start"]);
});

test("a status is the same object until something changes", async () => {
  const { connection, lifecycle } = prepared();
  assert.equal(lifecycle.status, lifecycle.status);
  assert.equal(lifecycle.heldStatus, lifecycle.heldStatus);
  connection.state = "Connecting";
  assert.equal(lifecycle.status.state, "Connecting");
});

test("a connection of somebody else is theirs to stop", async () => {
  const { connection, lifecycle } = prepared();
  void connection.start();
  const leave = lifecycle.hold();
  await turn();
  assert.equal(lifecycle.heldStatus.state, "Connecting");
  connection.opened();
  while (lifecycle.status !== lifecycle.heldStatus || lifecycle.status.state !== "Connected") await turn();
  leave();
  await turn();
  assert.deepEqual(connection.log, ["start"]);
});

test("a listener that left hears nothing", async () => {
  const { connection, lifecycle } = prepared();
  const heard = [];
  const listener = () => heard.push(lifecycle.status.state);
  const [one, two] = [lifecycle.subscribe(listener), lifecycle.subscribe(listener)];
  one();
  connection.lost();
  assert.deepEqual(heard, ["Reconnecting"]);
  two();
  connection.back();
  assert.equal(heard.length, 1);
});

test("holders of any pace never start twice, and leave what they came to", async () => {
  let seed = 1;
  const random = (below) => {
    seed = (seed * 48271) % 2147483647;
    return seed % below;
  };
  for (let round = 0; round < 200; round++) {
    const { connection, lifecycle } = prepared();
    const holds = [];
    for (let step = 0; step < 40; step++) {
      const choice = random(6);
      if (choice === 0) holds.push(lifecycle.hold());
      else if (choice === 1) holds.splice(random(holds.length || 1), 1)[0]?.();
      else if (choice === 2) lifecycle.connect();
      else if (choice === 3 && connection.state === "Connecting") connection.opened();
      else if (choice === 4 && connection.state === "Connecting") connection.refused();
      else await turn();
    }
    for (let step = 0; step < 8; step++) {
      await turn();
      lifecycle.connect();
      if (connection.state === "Connecting") connection.opened();
    }
    const expected = holds.length > 0 ? "Connected" : "Disconnected";
    assert.equal(connection.state, expected, `round ${round}: ${connection.log}`);
    assert.equal(lifecycle.heldStatus.state, holds.length > 0 ? "Connected" : "Connecting");
  }
});

/** A stream of a test, and what was told of it. */
function followed(keep) {
  let subscriber;
  let disposed = 0;
  const told = [];
  const stream = {
    subscribe(given) {
      subscriber = given;
      return { dispose: () => disposed++ };
    },
  };
  const cancel = follow(stream, keep, (status) => told.push(status));
  return { subscriber, told, cancel, disposed: () => disposed };
}

test("items that come together are told together, and the newest are kept", async () => {
  const { subscriber, told } = followed(2);
  assert.deepEqual(told, [{ status: "streaming", items: [], latest: undefined, error: undefined }]);
  for (const item of [1, 2, 3, 4, 5, 6]) subscriber.next(item);
  await turn();
  subscriber.next(7);
  subscriber.complete();
  subscriber.next(8);
  await turn();
  assert.deepEqual(told.slice(1).map(({ status, items, latest }) => [status, items, latest]), [
    ["streaming", [5, 6], 6],
    ["completed", [6, 7], 7],
  ]);
});

test("a stream of which nothing is kept still tells its latest item", async () => {
  const { subscriber, told } = followed(0);
  subscriber.next(1);
  subscriber.error("broken");
  assert.deepEqual(told.at(-1), { status: "failed", items: [], latest: 1, error: new Error("broken") });
});

test("a stream that was cancelled tells nothing more", async () => {
  const { subscriber, told, cancel, disposed } = followed(2);
  subscriber.next(1);
  cancel();
  subscriber.next(2);
  subscriber.complete();
  await turn();
  assert.equal(told.length, 1);
  assert.equal(disposed(), 1);
});
