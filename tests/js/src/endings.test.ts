// Every way for a connection to end: what `onclose` is given at the client, and what the hub is told.

import assert from "node:assert/strict";
import { Peer, scenario, told, protocolName, transportName } from "./peers.js";
import type { Peers } from "./peers.js";

/** What both sides were told. */
interface Ending {
  onclose: string;
  onDisconnected: string;
}

interface Way {
  /** Texts of which the client is given one. `"no error"` stands for none. */
  onclose: string[];
  /** Texts with one of which begins what the hub is told. */
  onDisconnected?: string[];
  end(peer: Peer, watcher: Peer): Promise<unknown>;
  /** A server of which nobody is left who could be told what its hub was told. */
  server?: string;
}

const closedWithError = "Server returned an error on close: Connection closed with an error.";
const lost = "the connection was lost";

function ending(name: string, way: Way): void {
  scenario(name, async (peers) => {
    const found = await observe(peers, way);
    console.log(`| ${name} | ${transportName} | ${protocolName} | ${found.onclose} | ${found.onDisconnected} |`);
    assert.ok(way.onclose.includes(found.onclose), found.onclose);
    const reasons = way.onDisconnected ?? [found.onDisconnected];
    assert.ok(reasons.some((reason) => found.onDisconnected.startsWith(reason)), found.onDisconnected);
  });
}

async function observe(peers: Peers, { end, server }: Way): Promise<Ending> {
  const address = server === undefined ? {} : { url: told(server) };
  const [watcher, peer] = [await peers.connect(address), await peers.connect(address)];
  const { id } = peer;
  await end(peer, watcher);
  const error = await peer.closed.first();
  const onclose = error?.message ?? "no error";
  if (server !== undefined) return { onclose, onDisconnected: "(nobody left to tell)" };
  const all = await watcher.gone.until((gone) => gone.some((one) => one.id === id));
  return { onclose, onDisconnected: all.find((one) => one.id === id)?.reason ?? "" };
}

/** What the client library keeps for itself. */
function inner(peer: Peer): { connection: { send(data: string | Uint8Array): Promise<void>; transport: object }; serverTimeout(): void } {
  return peer.connection as never;
}

ending("the client stops", {
  onclose: ["no error"],
  // Elsewhere than over WebSockets the goodbye and the end travel in two requests.
  onDisconnected: transportName === "WebSockets" ? ["the client closed the connection"] : ["the client closed the connection", lost],
  end: (peer) => peer.connection.stop(),
});

ending("the server aborts", {
  onclose: ["no error"],
  onDisconnected: ["the application aborted the connection"],
  end: (peer, watcher) => watcher.hub.close(peer.id, "", false),
});

ending("the server closes with a text", {
  onclose: ["Server returned an error on close: Removed by a moderator."],
  onDisconnected: ["the application closed the connection: Removed by a moderator."],
  end: (peer, watcher) => watcher.hub.close(peer.id, "Removed by a moderator.", false),
});

ending("the server closes with a text, and the client might come back", {
  onclose: ["Server returned an error on close: Please sign in again."],
  onDisconnected: ["the application closed the connection: Please sign in again."],
  end: (peer, watcher) => watcher.hub.close(peer.id, "Please sign in again.", true),
});

ending("a message over the limit", {
  onclose: [closedWithError],
  onDisconnected: [
    "the client broke the protocol: InvalidDataException: The maximum message size of 32768B was exceeded. " +
      "The message size can be configured in AddHubOptions.",
  ],
  end: (peer) => assert.rejects(peer.hub.echo("x".repeat(40_000))),
});

ending("bytes that are no message", {
  onclose: [closedWithError],
  onDisconnected: ["the client broke the protocol: "],
  end: (peer) => {
    const broken = protocolName === "json" ? "{broken\u001e" : Uint8Array.of(0x02, 0xc1, 0xc1);
    return inner(peer).connection.send(broken);
  },
});

// Polls are its signs of life elsewhere.
if (transportName !== "LongPolling") {
  ending("a client that falls silent", {
    server: "IMPATIENT_URL",
    onclose: [closedWithError],
    end: async (peer) => {
      peer.connection.keepAliveIntervalInMilliseconds = 1_000_000;
      await peer.hub.echo("the last word");
    },
  });
}

ending("a server that falls silent, as the client sees it", {
  onclose: ["Server timeout elapsed without receiving a message from the server."],
  onDisconnected: ["the client closed the connection", "the client closed the connection with an error: Server timeout elapsed without receiving a message from the server.", lost],
  end: async (peer) => inner(peer).serverTimeout(),
});

if (transportName === "WebSockets") {
  ending("a socket that is lost", {
    onclose: ["WebSocket closed with status code: 1006 (no reason given)."],
    onDisconnected: [lost],
    end: async (peer) => {
      const { transport } = inner(peer).connection as unknown as { transport: { _webSocket: { terminate(): void } } };
      transport._webSocket.terminate();
    },
  });
}

ending("the server shuts down", {
  server: "DOOMED_URL",
  onclose: ["no error"],
  end: async () => {
    void fetch(new URL("/shutdown", told("DOOMED_URL")), { method: "POST" });
  },
});
