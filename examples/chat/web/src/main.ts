// The page: a name first, then the chat.

import { Chat } from "./chat.js";
import { byId } from "./dom.js";
import { showEntry } from "./view.js";

/** Kept for the tab and not for the browser, so that two tabs are two people. */
const NAME = "chat-name";

let chat: Chat | undefined;

function enter(name: string): void {
  sessionStorage.setItem(NAME, name);
  chat = new Chat(name, decodeURIComponent(location.hash.slice(1)) || "lobby");
  void chat.start();
}

byId("entry-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const name = byId<HTMLInputElement>("name").value.trim();
  if (name !== "") enter(name);
});

byId("sign-out").addEventListener("click", () => {
  sessionStorage.removeItem(NAME);
  void chat?.stop().then(() => location.reload());
});

// On a narrow page the list of rooms is a drawer.
const drawer = (open: boolean): void => void document.body.classList.toggle("show-sidebar", open);
byId("open-sidebar").addEventListener("click", (event) => {
  event.stopPropagation();
  drawer(true);
  byId("close-sidebar").focus();
});
byId("close-sidebar").addEventListener("click", () => drawer(false));
byId("room").addEventListener("click", () => drawer(false));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") drawer(false);
});

const name = sessionStorage.getItem(NAME);
if (name) enter(name);
else showEntry();
