// In the hall, or outside: whoever goes out lets go of the connection.

import { useState } from "react";
import type { ReactNode } from "react";
import { Hall } from "./hall.js";
import type { ConnectionLike } from "./hubs/hub-lifecycle.js";

export function App({ connection }: { connection: ConnectionLike }): ReactNode {
  const [inside, setInside] = useState(true);
  const door = (
    <button className="quiet" data-testid="door" onClick={() => setInside(!inside)}>
      {inside ? "Leave the hall" : "Back into the hall"}
    </button>
  );
  if (inside) return <Hall connection={connection}>{door}</Hall>;
  return (
    <main data-testid="outside">
      <h1>It is quiet out here</h1>
      <p className="hint">Nothing listens, and the connection is closed.</p>
      <footer>{door}</footer>
    </main>
  );
}
