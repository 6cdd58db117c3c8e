// Streams in both directions, client results and limits, through the generated client.

import assert from "node:assert/strict";
import { Subject } from "@microsoft/signalr";
import { Log, fails, protocolName } from "./peers.js";
import { outcome, row, streamed } from "./rows.js";

const numbers = (count: number): number[] => Array.from({ length: count }, (_, number) => number);

row("a long stream arrives whole and in order", async (clients) => {
  const { hub } = await clients.generated();
  assert.deepEqual(await outcome(hub.counter(5_000, 0)), { items: numbers(5_000) });
});

row("streams and calls run beside each other", async (clients) => {
  const { hub } = await clients.generated();
  const slow = outcome(hub.counter(20, 5));
  const fast = outcome(hub.counter(100, 0));
  assert.equal(await hub.echo("meanwhile"), "meanwhile");
  assert.deepEqual(await fast, { items: numbers(100) });
  assert.deepEqual(await slow, { items: numbers(20) });
});

row("items before an error are handed out", async (clients) => {
  const { hub } = await clients.generated();
  const error = "An error occurred on the server while streaming results. HubException: The counter is broken.";
  assert.deepEqual(await outcome(hub.counterThatFails(3)), { items: [0, 1, 2], error });
  assert.deepEqual(await outcome(hub.counterThatFails(0)), { items: [], error });
  assert.equal(await hub.echo("still here"), "still here");
});

row("a stream of a method that does not exist", async (clients) => {
  const { connection, hub } = await clients.generated();
  const error = "Failed to invoke 'Nothing' due to an error on the server. HubException: Method does not exist.";
  assert.deepEqual(await streamed(connection, "Nothing"), { items: [], error });
  assert.equal(await hub.echo("still here"), "still here");
});

row("leaving a loop cancels its stream", async (clients) => {
  const { hub } = await clients.generated();
  for await (const number of hub.counter(1_000_000, 1)) {
    if (number === 3) break;
  }
  assert.equal(await hub.echo("still here"), "still here");
});

row("an aborted signal ends its stream", async (clients) => {
  const { hub } = await clients.generated();
  const controller = new AbortController();
  const seen: number[] = [];
  for await (const number of hub.counter(1_000_000, 1).until(controller.signal)) {
    seen.push(number);
    if (number === 2) controller.abort();
  }
  assert.deepEqual(seen.slice(0, 3), [0, 1, 2]);
  assert.equal(await hub.echo("still here"), "still here");
});

row("a stream fails when its connection ends", async (clients) => {
  const { hub, connection } = await clients.generated();
  const started = new Log<number>();
  const ended = new Promise<Error>((resolve, reject) => {
    hub.counter(1_000_000, 1).subscribe({
      next: (number) => started.add(number),
      complete: () => reject(new Error("the stream has ended by itself")),
      error: resolve,
    });
  });
  await started.first();
  await connection.stop();
  assert.equal((await ended).message, "Invocation canceled due to the underlying connection being closed.");
});

row("an upload from an array, a generator, an async generator and a Subject", async (clients) => {
  const { hub } = await clients.generated();
  assert.equal(await hub.sumStream([1, 2, 3]), 6);
  assert.equal(await hub.sumStream([]), 0);
  assert.equal(await hub.sumStream((function* () { yield* numbers(100); })()), 4_950);
  assert.equal(await hub.sumStream((async function* () { yield 20; yield 22; })()), 42);
  const subject = new Subject<number>();
  const sum = hub.sumStream(subject);
  for (const number of [1, 2, 4]) subject.next(number);
  subject.complete();
  assert.equal(await sum, 7);
});

row("an upload whose source fails", async (clients) => {
  const { hub } = await clients.generated();
  const source = (async function* () {
    yield 1;
    throw new Error("Something bad");
  })();
  await fails(
    hub.sumStream(source),
    "An unexpected error occurred invoking 'SumStream' on the server. HubException: Something bad",
  );
  assert.equal(await hub.sumStream([1]), 1);
});

row("an upload with an item of the wrong type", async (clients) => {
  const { hub } = await clients.generated();
  // Nothing more is under way when the call fails: the client library leaves the failure of an item
  // that it cannot send any more, when the connection is stopped, to nobody.
  const source = (async function* () {
    yield 1;
    yield "two" as unknown as number;
    await new Promise(() => {});
  })();
  const failure = await hub.sumStream(source).then(
    () => assert.fail("the sum of a word"),
    (error: Error) => error.message,
  );
  const start = "An unexpected error occurred invoking 'SumStream' on the server. InvalidDataException: Failed to bind Stream message.";
  assert.ok(failure.startsWith(start), failure);
  assert.equal(await hub.echo("still here"), "still here");
});

