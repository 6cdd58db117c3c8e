// The hall: what flies through the air, how loud it is, and what one can throw.

import { useState } from "react";
import type { CSSProperties, ReactNode } from "react";
import type { ConnectionLike } from "./hubs/hub-lifecycle.js";
import { useHub, useHubCall, useHubEvent } from "./hubs/hub-react.js";
import { StageHubConnection } from "./hubs/stage-hub.js";
import type { Cheer, Reaction } from "./hubs/stage-hub.js";
import { Loudness } from "./loudness.js";
import { REACTIONS, Shape } from "./reactions.js";

/** How many are in the air at one time. */
const IN_THE_AIR = 24;

const STATE_TEXT = {
  Connected: "Connected",
  Connecting: "Connecting…",
  Reconnecting: "Reconnecting…",
  Disconnecting: "Leaving…",
  Disconnected: "Not connected",
};

interface HallProps {
  connection: ConnectionLike;
  children: ReactNode;
}

export function Hall({ connection, children }: HallProps): ReactNode {
  const stage = useHub(StageHubConnection, connection);
  const [air, setAir] = useState<readonly Cheer[]>([]);
  const [hearts, setHearts] = useState(true);
  // Another function in each rendering: what it reads is never out of date.
  useHubEvent(stage, "cheered", (cheer) => {
    if (hearts || cheer.reaction !== "heart") setAir((air) => [...air, cheer].slice(-IN_THE_AIR));
  });
  const cheer = useHubCall((reaction: Reaction) => stage.hub.cheer(reaction));
  const connected = stage.state === "Connected";
  return (
    <main>
      <div className="air" data-testid="air" aria-live="off">
        {air.map(({ number, reaction }) => (
          <span key={number} data-testid="cheer" style={placeOf(number)}>
            <Shape reaction={reaction} />
          </span>
        ))}
      </div>
      <Loudness stage={stage} />
      <div className="throw">
        {REACTIONS.map((reaction) => (
          <button key={reaction} data-testid={reaction} disabled={!connected} onClick={() => cheer.run(reaction)}>
            <Shape reaction={reaction} />
            <span>{reaction}</span>
          </button>
        ))}
      </div>
      <p className="said" role="status" data-testid="said">
        {cheer.error ? "That did not arrive. Try again in a moment." : counted(cheer.value)}
      </p>
      <footer>
        <span className="state" data-testid="connection-state" data-state={stage.state.toLowerCase()} role="status">
          {STATE_TEXT[stage.state]}
        </span>
        {stage.state === "Disconnected" && <button onClick={stage.connect}>Connect again</button>}
        <label>
          <input type="checkbox" data-testid="hearts" checked={hearts} onChange={() => setHearts(!hearts)} /> Show hearts
        </label>
        {children}
      </footer>
    </main>
  );
}

/** Spread over the air, and the same on every page. */
function placeOf(number: number): CSSProperties {
  return { left: `${8 + ((number * 37) % 84)}%`, bottom: `${(number * 23) % 34}%` };
}

function counted(thrown: number | undefined): string {
  return thrown === undefined ? "Throw something." : `Yours was number ${thrown} tonight.`;
}
