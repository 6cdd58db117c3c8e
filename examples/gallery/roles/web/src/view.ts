// What the page shows.

import type { Notice, Person } from "./hubs/board-hub.js";
import type { State } from "./board.js";
import { byId, element } from "./dom.js";

const STATE_TEXT: Record<State, string> = {
  connected: "Connected",
  reconnecting: "Reconnecting…",
  closed: "Not connected",
};
const MOST_CALLS = 5;

/** The form, with what has gone wrong if something has, and what the hub has said to a stranger. */
export function showEntry({ problem, refusal }: { problem?: string | undefined; refusal?: string }): void {
  byId("entry").hidden = false;
  byId("inside").hidden = true;
  showProblem(problem);
  if (refusal !== undefined) {
    byId("refusal").hidden = false;
    byId("refused").textContent = refusal;
  }
  byId<HTMLInputElement>("password").value = "";
  byId(byId<HTMLInputElement>("name").value === "" ? "name" : "password").focus();
}

/** Shows why the form is there again, or no longer. */
export function showProblem(problem?: string): void {
  byId("login-error").hidden = problem === undefined;
  byId("login-error").textContent = problem ?? "";
}

export function showInside({ name, admin }: Person): void {
  byId("entry").hidden = true;
  byId("inside").hidden = false;
  byId("avatar").textContent = name.slice(0, 1).toLocaleUpperCase();
  byId("who").textContent = name;
  byId("role").textContent = admin ? "ADMIN" : "no role";
  byId("role").classList.toggle("admin", admin);
  byId("calls").replaceChildren();
}

export function showNotices(notices: readonly Notice[], takeDown: (number: number) => void): void {
  byId("empty").hidden = notices.length > 0;
  byId("notices").replaceChildren(
    ...notices.map(({ number, author, text }) => {
      const button = element("button", { class: "quiet", "aria-label": `Take down: ${text}` }, "Take down");
      button.addEventListener("click", () => takeDown(number));
      const tilt = `--tilt: ${((number * 37) % 5) - 2}`;
      return element(
        "li",
        { style: tilt, "data-testid": "notice" },
        element("p", {}, text),
        element("footer", {}, element("span", {}, author), button),
      );
    }),
  );
}

/** The newest call is on top. */
export function showAnswer(call: string, error?: Error): void {
  const text = error ? error.message : "done";
  const line = element(
    "li",
    { class: error ? "refused" : "done", "data-testid": "call" },
    element("code", {}, call),
    element("span", { "data-testid": "answer" }, text),
  );
  const calls = byId("calls");
  calls.prepend(line);
  while (calls.children.length > MOST_CALLS) calls.lastElementChild?.remove();
}

export function showState(state: State): void {
  byId("state").textContent = STATE_TEXT[state];
  byId("state").dataset["state"] = state;
}
