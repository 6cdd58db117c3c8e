// The page: a connection made as chosen, tools that call over it, and the log of it all.

import { LogLevel } from "@microsoft/signalr";
import type { HubConnection } from "@microsoft/signalr";
import { connectionFor } from "./connection.js";
import type { Choice } from "./connection.js";
import { byId, element } from "./dom.js";
import { StringHubConnection } from "./hubs/string-hub.js";
import { LEVELS, LevelledLogger } from "./log.js";
import type { Entry } from "./log.js";
import { TOOLS, sentence } from "./tools.js";

type State = "connecting" | "connected" | "reconnecting" | "closed";

const STATE_TEXT: Record<State, string> = {
  connecting: "Connecting…",
  connected: "Connected",
  reconnecting: "Reconnecting…",
  closed: "Not connected",
};
const MOST_LINES = 500;

const logger = new LevelledLogger(showEntry);
let connection: HubConnection | undefined;
let use: AbortController | undefined;

/** Leaves the connection that there is, and makes another one. */
async function connect(choice: Choice): Promise<void> {
  await disconnect();
  const made = connectionFor(choice, logger);
  connection = made;
  const show = (state: State): void => {
    if (connection === made) showState(state);
  };
  made.onreconnecting(() => show("reconnecting"));
  made.onreconnected(() => void showUsed(made, choice));
  made.onclose(() => show("closed"));
  showProblem();
  show("connecting");
  try {
    await made.start();
    await showUsed(made, choice);
  } catch (error) {
    if (connection !== made) return;
    show("closed");
    showProblem((error as Error).message);
  }
}

async function disconnect(): Promise<void> {
  use?.abort();
  const left = connection;
  connection = undefined;
  showState("closed");
  await left?.stop();
}

/** Calls what a button is for, and shows how that goes. */
async function run(tool: string): Promise<void> {
  const call = TOOLS[tool];
  if (!call || !connection) return;
  use?.abort();
  const mine = new AbortController();
  use = mine;
  const begun = performance.now();
  const show = (...lines: string[]): void => {
    if (use === mine) showResult(lines);
  };
  byId("stop").hidden = !["spell", "join"].includes(tool);
  showResult([]);
  byId("took").textContent = "";
  try {
    await call({ hub: new StringHubConnection(connection), text: text(), show, signal: mine.signal });
  } catch (error) {
    if (use === mine) showResult([sentence(error)], "problem");
  }
  if (use !== mine) return;
  byId("stop").hidden = true;
  byId("took").textContent = `${tool}: ${(performance.now() - begun).toFixed(1)} ms`;
}

byId("choice").addEventListener("submit", (event) => {
  event.preventDefault();
  const chosen = new FormData(byId<HTMLFormElement>("choice"));
  void connect({
    transport: chosen.get("transport") as Choice["transport"],
    protocol: chosen.get("protocol") as Choice["protocol"],
    blocked: chosen.has("blocked"),
  });
});
byId("disconnect").addEventListener("click", () => void disconnect());
byId("tools").addEventListener("submit", (event) => event.preventDefault());
for (const button of document.querySelectorAll<HTMLButtonElement>("#tools button[value]")) {
  button.addEventListener("click", () => void run(button.value));
}
byId("stop").addEventListener("click", () => use?.abort());

const level = byId<HTMLSelectElement>("level");
level.append(...LEVELS.map((name) => element("option", {}, name)));
level.value = LogLevel[logger.level] ?? "";
level.addEventListener("change", () => {
  logger.level = LogLevel[level.value as keyof typeof LogLevel];
});
byId("empty").addEventListener("click", () => byId("log").replaceChildren());

showState("closed");
byId<HTMLFormElement>("choice").requestSubmit();

function text(): string {
  return byId<HTMLTextAreaElement>("text").value;
}

function showEntry({ at, level, message }: Entry): void {
  const log = byId("log");
  const isAtEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 4;
  const name = LogLevel[level] ?? "";
  const time = `${at.toLocaleTimeString("en-GB")}.${String(at.getMilliseconds()).padStart(3, "0")}`;
  log.append(
    element(
      "li",
      { "data-level": name, "data-testid": "log-line" },
      element("time", {}, time),
      element("b", {}, name),
      element("span", {}, message),
    ),
  );
  while (log.children.length > MOST_LINES) log.firstElementChild?.remove();
  if (isAtEnd) log.scrollTop = log.scrollHeight;
}

function showState(state: State): void {
  byId("state").textContent = STATE_TEXT[state];
  byId("state").dataset["state"] = state;
  byId<HTMLButtonElement>("disconnect").disabled = state === "closed";
  byId("by").hidden = state !== "connected";
  for (const button of document.querySelectorAll<HTMLButtonElement>("#tools button[value]")) {
    button.disabled = state !== "connected";
  }
}

/** The transport as the server sees it, which is the one that has worked. */
async function showUsed(made: HubConnection, { protocol }: Choice): Promise<void> {
  const transport = await new StringHubConnection(made).transport();
  if (connection !== made) return;
  byId("used").textContent = `${transport}, ${protocol === "json" ? "JSON" : "MessagePack"}`;
  showState("connected");
}

function showProblem(problem?: string): void {
  byId("problem").hidden = problem === undefined;
  byId("problem").textContent = problem ?? "";
}

function showResult(lines: readonly string[], kind = ""): void {
  const result = byId("result");
  result.className = `result ${kind} ${lines.length > 1 ? "many" : ""}`;
  // What is there already stays, so that only what is new moves.
  const same = [...result.children].findIndex((shown, index) => shown.textContent !== lines[index]);
  while (same >= 0 && result.children.length > same) result.lastElementChild?.remove();
  result.append(...lines.slice(result.children.length).map((line) => element("span", {}, line)));
  result.scrollTop = result.scrollHeight;
}
