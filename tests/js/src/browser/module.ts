// `node:module` in a page: what suites `require` of the client library's inner parts, by its name.

import * as HttpConnection from "@microsoft/signalr/dist/esm/HttpConnection.js";
import * as Utils from "@microsoft/signalr/dist/esm/Utils.js";

const parts: Record<string, unknown> = { HttpConnection, Utils };

export function createRequire(): (path: string) => unknown {
  return (path) => {
    const name = /\/(\w+)\.js$/.exec(path)?.[1] ?? path;
    if (!(name in parts)) throw new Error(`${path} is not in the page`);
    return parts[name];
  };
}
