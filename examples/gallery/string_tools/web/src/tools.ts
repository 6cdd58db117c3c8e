// One function for each button: what is called, and what is shown of the answer.

import type { StringHubConnection } from "./hubs/string-hub.js";

export interface Use {
  hub: StringHubConnection;
  text: string;
  /** Shows what there is so far; a stream does so with each item. */
  show(...lines: string[]): void;
  /** Is aborted when somebody wants no more. */
  signal: AbortSignal;
}

/** Between the pieces of an upload, so that they can be seen to come one by one. */
const PAUSE = 250;

export const TOOLS: Record<string, (use: Use) => Promise<void>> = {
  async upper({ hub, text, show }) {
    show(await hub.upper(text));
  },
  async lower({ hub, text, show }) {
    show(await hub.lower(text));
  },
  async reverse({ hub, text, show }) {
    show(await hub.reverse(text));
  },
  async repeat({ hub, text, show }) {
    show(await hub.repeat(text, 3));
  },
  async repeatTooOften({ hub, text, show }) {
    show(await hub.repeat(text, 99));
  },
  async measure({ hub, text, show }) {
    const { words, characters, bytes } = await hub.measure(text);
    show(`${words} words`, `${characters} characters`, `${bytes} bytes`);
  },
  async spell({ hub, text, show, signal }) {
    const spelled: string[] = [];
    for await (const character of hub.spell(text).until(signal)) {
      spelled.push(`${character.text === " " ? "␣" : character.text} ${character.codePoint}`);
      show(...spelled);
    }
  },
  async join({ hub, text, show, signal }) {
    const words = text.split(/\s+/u).filter((word) => word !== "");
    show(await hub.join(oneByOne(words, show, signal), " + "));
  },
};

async function* oneByOne(words: readonly string[], show: Use["show"], signal: AbortSignal): AsyncGenerator<string> {
  for (const [index, word] of words.entries()) {
    if (signal.aborted) return;
    show(...words.slice(0, index + 1));
    yield word;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

/** The sentence that was meant for people, out of an error of a call. */
export function sentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("HubException: ").pop() ?? text;
}
