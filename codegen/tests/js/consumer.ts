// A page's code, for the compiler only: what must be accepted, and what must not.

import type { HubConnection } from "@microsoft/signalr";
import { Subject } from "@microsoft/signalr";
import { ArchiveHubConnection, isArchiveError } from "./archive-hub.js";
import type { Entry, EntryInput } from "./archive-hub.js";
import { BareHubConnection } from "./bare-hub.js";
import { CanvasHubConnection } from "./canvas-hub.js";
import type { Change, Drawing, Shape } from "./canvas-hub.js";
import { ChatHubConnection } from "./chat-hub.js";
import type { ChatClient, ChatHub, ChatMessage } from "./chat-hub.js";
import type { HubLike, Unsubscribe } from "./hub-runtime.js";
import { LobbyHubConnection } from "./lobby-hub.js";
import type { Author } from "./lobby-hub.js";
import { NumbersHubConnection } from "./numbers-hub.js";
import { isEntryError, isLeaveError, RoomHubConnection } from "./room-hub.js";
import type { EntryError, PresenceClient } from "./room-hub.js";
import { SilentHubConnection } from "./silent-hub.js";

export async function calls(connection: HubConnection): Promise<void> {
  const hub: ChatHub = new ChatHubConnection(connection);
  const count: number = await hub.sendMessage("lobby", "hello");
  await hub.ban("ann");
  await hub.ban("ann", null);
  await hub.ban("ann", "spam");
  const messages: ChatMessage[] = await hub.history("67e55044-10b1-426f-9247-bb680e5fe0c8");
  const reply: string | null | undefined = messages[count]?.["in-reply-to"];
  void reply;
  // @ts-expect-error an argument is missing
  await hub.sendMessage("lobby");
  // @ts-expect-error an argument is of another type
  await hub.sendMessage("lobby", 1);
  // @ts-expect-error there is no such method
  await hub.sendMesage("lobby", "hello");
  // @ts-expect-error the answer is a number
  const text: string = await hub.sendMessage("lobby", "hello");
  void text;
}

export async function sends(hub: ChatHubConnection): Promise<void> {
  await hub.send.sendMessage("lobby", "hello");
  await hub.send.ban("ann");
  // @ts-expect-error nothing is awaited from the server
  const count: number = await hub.send.sendMessage("lobby", "hello");
  void count;
}

export function events(hub: ChatHubConnection): void {
  const texts: string[] = [];
  const stop: Unsubscribe = hub.on("receiveMessage", (message) => texts.push(message.text));
  hub.on("userTyping", async (room, user) => void texts.push(room, user));
  stop();
  const handler = (message: ChatMessage): void => void message.sentAt;
  hub.on("receiveMessage", handler);
  hub.off("receiveMessage", handler);
  hub.off("userTyping");
  // @ts-expect-error a client result is answered by `register` only
  hub.on("vote", () => 1);
  // @ts-expect-error there is no such event
  hub.on("receiveMesage", () => {});
  // @ts-expect-error the argument is a message
  hub.on("receiveMessage", (message: string) => void message);
}

class Page implements Partial<ChatClient> {
  private readonly name = "Ann";
  receiveMessage(message: ChatMessage): void {
    void message.user;
  }
  async vote(): Promise<number> {
    return this.name.length;
  }
  nickname(): string | null {
    return this.name;
  }
}

export function registers(hub: ChatHubConnection): void {
  hub.register(new Page())();
  hub.register({ confirm() {}, vote: (poll) => poll.choices.length, nickname: () => null });
  hub.register({});
  // @ts-expect-error the answer is a number
  hub.register({ vote: () => "first" });
  // @ts-expect-error there is no such method
  hub.register({ receiveMesage() {} });
}

export async function streams(hub: NumbersHubConnection, signal: AbortSignal): Promise<void> {
  let sum = 0;
  for await (const count of hub.counter(10)) sum += count;
  for await (const count of hub.counter(10, 5).until(signal)) sum += count;
  const subscription = hub.counter(10).subscribe({
    next: (item) => void (sum += item),
    error: () => {},
    complete: () => {},
  });
  subscription.dispose();
  for await (const tick of hub.ticks()) sum += tick === null ? 1 : 0;
  // @ts-expect-error items are numbers
  for await (const count of hub.counter(10)) void count.length;
  // @ts-expect-error a stream is no promise
  void hub.counter(10).then;
}

