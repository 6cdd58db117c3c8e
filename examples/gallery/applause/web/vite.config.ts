import { defineConfig } from "vite";

export default defineConfig({
  build: { target: "es2022" },
  server: {
    // `npm run dev` beside a running server.
    proxy: { "/hubs": { target: "http://127.0.0.1:5084", ws: true } },
  },
});
