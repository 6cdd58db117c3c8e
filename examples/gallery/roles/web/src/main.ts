// The page: the board for those whom the hub lets in, and a form for everybody else.

import { Board, isRefusal } from "./board.js";
import { byId } from "./dom.js";
import { logIn, logOut } from "./login.js";
import { showAnswer, showEntry, showInside, showNotices, showProblem, showState } from "./view.js";

let board: Board | undefined;

/** Goes to the board; a stranger finds out that it is closed. */
async function enter(): Promise<void> {
  const entered = new Board({
    changed: (notices) => showNotices(notices, (number) => void entered.takeDown(number)),
    state: showState,
    answered: showAnswer,
    left: (error) => {
      if (board !== entered) return;
      board = undefined;
      showEntry({ problem: sentence(error) });
    },
  });
  try {
    const person = await entered.enter();
    board = entered;
    showInside(person);
  } catch (error) {
    const said = (error as Error).message;
    showEntry(isRefusal(error) ? { refusal: said } : { problem: said });
  }
}

byId("login").addEventListener("submit", async (event) => {
  event.preventDefault();
  showProblem();
  const name = byId<HTMLInputElement>("name").value.trim();
  const problem = await logIn(name, byId<HTMLInputElement>("password").value);
  if (problem === undefined) await enter();
  else showEntry({ problem });
});

for (const sample of document.querySelectorAll<HTMLButtonElement>(".sample")) {
  sample.addEventListener("click", () => {
    byId<HTMLInputElement>("name").value = sample.dataset["name"] ?? "";
    byId<HTMLInputElement>("password").value = sample.dataset["password"] ?? "";
    byId<HTMLFormElement>("login").requestSubmit();
  });
}

byId("pin").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = byId<HTMLTextAreaElement>("text");
  if (await board?.pin(text.value)) text.value = "";
});
byId("clear").addEventListener("click", () => void board?.clear());
// The server ends the connection, and `left` shows the form again.
byId("log-out").addEventListener("click", () => void logOut());

void enter();

/** What the server has given as its reason, without what the client library says around it. */
function sentence(error: Error | undefined): string {
  return error?.message.replace(/^Server returned an error on close: /, "") ?? "The connection has ended.";
}
