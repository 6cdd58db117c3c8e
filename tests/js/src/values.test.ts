// Every shape of value, as the generated types describe it, through arguments, results and events.

import assert from "node:assert/strict";
import type { Sample } from "./hubs/test-hub.js";
import { fails, protocolName, scenario } from "./peers.js";

const sample: Sample = {
  text: "Grüße aus 東京 🗼",
  whole: -2_147_483_648,
  fraction: 0.1,
  flag: true,
  maybe: null,
  list: [{ x: 1, y: -1 }, { x: 0, y: 2_147_483_647 }],
  byName: { ann: 1, "with space": 2, Ünal: 4_294_967_295 },
  colour: "lightBlue",
  shape: { box: { wide: 3, high: 4 } },
  pair: { first: 9, second: "nine" },
  moment: "2031-02-03T04:05:06.789Z",
  identifier: "67e55044-10b1-426f-9247-bb680e5fe0c8",
};

/** The same point in time may be written in more than one way. */
function comparable(value: Sample): Sample {
  return { ...value, moment: new Date(value.moment).toISOString() };
}

const variants: [string, Partial<Sample>][] = [
  ["as it is", {}],
  ["with something in the option", { maybe: "something" }],
  ["with an empty option", { maybe: "" }],
  ["with a whole number for a fraction", { fraction: 2 }],
  ["with a negative zero and small fractions", { fraction: 5e-324 }],
  ["with empty lists and maps", { list: [], byName: {} }],
  ["with an enum without data", { shape: "nothing", colour: "red" }],
  ["with an enum of one value", { shape: { circle: 1.5 } }],
  ["with a time before 1970", { moment: "1815-12-10T00:00:00.000Z" }],
];

for (const [name, change] of variants) {
  scenario(`a value comes back the same: ${name}`, async (peers) => {
    const { hub } = await peers.connect();
    const value = { ...sample, ...change };
    assert.deepEqual(comparable(await hub.echoSample(value)), value);
  });
}

scenario("a value in an event is the same", async (peers) => {
  const { hub } = await peers.connect();
  const seen: [number, Sample][] = [];
  hub.on("sampled", (number, value) => { seen.push([number, comparable(value)]); });
  await hub.sendSample(sample);
  assert.deepEqual(seen, [[7, sample]]);
});

scenario("members that are not known are skipped", async (peers) => {
  const { hub } = await peers.connect();
  const more = { ...sample, unheardOf: { of: [1, 2, { three: null }] } };
  assert.deepEqual(comparable(await hub.echoSample(more)), sample);
});

scenario("a member that is missing is an error of the call", async (peers) => {
  const { hub, connection } = await peers.connect();
  const { text: _, ...less } = sample;
  await fails(connection.invoke("EchoSample", less), "Failed to invoke 'EchoSample' due to an error on the server.");
  assert.equal(await hub.echo("still here"), "still here");
});

scenario("bytes are bytes to users in both protocols, text over JSON and binary over MessagePack", async (peers) => {
  const { hub, connection } = await peers.connect();
  assert.deepEqual([...(await hub.reverseBytes(Uint8Array.of(1, 2, 255)))], [255, 2, 1]);
  const [sent, received] = protocolName === "json"
    ? ["AQL/", "/wIB"]
    : [Uint8Array.of(1, 2, 255), Uint8Array.of(255, 2, 1)];
  assert.deepEqual(await connection.invoke("ReverseBytes", sent), received);
});
