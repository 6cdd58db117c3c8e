// Long messages over a socket that compresses them, as `ws` and browsers offer by themselves.

import assert from "node:assert/strict";
import { scenario } from "./peers.js";
import type { Peer, Peers } from "./peers.js";
import { Line } from "./sockets.js";

async function connect(peers: Peers): Promise<{ peer: Peer; line: Line }> {
  const line = new Line();
  const peer = await peers.connect({ sockets: line.WebSocket });
  return { peer, line };
}

scenario("long messages are compressed in both directions", async (peers) => {
  const { peer, line } = await connect(peers);
  const text = "Grüße aus 東京. ".repeat(1000);
  const [socket] = line.opened.all;
  assert.match(socket?.extensions ?? "", /^permessage-deflate/);
  const before = line.transferred();
  for (let calls = 0; calls < 10; calls += 1) assert.equal(await peer.hub.echo(text), text);
  const after = line.transferred();
  const bytes = 10 * Buffer.byteLength(text);
  assert.ok(after.read - before.read < bytes / 20, `${after.read - before.read} of ${bytes} bytes`);
  assert.ok(after.written - before.written < bytes / 20, `${after.written - before.written} of ${bytes} bytes`);
});

scenario("calls that leave in one message may be more than a message may be long", async (peers) => {
  const { peer } = await connect(peers);
  const texts = Array.from({ length: 100 }, (_, number) => `${number} `.repeat(1000));
  assert.deepEqual(await Promise.all(texts.map((text) => peer.hub.echo(text))), texts);
});

scenario("what is sent to all reaches those who compress", async (peers) => {
  const everybody = await Promise.all([connect(peers), connect(peers), connect(peers)]);
  const [{ peer: sender }] = everybody;
  const texts = ["short", "long ".repeat(3000), "short again"];
  for (const text of texts) await sender.hub.tell("all", text);
  await peers.settle(sender, ...everybody.map(({ peer }) => peer));
  for (const { peer } of everybody) assert.deepEqual(peer.said.all, texts);
});
