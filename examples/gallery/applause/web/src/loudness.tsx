// How loud it is: a stream, drawn as a line.

import type { ReactNode } from "react";
import { useHubStream } from "./hubs/hub-react.js";
import type { UsedHub } from "./hubs/hub-react.js";
import type { StageHubConnection } from "./hubs/stage-hub.js";

const SHOWN = 60;
const WIDTH = 600;
const HEIGHT = 120;

export function Loudness({ stage }: { stage: UsedHub<StageHubConnection> }): ReactNode {
  const { items, latest, status } = useHubStream(stage, (hub) => hub.loudness(), [], { keep: SHOWN });
  const most = Math.max(5, ...items);
  const points = items.map((item, at) => {
    const x = WIDTH - (items.length - 1 - at) * (WIDTH / (SHOWN - 1));
    const y = HEIGHT - 6 - (item / most) * (HEIGHT - 12);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  return (
    <figure className="loudness" data-testid="loudness" data-status={status} data-items={items.length}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        <polyline points={points.join(" ")} />
      </svg>
      <figcaption>
        <strong data-testid="latest">{latest ?? "–"}</strong> in the last second
      </figcaption>
    </figure>
  );
}
