// Plain calls in both directions.

import assert from "node:assert/strict";
import { hubUrl, origin, protocolName, scenario } from "./peers.js";

scenario("a call is answered", async (peers) => {
  const { hub } = await peers.connect();
  assert.equal(await hub.echo("hello"), "hello");
  assert.equal(await hub.add(20, 22), 42);
});

scenario("falsy results are results", async (peers) => {
  const { hub } = await peers.connect();
  assert.equal(await hub.echo(""), "");
  assert.equal(await hub.add(1, -1), 0);
});

scenario("a method without a value answers", async (peers) => {
  const { hub } = await peers.connect();
  assert.equal((await hub.nothing()) ?? null, null);
});

scenario("text of any script passes unharmed", async (peers) => {
  const { hub, said } = await peers.connect();
  const texts = ["Grüße", "東京 🗼", "\u0000\u001e\u007f\u2028", "👩‍👩‍👧", "\"\\/\b\f\n\r\t", "x".repeat(20_000)];
  for (const text of texts) assert.equal(await hub.echo(text), text);
  await hub.sayThenAnswer(texts.slice(0, -1));
  assert.deepEqual(said.all, texts.slice(0, -1));
});

scenario("trailing optional arguments may be left out", async (peers) => {
  const { hub, connection } = await peers.connect();
  assert.equal(await hub.greet("Ada"), "Hello Ada");
  assert.equal(await hub.greet("Ada", "Countess"), "Good day Countess Ada");
  assert.equal(await connection.invoke("Greet", "Ada"), "Hello Ada");
  assert.equal(await connection.invoke("Greet", "Ada", null), "Hello Ada");
});

scenario("a method may have a wire name of its own", async (peers) => {
  const { hub, connection } = await peers.connect();
  assert.equal(await hub.underAnotherName(), "found");
  assert.equal(await connection.invoke("renamed_v1"), "found");
});

scenario("method names are found whatever their case", async (peers) => {
  const { connection } = await peers.connect();
  assert.equal(await connection.invoke("ECHO", "a"), "a");
  assert.equal(await connection.invoke("echo", "b"), "b");
});

scenario("a send is not answered and takes effect in order", async (peers) => {
  const { hub } = await peers.connect();
  await hub.send.countUp();
  await hub.send.countUp();
  assert.equal(await hub.countUp(), 3);
});

scenario("calls of one connection are answered in their order", async (peers) => {
  const { hub } = await peers.connect();
  const order: number[] = [];
  const calls = Array.from({ length: 100 }, () => hub.countUp().then((count) => order.push(count)));
  await Promise.all(calls);
  assert.deepEqual(order, Array.from({ length: 100 }, (_, index) => index + 1));
});

scenario("items belong to one connection", async (peers) => {
  const [one, two] = [await peers.connect(), await peers.connect()];
  assert.equal(await one.hub.countUp(), 1);
  assert.equal(await one.hub.countUp(), 2);
  assert.equal(await two.hub.countUp(), 1);
});

scenario("a client sees what a method sends before its answer", async (peers) => {
  const { hub, said } = await peers.connect();
  const texts = Array.from({ length: 50 }, (_, number) => `text ${number}`);
  assert.equal(await hub.sayThenAnswer(texts), 50);
  assert.deepEqual(said.all, texts);
});

scenario("a handler that is taken off hears nothing more", async (peers) => {
  const { hub } = await peers.connect();
  const heard: string[] = [];
  const stop = hub.on("said", (text) => { heard.push(text); });
  await hub.sayThenAnswer(["one"]);
  stop();
  await hub.sayThenAnswer(["two"]);
  assert.deepEqual(heard, ["one"]);
});

scenario("the server knows the connection and its user", async (peers) => {
  const ann = await peers.connect({ user: "Ann Ö." });
  assert.deepEqual(await ann.hub.whoAmI(), { connectionId: ann.id, userId: "Ann Ö." });
  const nobody = await peers.connect();
  assert.deepEqual(await nobody.hub.whoAmI(), { connectionId: nobody.id, userId: null });
});

scenario("negotiation may be skipped", async (peers) => {
  const peer = await peers.connect({ skipNegotiation: true, user: "ann" });
  assert.equal(peer.connection.connectionId, null);
  const identity = await peer.hub.whoAmI();
  assert.equal(identity.userId, "ann");
  assert.match(identity.connectionId, /^[\w-]{22}$/);
});

scenario("the hub can be used from outside of a call", async (peers) => {
  const [one, two] = [await peers.connect(), await peers.connect()];
  const answer = await fetch(`${origin}/announce?text=dinner`, { method: "POST" });
  assert.equal(answer.status, 200);
  assert.equal(await one.said.first(), "dinner");
  assert.equal(await two.said.first(), "dinner");
});

scenario("a client can be asked for a result", async (peers) => {
  const [asking, asked] = [await peers.connect(), await peers.connect()];
  asked.hub.register({ choose: (from) => from.indexOf("tea") });
  assert.equal(await asking.hub.ask(asked.id, ["coffee", "tea"]), 1);
  // A connection that waits for its own client is not stuck.
  asking.hub.register({ choose: async (from) => from.length });
  assert.equal(await asking.hub.ask(asking.id, ["a", "b", "c"]), 3);
});

scenario("the path of a hub is found whatever its case", async (peers) => {
  const peer = peers.prepare();
  peer.connection.baseUrl = hubUrl.replace("/hubs/test", "/Hubs/TEST");
  await peer.connection.start();
  assert.equal(await peer.hub.echo(protocolName), protocolName);
});
