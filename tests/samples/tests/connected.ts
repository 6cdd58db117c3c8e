// A connection to one of the hubs, by the protocol that the run is about.

import { HubConnectionBuilder, JsonHubProtocol, LogLevel } from "@microsoft/signalr";
import type { HubConnection } from "@microsoft/signalr";
import { MessagePackHubProtocol } from "@microsoft/signalr-protocol-msgpack";

const protocol = process.env["HUB_PROTOCOL"] === "json" ? new JsonHubProtocol() : new MessagePackHubProtocol();

/** Makes what is used of a connection before that is started, so that it can say of which contract it is. */
export async function connected<T>(
  path: string,
  make: (connection: HubConnection) => T,
  use: (made: T) => Promise<void>,
): Promise<void> {
  const connection = new HubConnectionBuilder()
    .withUrl(`${process.env["HUB_ORIGIN"]}/${path}`)
    .withHubProtocol(protocol)
    .configureLogging(LogLevel.None)
    .build();
  const made = make(connection);
  await connection.start();
  try {
    await use(made);
  } finally {
    await connection.stop();
  }
}
