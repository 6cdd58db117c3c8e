// Code of pages with a framework, for the compiler only: what must be accepted, and what must not.

import type { HubConnection } from "@microsoft/signalr";
import { map, merge, Subject as RxSubject } from "rxjs";
import type { Observable } from "rxjs";
import { derived } from "svelte/store";
import type { Readable } from "svelte/store";
import { ChatHubConnection } from "./chat-hub.js";
import type { ChatMessage } from "./chat-hub.js";
import { NumbersHubConnection } from "./numbers-hub.js";
import { BareHubConnection } from "./bare-hub.js";
import { FakeChatHub } from "./chat-hub-fake.js";
import { FakeStream } from "./hub-fake.js";
import type { ConnectionState } from "./hub-lifecycle.js";
import { FakeNumbersHub } from "./numbers-hub-fake.js";
import * as react from "./hub-react.js";
import * as rxjs from "./hub-rxjs.js";
import * as svelte from "./hub-svelte.js";
import * as vue from "./hub-vue.js";

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

export async function fakes(): Promise<void> {
  const fake = new FakeChatHub({
    sendMessage: (room, text) => room.length + text.length,
    history: async () => [],
  });
  fake.answer("ban", () => {});
  const [room, text]: [string, string] = fake.called("sendMessage")[0] ?? ["", ""];
  await fake.emit("userTyping", room, text);
  const vote: number = await fake.ask("vote", { question: "?", choices: [] });
  await fake.ask("confirm", "?");
  for (const call of fake.calls) if (call.method === "ban") void call.args[0].length;
  react.useHub(ChatHubConnection, fake.connection);
  const hub: ChatHubConnection = fake.hub;
  void hub.sendMessage(room, String(vote));
  // @ts-expect-error the answer is a number
  new FakeChatHub({ sendMessage: () => "none" });
  // @ts-expect-error there is no such method
  new FakeChatHub({ sendMesage: () => 1 });
  // @ts-expect-error the room is missing
  await fake.emit("userTyping", "ann");
  // @ts-expect-error a question is no event
  await fake.emit("vote", { question: "?", choices: [] });
  // @ts-expect-error an event is no question
  await fake.ask("userTyping", "lobby", "ann");

  const items = new FakeStream<number>();
  const numbers = new FakeNumbersHub({
    counter: () => items,
    ticks: () => [null],
    async upload(name, chunks) {
      let length = name.length;
      for await (const chunk of chunks) length += chunk.length;
      return length;
    },
    async *double(_number, values, half) {
      for await (const value of values) yield half ? value / 2 : value * 2;
    },
  });
  items.push(1, 2);
  // @ts-expect-error items are numbers
  numbers.answer("counter", () => ["one"]);
  // @ts-expect-error the upload is of numbers
  numbers.answer("discard", async (values) => { for await (const value of values) value.length; });
  // @ts-expect-error it has no events
  await numbers.emit("pick", 1);
}

export function chatInVue(connection: HubConnection): vue.HubCall<[string], number> {
  const chat = vue.useHub(ChatHubConnection, connection);
  const state: ConnectionState = chat.state.value;
  vue.useHubEvent(chat, "userTyping", (room, user) => void (room + user + state));
  vue.useHubClient(chat, { vote: (poll) => poll.choices.length });
  // @ts-expect-error a client result is answered by `useHubClient` only
  vue.useHubEvent(chat, "vote", () => 1);
  // @ts-expect-error the state is the connection's
  chat.state.value = "Connected";
  const numbers = vue.useHub(NumbersHubConnection, connection);
  const { latest } = vue.useHubStream(numbers, (hub) => hub.counter(10), { keep: 0 }).value;
  const number: number | undefined = latest;
  return vue.useHubCall((text) => chat.hub.sendMessage(String(number), text));
}

export function chatInSvelte(connection: HubConnection): Readable<number> {
  const status = svelte.connectionStore(connection);
  const chat = new ChatHubConnection(connection);
  const typing = svelte.eventStore(chat, "userTyping");
  // @ts-expect-error a question is no event
  svelte.eventStore(chat, "vote");
  const count = svelte.streamStore(status, () => new NumbersHubConnection(connection).counter(10));
  status.connect();
  return derived([typing, count], ([typing, { latest }]) => (typing?.[1].length ?? 0) + (latest ?? 0));
}

export function chatInRxJs(connection: HubConnection): Observable<string | number> {
  const status = rxjs.connectionStatus(connection);
  const chat = new ChatHubConnection(connection);
  const numbers = new NumbersHubConnection(connection);
  const texts = rxjs.fromHubEvent(chat, "receiveMessage").pipe(map((message) => message.text));
  const users = rxjs.fromHubEvent(chat, "userTyping").pipe(map(([_room, user]) => user));
  // @ts-expect-error a question is no event
  rxjs.fromHubEvent(chat, "vote");
  // An observable is an upload as it is.
  void numbers.upload("texts", texts.pipe(map((text) => new TextEncoder().encode(text))));
  void numbers.discard(new RxSubject<number>());
  // @ts-expect-error the upload is of numbers
  void numbers.discard(texts);
  return merge(texts, users, rxjs.whileConnected(status, () => rxjs.fromHubStream(numbers.counter(3))));
}
