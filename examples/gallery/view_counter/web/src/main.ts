// The page: shows the number that the server tells, and waves.

import { HubConnectionBuilder, LogLevel } from "@microsoft/signalr";
import type { IRetryPolicy } from "@microsoft/signalr";
import { ViewHubConnection } from "./hubs/view-hub.js";
import type { Viewers } from "./hubs/view-hub.js";

type State = "connecting" | "connected" | "reconnecting" | "closed";

const STATE_TEXT: Record<State, string> = {
  connecting: "Connecting…",
  connected: "Connected",
  reconnecting: "Reconnecting…",
  closed: "Not connected",
};
const MOST_DOTS = 60;

/** Never gives up; half of each pause is random, so that not all pages come back at once. */
const keepTrying: IRetryPolicy = {
  nextRetryDelayInMilliseconds({ previousRetryCount }) {
    if (previousRetryCount === 0) return 0;
    return Math.min(10_000, 250 * 2 ** previousRetryCount) * (0.5 + Math.random() / 2);
  },
};

const connection = new HubConnectionBuilder()
  .withUrl("/hubs/view")
  .withAutomaticReconnect(keepTrying)
  .configureLogging(LogLevel.Warning)
  .build();
const hub = new ViewHubConnection(connection);

hub.register({ viewersChanged: showViewers, waved: () => say("Somebody waves to you.") });
connection.onreconnecting(() => showState("reconnecting"));
connection.onreconnected(() => showState("connected"));
connection.onclose(() => showState("closed"));

byId("wave").addEventListener("click", async () => {
  try {
    const others = await hub.wave();
    say(others === 0 ? "Nobody else is here to see it." : `You waved to ${count(others, "other page")}.`);
  } catch {
    say("That did not arrive. Try again in a moment.");
  }
});
byId("connect-again").addEventListener("click", () => void start());
void start();

async function start(): Promise<void> {
  showState("connecting");
  try {
    await connection.start();
    showState("connected");
  } catch {
    showState("closed");
  }
}

function showViewers({ now, most }: Viewers): void {
  byId("now").textContent = String(now);
  byId("most").textContent = String(most);
  byId("caption").textContent = now === 1 ? "viewer: only you" : "viewers, you among them";
  document.title = `${now} watching`;
  const crowd = byId("crowd");
  const dots = Math.min(now, MOST_DOTS);
  while (crowd.children.length > dots) crowd.lastElementChild?.remove();
  while (crowd.children.length < dots) crowd.append(document.createElement("li"));
}

function showState(state: State): void {
  byId("state").textContent = STATE_TEXT[state];
  byId("state").dataset["state"] = state;
  byId("connect-again").hidden = state !== "closed";
  byId<HTMLButtonElement>("wave").disabled = state !== "connected";
  document.body.classList.toggle("stale", state !== "connected");
}

function say(text: string): void {
  // A new element each time, so that a sentence that comes twice is seen, and read out, twice.
  const sentence = document.createElement("span");
  sentence.textContent = text;
  byId("said").replaceChildren(sentence);
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}

function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no element #${id}`);
  return found as T;
}
