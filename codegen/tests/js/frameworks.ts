// Code of pages with a framework, for the compiler only: what must be accepted, and what must not.

import type { HubConnection } from "@microsoft/signalr";
import { ChatHubConnection } from "./chat-hub.js";
import type { ChatMessage } from "./chat-hub.js";
import { NumbersHubConnection } from "./numbers-hub.js";
import { BareHubConnection } from "./bare-hub.js";
import type { ConnectionState } from "./hub-lifecycle.js";
import * as react from "./hub-react.js";

export function ChatInReact(connection: HubConnection): ConnectionState {
  const chat = react.useHub(ChatHubConnection, connection);
  react.useHubEvent(chat, "receiveMessage", (message) => void message.text.length);
  react.useHubEvent(chat, "receiveMessage", async (message: ChatMessage) => void message);
  react.useHubEvent(chat, "userTyping", (room, user) => void (room + user));
  react.useHubClient(chat, { vote: (poll) => poll.choices.length, confirm() {} });
  // @ts-expect-error a client result is answered by `useHubClient` only
  react.useHubEvent(chat, "vote", () => 1);
  // @ts-expect-error the argument is a message
  react.useHubEvent(chat, "receiveMessage", (message: string) => void message);
  // @ts-expect-error the answer is a number
  react.useHubClient(chat, { vote: () => "first" });
  const send = react.useHubCall((text: string) => chat.hub.sendMessage("lobby", text));
  const count: number | undefined = send.value;
  void send.run("hello").then((sent) => sent.ok && sent.value === count);
  // @ts-expect-error the text is missing
  void send.run();
  chat.connect();
  return chat.state;
}

export function NumbersInReact(connection: HubConnection): number | undefined {
  const numbers = react.useHub(NumbersHubConnection, connection);
  const { items, latest } = react.useHubStream(numbers, (hub) => hub.counter(10), []);
  react.useHubStream(numbers, () => undefined, [items], { keep: 1 });
  // @ts-expect-error an answer is no stream
  react.useHubStream(numbers, (hub) => hub.upload("name", []), []);
  const first: number | undefined = items[0];
  react.useHubClient(numbers, { pick: (upTo) => upTo });
  // @ts-expect-error it has no events
  react.useHubEvent(numbers, "pick", () => {});
  const bare = react.useHub(BareHubConnection, connection);
  // @ts-expect-error its server calls nothing on clients
  react.useHubEvent(bare, "pick", () => {});
  return first ?? latest;
}
