// Where the compiler knows `Symbol.dispose`, a registration ends with its block.

import type { ChatHubConnection } from "./chat-hub.js";

export function during(hub: ChatHubConnection, work: () => void): void {
  using _registration = hub.on("userTyping", () => {});
  work();
}
