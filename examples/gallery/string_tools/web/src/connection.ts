// From what was chosen in the page to a connection.

import { HttpTransportType, HubConnectionBuilder, JsonHubProtocol } from "@microsoft/signalr";
import type { HubConnection, IHttpConnectionOptions, ILogger } from "@microsoft/signalr";
import { MessagePackHubProtocol } from "@microsoft/signalr-protocol-msgpack";

export interface Choice {
  /** `automatic` leaves it to client and server: the first of the others that works. */
  transport: "automatic" | "WebSockets" | "ServerSentEvents" | "LongPolling";
  protocol: "json" | "messagepack";
  /** Whether WebSockets shall fail, as behind a proxy that breaks them. */
  blocked: boolean;
}

export function connectionFor({ transport, protocol, blocked }: Choice, logger: ILogger): HubConnection {
  const options: IHttpConnectionOptions = transport === "automatic" ? {} : { transport: HttpTransportType[transport] };
  // The option is there, and in no public type.
  if (blocked) Object.assign(options, { WebSocket: BlockedSocket });
  return new HubConnectionBuilder()
    .withUrl("/hubs/strings", options)
    .withHubProtocol(protocol === "json" ? new JsonHubProtocol() : new MessagePackHubProtocol())
    .withAutomaticReconnect()
    .configureLogging(logger)
    .build();
}

/** In the place of `WebSocket`. */
class BlockedSocket {
  constructor() {
    throw new Error("This page pretends that WebSockets are blocked.");
  }
}
