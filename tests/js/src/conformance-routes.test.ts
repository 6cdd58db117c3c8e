// Table C1: the routes around the hubs, by plain requests.

import assert from "node:assert/strict";
import { origin } from "./peers.js";
import { row } from "./rows.js";

const page = "https://example.com";

function request(path: string, method: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(origin + path, { method, headers, redirect: "manual" });
}

row("negotiate answers carry cookies", async () => {
  for (const path of ["/testhub", "/TestHub-NoWebSockets", "/hubs/test", "/redirect"]) {
    const cookies = (await request(`${path}/negotiate?negotiateVersion=1`, "POST")).headers.getSetCookie();
    assert.deepEqual(cookies.slice(0, 2), ["testCookie=testValue; path=/", "testCookie2=testValue2; path=/"]);
    const expires = /^expiredCookie=.*; expires=([^;]+);/.exec(cookies[2] ?? "")?.[1];
    assert.ok(Date.parse(expires ?? "") < Date.now(), cookies[2]);
  }
});

row("the origin is echoed, with credentials", async () => {
  const answer = await request("/testhub/negotiate", "POST", { Origin: page });
  assert.equal(answer.headers.get("access-control-allow-origin"), page);
  assert.equal(answer.headers.get("access-control-allow-credentials"), "true");
});

row("a preflight is answered with 204", async () => {
  const answer = await request("/testhub/negotiate", "OPTIONS", {
    Origin: page,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "x-requested-with,x-signalr-user-agent",
  });
  assert.equal(answer.status, 204);
  assert.equal(answer.headers.get("access-control-allow-headers"), "x-requested-with,x-signalr-user-agent");
});

row("/hubs/test knows nothing of other origins", async () => {
  const answer = await request("/hubs/test/negotiate", "POST", { Origin: page });
  assert.equal(answer.headers.get("access-control-allow-origin"), null);
});

row("redirects are counted and have no content type", async () => {
  const redirect = async (): Promise<number> => {
    const answer = await request(`/redirect/negotiate?numRedirects=0&baseUrl=${origin}`, "POST");
    assert.equal(answer.headers.get("content-type"), null);
    const { url } = (await answer.json()) as { url: string };
    assert.ok(url.startsWith(`${origin}/testHub?numRedirects=`), url);
    return Number(new URL(url).searchParams.get("numRedirects"));
  };
  assert.equal(await redirect() + 1, await redirect());
});

row("/echoredirect keeps method, path and query", async () => {
  const answer = await request("/echoredirect/negotiate?negotiateVersion=1", "POST");
  assert.deepEqual([answer.status, answer.headers.get("location")], [307, `${origin}/echo/negotiate?negotiateVersion=1`]);
});

row("a client result of nobody", async () => {
  const answer = await request("/clientresult/nobody", "GET");
  assert.equal(await answer.text(), "Connection 'nobody' does not exist.");
});

row("the server says what it is", async () => {
  const answer = (await (await request("/deployment", "GET")).json()) as { server: string };
  assert.equal(answer.server, "hub-conformance");
});
