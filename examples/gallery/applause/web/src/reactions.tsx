// What can be thrown, and what it looks like.

import type { ReactNode } from "react";
import type { Reaction } from "./hubs/stage-hub.js";

const PATHS: Record<Reaction, string> = {
  heart: "M12 21 3.5 12.6a5.6 5.6 0 0 1 8-7.9l.5.6.5-.6a5.6 5.6 0 0 1 8 7.9z",
  star: "m12 2.5 2.9 6.2 6.8.8-5 4.6 1.3 6.7-6-3.3-6 3.3 1.3-6.7-5-4.6 6.8-.8z",
  bolt: "M13.5 2 4.5 13.5h6L9.5 22l10-12.5h-6.5z",
};

export const REACTIONS = Object.keys(PATHS) as Reaction[];

export function Shape({ reaction }: { reaction: Reaction }): ReactNode {
  return (
    <svg className={`shape ${reaction}`} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[reaction]} />
    </svg>
  );
}
