import { defineConfig } from "vite";

const server = "http://127.0.0.1:5082";

export default defineConfig({
  build: { target: "es2022" },
  server: {
    // `npm run dev` beside a running server.
    proxy: { "/hubs": { target: server, ws: true }, "/login": server, "/logout": server },
  },
});
