// Bytes and dates in streams, uploads, events, client results and errors.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Subject } from "@microsoft/signalr";
import { connected } from "./connected.js";
import { EdgesHubConnection, isEdgeError } from "./edges-hub.js";
import type { Document } from "./edges-hub.js";
import { at, bytes, moment, stamp } from "./parts.js";

const document: Document = {
  name: "d",
  content: bytes,
  keptAt: moment,
  seenAt: stamp,
  cover: bytes.subarray(1),
  "other name": null,
};
// Whoever changed it in place would fail.
Object.freeze(document);

function edges(name: string, use: (hub: EdgesHubConnection) => Promise<void>): void {
  test(name, () =>
    connected("edges", (connection) => new EdgesHubConnection(connection), async (hub) => {
      await use(hub);
      assert.deepEqual([...bytes], [0, 127, 255]);
      assert.ok(!("toJSON" in bytes));
    }));
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

edges("optional arguments", async (hub) => {
  assert.equal(await hub.optional(), null);
  assert.equal(await hub.optional(null, moment), null);
  assert.deepEqual(await hub.optional(bytes), bytes);
  // @ts-expect-error bytes are no text
  void hub.send.optional("AH//").catch(() => {});
});

edges("items of streams", async (hub) => {
  assert.deepEqual(await all(hub.items(document, 2)), [document, document]);
});

edges("items of uploads", async (hub) => {
  assert.deepEqual(await hub.collect([document, document]), [document, document]);
  const subject = new Subject<Document>();
  const collected = hub.collect(subject);
  subject.next(document);
  subject.complete();
  assert.deepEqual(await collected, [document]);
});

edges("items in both directions", async (hub) => {
  assert.deepEqual(await all(hub.turnAround([bytes])), [Uint8Array.of(255, 127, 0)]);
});

edges("events", async (hub) => {
  const told: unknown[] = [];
  const contents: Uint8Array[] = [];
  const handler = (by: string, document: Document): void => void told.push(by, document);
  hub.on("told", handler);
  hub.on("told", handler);
  const stop = hub.on("told", (_, document) => void contents.push(document.content));
  hub.on("nothingTold", (text) => void told.push(text));
  await hub.tell(document);
  assert.deepEqual(told.splice(0), ["ann", document, "AH//"]);
  assert.deepEqual(contents, [bytes]);
  hub.off("told", handler);
  stop();
  await hub.tell(document);
  assert.deepEqual(told, ["AH//"]);
  assert.equal(contents.length, 1);
});

edges("client results and their arguments", async (hub) => {
  const heard: unknown[] = [];
  const stop = hub.register({
    told: (_, document) => void heard.push(document),
    async ask([first]) {
      assert.deepEqual(first, document);
      return { ...document, name: "e" };
    },
    askedForBytes(when) {
      assert.deepEqual(when, moment);
      return bytes;
    },
    noted: (content) => void heard.push(content),
  });
  await hub.tell(document);
  assert.deepEqual(await hub.ask(document), { ...document, name: "e" });
  assert.deepEqual(await hub.askForBytes(moment), bytes);
  await hub.note(bytes);
  assert.deepEqual(heard, [document, bytes]);
  stop();
  hub.register({ askedForBytes: async () => null });
  assert.equal(await hub.askForBytes(moment), null);
});

edges("errors", async (hub) => {
  const known = (error: unknown): boolean => {
    assert.ok(isEdgeError(error) && error.code === "known");
    assert.deepEqual(error.data.document, document);
    return true;
  };
  await assert.rejects(hub.fail(document), known);
  await assert.rejects(hub.failEarly(moment), (error) => {
    assert.ok(isEdgeError(error) && error.code === "early");
    assert.deepEqual(error.data, moment);
    assert.equal(error.message, "Too early.");
    return true;
  });
  await assert.rejects(hub.failSilently(), (error) => isEdgeError(error) && error.code === "silent");
  const items: Uint8Array[] = [];
  await assert.rejects(async () => {
    for await (const item of hub.failWithin(document)) items.push(item);
  }, known);
  assert.deepEqual(items, [bytes]);
});

edges("a moment beyond milliseconds", async (hub) => {
  const [item] = await all(hub.items({ ...document, keptAt: at("2002-04-01T10:20:15.123456789Z") }, 1));
  assert.equal(new Date(item?.keptAt ?? 0).toISOString(), "2002-04-01T10:20:15.123Z");
});
