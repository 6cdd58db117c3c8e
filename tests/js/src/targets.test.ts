// Who receives, and who does not: every selector, with five connections, two users and two
// overlapping groups.

import assert from "node:assert/strict";
import type { Audience } from "./hubs/test-hub.js";
import { scenario } from "./peers.js";
import type { Peer, Peers } from "./peers.js";

type Name = "ann1" | "ann2" | "bob1" | "bob2" | "none";
type Crowd = Record<Name, Peer>;

/** Red: ann1, bob1, none. Blue: ann2, bob1. ann1 is the one who calls. */
async function crowd(peers: Peers): Promise<Crowd> {
  const all: Crowd = {
    ann1: await peers.connect({ user: "ann" }),
    ann2: await peers.connect({ user: "ann" }),
    bob1: await peers.connect({ user: "bob" }),
    bob2: await peers.connect({ user: "bob" }),
    none: await peers.connect(),
  };
  for (const name of ["ann1", "bob1", "none"] as const) await all[name].hub.join("red");
  for (const name of ["ann2", "bob1"] as const) await all[name].hub.join("blue");
  return all;
}

function check(name: string, audience: (crowd: Crowd) => Audience, expected: Name[]): void {
  scenario(`${name} reaches ${expected.join(", ") || "nobody"}`, async (peers) => {
    const all = await crowd(peers);
    assert.deepEqual(await peers.heard(all.ann1, audience(all), all), expected);
  });
}

const unknown = "no-such-connection-at-all";

check("all", () => "all", ["ann1", "ann2", "bob1", "bob2", "none"]);
check("caller", () => "caller", ["ann1"]);
check("others", () => "others", ["ann2", "bob1", "bob2", "none"]);
check("all but some", ({ bob1, none }) => ({ allExcept: [bob1.id, none.id] }), ["ann1", "ann2", "bob2"]);
check("all but an unknown one", () => ({ allExcept: [unknown] }), ["ann1", "ann2", "bob1", "bob2", "none"]);
check("a connection", ({ bob1 }) => ({ client: bob1.id }), ["bob1"]);
check("the caller's connection", ({ ann1 }) => ({ client: ann1.id }), ["ann1"]);
check("an unknown connection", () => ({ client: unknown }), []);
check("connections", ({ ann2, none }) => ({ clients: [ann2.id, none.id, unknown] }), ["ann2", "none"]);
check("no connections", () => ({ clients: [] }), []);
check("a user", () => ({ user: "ann" }), ["ann1", "ann2"]);
check("a user in another case", () => ({ user: "Ann" }), []);
check("users", () => ({ users: ["ann", "bob", "cyd"] }), ["ann1", "ann2", "bob1", "bob2"]);
check("one of the users", () => ({ users: ["bob"] }), ["bob1", "bob2"]);
check("a group", () => ({ group: "red" }), ["ann1", "bob1", "none"]);
check("a group in another case", () => ({ group: "Red" }), []);
check("an empty group", () => ({ group: "green" }), []);
check("groups, a member of both once", () => ({ groups: ["red", "blue"] }), ["ann1", "ann2", "bob1", "none"]);
check("a group but some", ({ bob1 }) => ({ groupExcept: { group: "red", except: [bob1.id] } }), ["ann1", "none"]);
check("a group but an outsider", ({ bob2 }) => ({ groupExcept: { group: "red", except: [bob2.id] } }), ["ann1", "bob1", "none"]);
check("others in a group of the caller", () => ({ othersInGroup: "red" }), ["bob1", "none"]);
check("others in a foreign group", () => ({ othersInGroup: "blue" }), ["ann2", "bob1"]);

scenario("who has left a group is not reached", async (peers) => {
  const all = await crowd(peers);
  await all.bob1.hub.leave("red");
  assert.deepEqual(await peers.heard(all.ann1, { group: "red" }, all), ["ann1", "none"]);
  assert.deepEqual(await peers.heard(all.ann1, { group: "blue" }, all), ["ann2", "bob1"]);
});

scenario("joining twice is joining once, and leaves at once", async (peers) => {
  const all = await crowd(peers);
  await all.ann1.hub.join("red");
  assert.deepEqual(await peers.heard(all.ann1, { group: "red" }, all), ["ann1", "bob1", "none"]);
  await all.ann1.hub.leave("red");
  await all.ann1.hub.leave("red");
  assert.deepEqual(await peers.heard(all.ann1, { group: "red" }, all), ["bob1", "none"]);
});

scenario("a connection that comes back is in no group", async (peers) => {
  const all = await crowd(peers);
  await all.bob1.connection.stop();
  await all.bob1.connection.start();
  assert.deepEqual(await peers.heard(all.ann1, { groups: ["red", "blue"] }, all), ["ann1", "ann2", "none"]);
  assert.deepEqual(await peers.heard(all.ann1, { user: "bob" }, all), ["bob1", "bob2"]);
});

scenario("events come in the order in which they were sent", async (peers) => {
  const all = await crowd(peers);
  const numbers = Array.from({ length: 60 }, (_, index) => String(index));
  for (const number of numbers) await all.ann1.hub.send.tell("all", number);
  await peers.settle(all.ann1, ...Object.values(all));
  for (const peer of Object.values(all)) assert.deepEqual(peer.said.all, numbers);
});
