// Shows the model. Knows the page's elements, and nothing of the connection.

import { byId, element, paintAvatar, showList } from "./dom.js";
import type { ChatMessage, RoomSummary } from "./hubs/chat-hub.js";
import { key, typingText } from "./model.js";
import type { JoinedRoom, Model } from "./model.js";
import type { State } from "./connection.js";

/** Messages of one author within this time stand together under one name. */
const TOGETHER = 5 * 60_000;

const STATE_TEXT: Record<State, string> = {
  connecting: "Connecting…",
  connected: "Connected",
  reconnecting: "Reconnecting…",
  closed: "Not connected",
};

const time = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

export function showEntry(): void {
  byId("entry").hidden = false;
  byId("chat").hidden = true;
  byId("name").focus();
}

export function showChat(name: string): void {
  byId("entry").hidden = true;
  byId("chat").hidden = false;
  byId("my-name").textContent = name;
  paintAvatar(byId("my-avatar"), name);
}

export function showState(state: State, error?: Error): void {
  byId("state").textContent = STATE_TEXT[state];
  byId("state").dataset["state"] = state;
  const lost = state === "reconnecting" || state === "closed";
  byId("banner").hidden = !lost;
  byId("connect-again").hidden = state !== "closed";
  const why = error?.message.split("HubException: ")[1] ?? "The connection is closed.";
  byId("banner-text").textContent =
    state === "closed" ? why : "The connection was lost. Trying to get it back…";
  byId("composer").classList.toggle("offline", state !== "connected");
}

/** The server has been updated, and this page was made for what it was before. */
export function offerReload(): void {
  byId("update").hidden = false;
}

export function showProblem(text: string): void {
  byId("problem").textContent = text;
}

/** Everything that follows from the model. */
export function render(model: Model, openRoom: (name: string) => void): void {
  renderRooms(model, openRoom);
  const room = model.open;
  byId("elsewhere").hidden = !model.unreadElsewhere();
  byId("room-title").textContent = room?.name ?? "";
  byId("leave-room").hidden = !room;
  document.title = `${model.unreadElsewhere() ? "• " : ""}${room ? `${room.name} · ` : ""}Chat`;
  if (!room) return;
  renderMessages(model, room);
  renderUsers(model, room);
  byId("typing").textContent = typingText(room.typing());
}

function renderRooms(model: Model, openRoom: (name: string) => void): void {
  const make = (room: RoomSummary): HTMLElement => {
    const button = element(
      "button",
      { type: "button", class: "room-button", "data-testid": `room-${room.name}` },
      element("span", { class: "room-name" }, room.name),
      element("span", { class: "count" }),
      element("span", { class: "dot", "data-testid": `unread-${room.name}` }),
    );
    button.addEventListener("click", () => openRoom(room.name));
    return element("li", {}, button);
  };
  showList(byId("rooms"), model.rooms, (room) => room.name, make, (item, room) => {
    const button = item.firstElementChild as HTMLElement;
    const [, count, dot] = [...button.children] as HTMLElement[];
    const joined = model.joined.get(room.name);
    const unread = joined?.unread ?? 0;
    button.classList.toggle("joined", joined !== undefined);
    if (joined !== undefined && joined === model.open) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
    count!.textContent = room.members > 0 ? String(room.members) : "";
    count!.title = `${room.members} here`;
    dot!.hidden = unread === 0;
    button.setAttribute("aria-label", roomLabel(room, unread));
  });
}

function roomLabel(room: RoomSummary, unread: number): string {
  const people = room.members === 1 ? "1 person" : `${room.members} people`;
  return `${room.name}, ${people}${unread > 0 ? `, ${unread} unread` : ""}`;
}

function renderMessages(model: Model, room: JoinedRoom): void {
  const scroller = byId("scroller");
  const list = byId("messages");
  const sameRoom = list.dataset["room"] === room.name;
  const atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
  // A whole room is no news: only what is added to it afterwards is read out.
  if (!sameRoom) list.setAttribute("aria-live", "off");
  list.dataset["room"] = room.name;
  showList(list, room.messages, key, makeMessage, (item, message, index) => {
    item.classList.toggle("mine", message.user === model.name);
    item.classList.toggle("follows", follows(room.messages[index - 1], message));
  });
  byId("empty").hidden = room.messages.length > 0;
  const last = room.messages.at(-1);
  if (!sameRoom || atEnd || last?.user === model.name) scroller.scrollTop = scroller.scrollHeight;
  if (!sameRoom) requestAnimationFrame(() => list.setAttribute("aria-live", "polite"));
}

function makeMessage(message: ChatMessage): HTMLElement {
  const sent = new Date(message.sentAt);
  const avatar = element("span", { class: "avatar", "aria-hidden": "true" });
  paintAvatar(avatar, message.user);
  return element(
    "li",
    { class: "message", "data-testid": "message", "data-author": message.user },
    avatar,
    element(
      "div",
      { class: "bubble-box" },
      element(
        "p",
        { class: "byline" },
        element("strong", { class: "author" }, message.user),
        " ",
        element("time", { datetime: message.sentAt, title: full.format(sent) }, time.format(sent)),
      ),
      element("p", { class: "bubble", dir: "auto", "data-testid": "message-text" }, message.text),
    ),
  );
}

function follows(previous: ChatMessage | undefined, message: ChatMessage): boolean {
  if (previous?.user !== message.user) return false;
  return Date.parse(message.sentAt) - Date.parse(previous.sentAt) < TOGETHER;
}

function renderUsers(model: Model, room: JoinedRoom): void {
  const typing = room.typing();
  const make = (user: string): HTMLElement => {
    const avatar = element("span", { class: "avatar", "aria-hidden": "true" });
    paintAvatar(avatar, user);
    return element(
      "li",
      { "data-testid": "user", "data-user": user },
      avatar,
      element("span", { class: "user-name" }, user),
      ...(user === model.name ? [element("span", { class: "you" }, "you")] : []),
      element("span", { class: "typing-dots", "aria-hidden": "true" }, element("i"), element("i"), element("i")),
    );
  };
  showList(byId("users"), room.users, (user) => user, make, (item, user) => {
    item.classList.toggle("is-typing", typing.includes(user));
  });
  byId("people-count").textContent = String(room.users.length);
  byId("room-people").textContent = peopleText(model, room);
}

function peopleText(model: Model, room: JoinedRoom): string {
  const others = room.users.filter((user) => user !== model.name);
  if (others.length === 0) return "only you are here";
  if (others.length <= 3) return `with ${others.join(", ")}`;
  return `with ${others.slice(0, 2).join(", ")} and ${others.length - 2} more`;
}
