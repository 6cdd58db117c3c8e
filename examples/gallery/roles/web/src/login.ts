// Logging in and out. The session is in a cookie that no script can read; the browser sends it with
// every request to the hub by itself, so nothing of it is kept here.

/** Logs in; answers why that did not work, if it did not. */
export async function logIn(name: string, password: string): Promise<string | undefined> {
  const answer = await post("/login", { name, password });
  if (answer.ok) return undefined;
  const text = answer.status === 401 ? await answer.text() : "";
  return text || "Logging in does not work right now.";
}

/** Ends the session, and with it every connection that was opened in it. */
export async function logOut(): Promise<void> {
  await post("/logout");
}

function post(path: string, body?: unknown): Promise<Response> {
  const json = { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  return fetch(path, { method: "POST", ...(body === undefined ? {} : json) });
}
