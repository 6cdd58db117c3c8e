// Makes the explorer's copy of the official client: one module, compressed, with the licences of all that
// is in it. `node explorer-client.mjs <file>` writes it, `--check` in front says whether it is what the
// installed packages give.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { rolldown } from "rolldown";

const here = import.meta.dirname;
const [file, check] = process.argv.slice(2).reverse();
if (file === undefined) throw new Error("which file?");

const source = `
export {
  HttpTransportType, HubConnectionBuilder, HubConnectionState, JsonHubProtocol, LogLevel, Subject,
} from "@microsoft/signalr";
export { MessagePackHubProtocol } from "@microsoft/signalr-protocol-msgpack";
`;
const entry = "explorer-client";

const build = await rolldown({
  input: entry,
  cwd: here,
  platform: "browser",
  plugins: [{
    name: "entry",
    resolveId: (id) => (id === entry ? join(here, "explorer-client.js") : null),
    load: (id) => (id === join(here, "explorer-client.js") ? source : null),
  }],
});
const { output } = await build.generate({ format: "esm", minify: true, comments: { legal: true }, postBanner: licences() });
await build.close();
const made = output[0].code;

if (check === "--check") {
  if (gunzipSync(readFileSync(file)).toString("utf8") !== made) {
    console.error(`${file} is not what the installed packages give: run \`node explorer-client.mjs ${file}\` in tests/js`);
    process.exit(1);
  }
} else {
  const compressed = gzipSync(made, { level: 9 });
  writeFileSync(file, compressed);
  console.log(`${file}: ${made.length} bytes, ${compressed.length} compressed`);
}

/** What the licences want to be kept with every copy. */
function licences() {
  const read = (...path) => readFileSync(join(here, ...path), "utf8").trim();
  const version = (name) => JSON.parse(read("node_modules", name, "package.json")).version;
  const mit = read("..", "..", "LICENSE-MIT");
  const permission = mit.slice(mit.indexOf("Permission is hereby granted"));
  const signalr = ["@microsoft/signalr", "@microsoft/signalr-protocol-msgpack"];
  const named = (names) => names.map((name) => `${name} ${version(name)}`).join(", ");
  return [
    "/*!",
    `${named(signalr)}: Copyright (c) .NET Foundation and Contributors. The MIT License.`,
    permission,
    "",
    `${named(["@msgpack/msgpack"])}: the ISC License.`,
    read("node_modules", "@msgpack/msgpack", "LICENSE"),
    "*/",
  ].join("\n");
}