async function* chunks(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(3);
}

export async function uploads(hub: NumbersHubConnection): Promise<void> {
  const length: number = await hub.upload("a", chunks());
  await hub.upload("b", [new Uint8Array(length)]);
  await hub.upload("c", new Subject<Uint8Array>());
  // @ts-expect-error bytes are no text
  await hub.upload("d", ["text"]);
  await hub.discard(new Set([1, 2]));
  await hub.discard(hub.double(1, hub.counter(3)));
  // @ts-expect-error letters are hardly what is meant
  await hub.upload("d", "text");
  // @ts-expect-error items are numbers
  await hub.discard(["text"]);
}

export async function types(hub: CanvasHubConnection): Promise<void> {
  const { items, next } = await hub.drawings(["dark-red", "green"]);
  const drawing: Drawing | undefined = items[next ?? 0];
  const shape: Shape | undefined = drawing?.shapes.items[0];
  if (shape?.kind === "circle") void shape.radius.toFixed();
  const missing: number | undefined = drawing?.by_color.green;
  void missing;
  const title: string | undefined = (await hub.titles({ items: [1], next: null }))["first"];
  void title;
  const change: Change | null = await hub.setThumbnailOfOneDrawing("id", new Uint8Array());
  if (change?.type === "Moved") void change.value.by[0];
  // @ts-expect-error there is no such color
  await hub.drawings(["blue"]);
}

export async function shared(connection: HubLike): Promise<void> {
  const lobby = new LobbyHubConnection(connection);
  const room = new RoomHubConnection(connection);
  const client: PresenceClient = { changed: (online) => void online.items.length };
  lobby.register(client);
  room.register(client);
  const author: Author | undefined = (await lobby.who())[0];
  if (author) await room.enter(author.author);
}

export function others(connection: HubLike): void {
  new BareHubConnection(connection);
  new SilentHubConnection(connection).register({ pick: (upTo) => upTo - 1 });
  // @ts-expect-error it has no events
  new SilentHubConnection(connection).on;
  // @ts-expect-error it calls nothing on its clients
  new BareHubConnection(connection).register;
}

export function double(): ChatHubConnection {
  return new ChatHubConnection({
    invoke: async () => undefined as never,
    send: async () => {},
    stream: () => new Subject<never>(),
    on() {},
    off() {},
  });
}

export async function errors(hub: RoomHubConnection): Promise<string> {
  try {
    await hub.enter(1);
  } catch (error) {
    // @ts-expect-error nothing is known of an error yet
    void error.code;
    if (isLeaveError(error)) {
      const only: "locked" = error.code;
      return only;
    }
    if (isEntryError(error)) return advice(error);
  }
  return "";
}

function advice(error: EntryError): string {
  const known: Error = error;
  switch (error.code) {
    case "roomFull": {
      const limit: number = error.data.limit;
      // @ts-expect-error there is no such field
      void error.data.limits;
      return error.data.roomName + limit;
    }
    case "notInvited":
      return error.data;
    case "late":
      return known.message;
    // @ts-expect-error it is never told
    case "hidden":
      return "";
    default:
      return error satisfies never;
  }
}

export async function bytesAndDates(hub: ArchiveHubConnection, entry: EntryInput): Promise<void> {
  const kept: Date = entry.keptAt;
  const content: Uint8Array = entry.content;
  // @ts-expect-error a day is no moment
  const day: Date = entry.day;
  void day;
  await hub.keep({ ...entry, keptAt: kept }, content);
  // @ts-expect-error bytes are no text
  await hub.keep({ ...entry, content: "AH//" });
  // @ts-expect-error a date is no text
  await hub.find("2002-04-01T10:20:15Z");
  hub.on("kept", (_by, entry: Entry) => void entry.thumbnail?.byteLength);
  hub.register({ choose: ([part]) => (part?.kind === "blob" ? part.content : new Uint8Array()) });
  // @ts-expect-error the answer is bytes
  hub.register({ choose: () => "AH//" });
  for await (const part of hub.parts("p")) if (part.kind === "whole") void part.keptAt.getTime();
  const last: Date = await hub.append([{ kind: "text", text: "t" }]).catch((error: unknown) => {
    if (isArchiveError(error) && error.code === "goneSince") return error.data;
    throw error;
  });
  void last;
}
