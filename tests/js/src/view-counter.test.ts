// The view counter: every page sees how many pages look on.

import { atDesk, isIn, picture, reads } from "./pages.js";

atDesk("the counter counts up and down", async (desk) => {
  const one = await desk.page();
  await reads(one.getByTestId("now"), "1");
  const two = await desk.page({ colorScheme: "dark" });
  await reads(one.getByTestId("now"), "2");
  await reads(two.getByTestId("now"), "2");
  const three = await desk.page();
  await reads(one.getByTestId("now"), "3");
  await picture(one, "view-counter-light");
  await picture(two, "view-counter-dark");

  await three.close();
  await reads(one.getByTestId("now"), "2");
  await reads(two.getByTestId("now"), "2");
  await two.close();
  await reads(one.getByTestId("now"), "1");
  await reads(one.getByTestId("most"), "3");
});

atDesk("a wave reaches the others", async (desk) => {
  const [one, two] = [await desk.page(), await desk.page()];
  await reads(one.getByTestId("now"), "2");
  await reads(two.getByTestId("now"), "2");
  await one.getByTestId("wave").click();
  await reads(two.getByTestId("said"), "Somebody waves to you.");
  await reads(one.getByTestId("said"), "You waved to 1 other page.");
});

atDesk("the page counts again after its server came back", async (desk) => {
  const [one, two] = [await desk.page(), await desk.page()];
  await reads(one.getByTestId("now"), "2");
  await desk.server.kill();
  await isIn(one, "reconnecting");
  await isIn(two, "reconnecting");
  await desk.server.start();
  await isIn(one, "connected");
  await isIn(two, "connected");
  await reads(one.getByTestId("now"), "2");
  await reads(two.getByTestId("now"), "2");
});
