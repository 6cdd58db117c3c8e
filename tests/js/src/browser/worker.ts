// A client inside of a web worker: connects, calls, and tells the page what it has received.

import { HubConnectionBuilder, LogLevel } from "@microsoft/signalr";

/** What the hub says when it is called with `text`. */
async function heard(url: string, text: string): Promise<string> {
  const connection = new HubConnectionBuilder().withUrl(url).configureLogging(LogLevel.None).build();
  const message = new Promise<string>((resolve) => connection.on("message", resolve));
  await connection.start();
  await connection.invoke("invokeWithString", text);
  const said = await message;
  await connection.stop();
  return said;
}

addEventListener("message", ({ data: url }: MessageEvent<string>) => {
  heard(url, "from a worker").then(postMessage, (error) => postMessage(String(error)));
});
