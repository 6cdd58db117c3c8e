// A server that tells the details of its errors.

import { fails, protocolName, scenario } from "./peers.js";

scenario("an inner error is named", async (peers) => {
  const { hub } = await peers.connect();
  await fails(
    hub.failInside(),
    "An unexpected error occurred invoking 'FailInside' on the server. ParseIntError: invalid digit found in string",
  );
});

scenario("a count that does not fit is named", async (peers) => {
  const { connection } = await peers.connect();
  await fails(
    connection.invoke("Add", 1),
    "Failed to invoke 'Add' due to an error on the server. InvalidDataException: Invocation provides 1 argument(s) but target expects 2.",
  );
});

scenario("a type that does not fit is named", async (peers) => {
  const { connection } = await peers.connect();
  const binding = protocolName === "json" ? "Error binding arguments." : "Error binding argument 2.";
  await fails(
    connection.invoke("Add", 1, "two"),
    `Failed to invoke 'Add' due to an error on the server. InvalidDataException: ${binding} ` +
      "Make sure that the types of the provided values match the types of the hub method being invoked.",
  );
});
