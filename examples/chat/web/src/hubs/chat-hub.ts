// Written by hub-runtime from the contract `ChatHub`. Do not edit.
import { unsubscribe } from "./hub-runtime.js";
import type { HubLike, Unsubscribe } from "./hub-runtime.js";

/** A message shown in a room. */
export type ChatMessage = {
  /** Counts up within the room. */
  id: number;
  /** The room it was said in. */
  room: string;
  /** Who said it. */
  user: string;
  /** What was said. */
  text: string;
  /** When the server took it. */
  sentAt: string;
};

/** A room as the list of rooms shows it. */
export type RoomSummary = {
  /** The room's name. */
  name: string;
  /** How many people are in it. */
  members: number;
};

/** What one sees on entering a room. */
export type RoomView = {
  /** The room's name. */
  name: string;
  /** Who is there, by name. */
  users: Array<string>;
  /** What was said lately, oldest first. */
  messages: Array<ChatMessage>;
};

/** Calls the server makes. */
export interface ChatClient {
  receiveMessage(message: ChatMessage): void | Promise<void>;
  usersChanged(room: string, users: Array<string>): void | Promise<void>;
  typingChanged(room: string, user: string, typing: boolean): void | Promise<void>;
  roomsChanged(rooms: Array<RoomSummary>): void | Promise<void>;
}

const WIRE: Record<keyof ChatClient, string> = {
  receiveMessage: "ReceiveMessage",
  usersChanged: "UsersChanged",
  typingChanged: "TypingChanged",
  roomsChanged: "RoomsChanged",
};

/** Calls a client makes. */
export class ChatHubConnection {
  readonly #connection: HubLike;

  constructor(connection: HubLike) {
    this.#connection = connection;
  }

  /** Enters a room, which is opened if there is none of the name. */
  joinRoom(room: string): Promise<RoomView> {
    return this.#connection.invoke("JoinRoom", room);
  }

  leaveRoom(room: string): Promise<void> {
    return this.#connection.invoke("LeaveRoom", room);
  }

  sendMessage(room: string, text: string): Promise<void> {
    return this.#connection.invoke("SendMessage", room, text);
  }

  setTyping(room: string, typing: boolean): Promise<void> {
    return this.#connection.invoke("SetTyping", room, typing);
  }

  /** The same calls without waiting for an answer. */
  readonly send = {
    setTyping: (room: string, typing: boolean): Promise<void> =>
      this.#connection.send("SetTyping", room, typing),
  };

  on<E extends keyof ChatClient>(event: E, handler: ChatClient[E]): Unsubscribe {
    this.#connection.on(WIRE[event], handler);
    return unsubscribe(() => this.#connection.off(WIRE[event], handler));
  }

  off<E extends keyof ChatClient>(event: E, handler: ChatClient[E]): void {
    this.#connection.off(WIRE[event], handler);
  }

  register(client: Partial<ChatClient>): Unsubscribe {
    const stops = (Object.keys(WIRE) as (keyof ChatClient)[]).flatMap((event) => {
      const handler = client[event];
      return handler ? [this.on(event, handler)] : [];
    });
    return unsubscribe(() => stops.forEach((stop) => stop()));
  }
}
