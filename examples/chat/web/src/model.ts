// What the page knows: rooms, who is in them, what was said, who types.

import type { ChatMessage, RoomSummary, RoomView } from "./hubs/chat-hub.js";

/** How long somebody counts as typing after the last sign of it. */
const TYPING_LASTS = 6_000;

/** A room that this page is in. */
export class JoinedRoom {
  users: string[] = [];
  messages: ChatMessage[] = [];
  unread = 0;
  draft = "";
  readonly #typing = new Map<string, number>();

  constructor(readonly name: string) {}

  /** Takes over what the server tells on entering, and keeps what it has forgotten. */
  enter(view: RoomView): void {
    const known = new Map(this.messages.map((message) => [key(message), message]));
    for (const message of view.messages) known.set(key(message), message);
    this.messages = [...known.values()].sort((a, b) => Date.parse(a.sentAt) - Date.parse(b.sentAt));
    this.setUsers(view.users);
  }

  setUsers(users: string[]): void {
    this.users = users;
    for (const user of this.#typing.keys()) {
      if (!users.includes(user)) this.setTyping(user, false, () => {});
    }
  }

  receive(message: ChatMessage, isOpen: boolean): void {
    this.messages.push(message);
    this.setTyping(message.user, false, () => {});
    if (!isOpen) this.unread += 1;
  }

  /** Marks somebody as typing until told otherwise, or until nothing was heard for a while. */
  setTyping(user: string, typing: boolean, expired: () => void): void {
    clearTimeout(this.#typing.get(user));
    this.#typing.delete(user);
    if (!typing) return;
    const expire = (): void => {
      this.#typing.delete(user);
      expired();
    };
    this.#typing.set(user, window.setTimeout(expire, TYPING_LASTS));
  }

  typing(): string[] {
    return [...this.#typing.keys()];
  }
}

/** Everything. */
export class Model {
  rooms: RoomSummary[] = [];
  readonly joined = new Map<string, JoinedRoom>();
  open: JoinedRoom | undefined;

  constructor(readonly name: string) {}

  /** The room, newly entered if need be. */
  join(name: string): JoinedRoom {
    const room = this.joined.get(name) ?? new JoinedRoom(name);
    this.joined.set(name, room);
    return room;
  }

  unreadElsewhere(): boolean {
    return [...this.joined.values()].some((room) => room.unread > 0);
  }
}

/** Ids start again with the server, so the time belongs to the key. */
export function key(message: ChatMessage): string {
  return `${message.sentAt}/${message.id}`;
}

/** "Ann types", "Ann and Bea type", "Ann and 2 others type". */
export function typingText(users: string[]): string {
  const [first, second] = users;
  if (first === undefined) return "";
  if (second === undefined) return `${first} is typing`;
  if (users.length === 2) return `${first} and ${second} are typing`;
  return `${first} and ${users.length - 1} others are typing`;
}