row("an upload of bytes", async (clients) => {
  const { hub } = await clients.generated();
  const chunk = new Uint8Array(10_000).fill(7);
  assert.equal(await hub.upload("file.bin", (function* () { for (const _ of numbers(100)) yield chunk; })()), 1_000_000);
});

row("a stream in both directions", async (clients) => {
  const { hub } = await clients.generated();
  assert.deepEqual(await outcome(hub.runningSum([1, 2, 3, 4])), { items: [1, 3, 6, 10] });
  // Each answer is needed for the next question.
  const subject = new Subject<number>();
  const sums: number[] = [];
  for await (const sum of { [Symbol.asyncIterator]: () => {
    const iterator = hub.runningSum(subject)[Symbol.asyncIterator]();
    subject.next(1);
    return iterator;
  } }) {
    sums.push(sum);
    if (sum > 20) subject.complete();
    else subject.next(sum);
  }
  assert.deepEqual(sums, [1, 2, 4, 8, 16, 32]);
});

row("adjacent streams, of which the client forgets one, fail as a call", async (clients) => {
  const { hub, connection } = await clients.generated();
  await fails(
    connection.invoke("SumStream", new Subject(), new Subject()),
    "Failed to invoke 'SumStream' due to an error on the server. " +
      "InvalidDataException: Invocation provides 1 argument(s) but target expects 0.",
  );
  assert.equal(await hub.sumStream([1, 2]), 3);
});

row("a call without its stream fails", async (clients) => {
  const { hub, connection } = await clients.generated();
  await fails(
    connection.invoke("SumStream"),
    "An unexpected error occurred invoking 'SumStream' on the server. " +
      "HubException: Client sent 0 stream(s), Hub method expects 1.",
  );
  assert.equal(await hub.echo("still here"), "still here");
});

row("a method can ask its caller", async (clients) => {
  const { hub } = await clients.generated();
  hub.register({ ask: async () => (await hub.add(20, 22)) });
  assert.equal(await hub.askCaller(), 42);
});

row("a method whose caller fails to answer", async (clients) => {
  const { hub } = await clients.generated();
  const failed = (text: string): string => `An unexpected error occurred invoking 'AskCaller' on the server. HubException: ${text}`;
  await fails(hub.askCaller(), failed("Client didn't provide a result."));
  const forget = hub.register({ ask: () => { throw new Error("not now"); } });
  await fails(hub.askCaller(), failed("Error: not now"));
  forget();
  hub.register({ ask: () => 5 });
  assert.equal(await hub.askCaller(), 5);
});

row("groups", async (clients) => {
  const [one, two] = [await clients.generated(), await clients.generated()];
  await one.hub.joinGroup("tea");
  await two.hub.sendToGroup("tea", "to one");
  await two.hub.joinGroup("tea");
  await one.hub.leaveGroup("tea");
  await one.hub.sendToGroup("tea", "to two");
  await one.hub.broadcast("to both");
  assert.deepEqual(await one.received.until((all) => all.includes("to both")), ["to one", "to both"]);
  assert.deepEqual(await two.received.until((all) => all.includes("to both")), ["to two", "to both"]);
});

row("errors and panics of a method are the call's", async (clients) => {
  const { hub } = await clients.generated();
  await fails(hub.throwError(), "An unexpected error occurred invoking 'ThrowError' on the server. HubException: An error occurred.");
  const panic = await hub.panic().then(() => "", (error: Error) => error.message);
  assert.ok(panic.startsWith("An unexpected error occurred invoking 'Panic' on the server."), panic);
  assert.equal(await hub.slow(1), "done");
});

/** How long a text of `Echo` may be, so that its message is as long as it may be. */
function longest(): number {
  const limit = 32_768;
  if (protocolName === "json") {
    return limit - JSON.stringify({ arguments: [""], invocationId: "0", target: "Echo", type: 1 }).length - 1;
  }
  // The length, five items and their types, an id of one digit, the method's name, one argument.
  return limit - 3 - 1 - 1 - 1 - 2 - 5 - 1 - 3;
}

row("a message of 32 KB is read", async (clients) => {
  const { hub } = await clients.generated();
  const text = "x".repeat(longest());
  assert.equal(await hub.echo(text), text);
});

row("a message of 32 KB and a byte ends the connection", async (clients) => {
  const { hub, closed } = await clients.generated();
  const reason =
    "Server returned an error on close: Connection closed with an error. InvalidDataException: The maximum message " +
    "size of 32768B was exceeded. The message size can be configured in AddHubOptions.";
  await fails(hub.echo("x".repeat(longest() + 1)), reason);
  assert.equal((await closed.first())?.message, reason);
});
