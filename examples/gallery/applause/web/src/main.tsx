// The page: one connection, made here and started by the components that use it.

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.js";
import { connectionTo } from "./connection.js";

const connection = connectionTo("/hubs/stage");
const root = document.getElementById("root");
if (!root) throw new Error("the page has no element #root");
createRoot(root).render(
  <StrictMode>
    <App connection={connection} />
  </StrictMode>,
);

// For those who look into a page under development, its tests among them.
if (import.meta.env.DEV) Object.assign(window, { connection });
