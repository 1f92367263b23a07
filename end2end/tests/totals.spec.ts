import { deferred } from "../support/deferred.ts";
import { expect, test } from "../support/test.ts";
import { minor } from "../support/visitor.ts";

/** A small generator with a printed seed: the same numbers again for the same seed. */
function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

interface Reply {
  cart: { Is: { lines: { quantity: number }[]; totals: { total: { minor: number }; discount: { minor: number }; tax: { minor: number } } } };
}

test("the browser's sums are the server's, before and after it answers", async ({ visitor, page, admin }) => {
  const seed = Number(process.env.E2E_SEED ?? 20_261);
  test.info().annotations.push({ type: "seed", description: String(seed) });
  const below = numbers(seed);
  for (const [handle, ...options] of [
    ["long-bar-chocolate", "Orange peel"],
    ["odd-pair-socks", "39–41"],
    ["map-readers-lens"],
    ["pump-hand-wash", "Refill 1 L"],
  ]) {
    await visitor.put((await admin.variant(handle, ...options)).id, 1 + below(3));
  }
  await visitor.post("/fn/cart/code", { code: "WELCOME10" });

  // Each answer waits until the guess on the screen was read.
  let answer = deferred<Reply>();
  let goOn = deferred();
  await page.route("**/fn/cart/quantity", async (route) => {
    const response = await route.fetch();
    answer.resolve((await response.json()) as Reply);
    await goOn.promise;
    await route.fulfill({ response });
  });

  await visitor.open("/");
  await page.getByRole("link", { name: /^Cart, \d+ items$/ }).click();
  const { drawer } = visitor;
  await expect(drawer).toBeVisible();
  const total = visitor.sum("Total", drawer);
  const discount = visitor.sum("WELCOME10", drawer);

  for (let change = 0; change < 24; change += 1) {
    answer = deferred();
    goOn = deferred();
    const lines = drawer.locator(".line");
    const line = lines.nth(below(await lines.count()));
    const field = line.getByRole("spinbutton");
    const now = Number(await field.inputValue());
    const most = Number(await field.getAttribute("max"));
    const more = now < most && (now === 1 || below(2) === 0);
    await line.getByRole("button", { name: more ? "One more" : "One less" }).click();

    const { totals } = (await answer.promise).cart.Is;
    const guessed = {
      total: minor(await total.innerText()),
      discount: minor(await discount.innerText()),
      tax: minor(await drawer.getByText(/^Includes .* VAT$/).innerText()),
    };
    const served = { total: totals.total.minor, discount: totals.discount.minor, tax: totals.tax.minor };
    expect(guessed, `change ${change} of seed ${seed}, as guessed`).toEqual(served);
    goOn.resolve();
    await expect(field).toHaveValue(String(more ? now + 1 : now - 1));
    await expect(total).toHaveText(`€${(served.total / 100).toFixed(2)}`);
  }

  // A whole page from the server says the same.
  const last = await total.innerText();
  await visitor.open("/cart");
  await expect(visitor.sum("Total")).toHaveText(last);
});

test("the sums follow at once, however slow the server is", async ({ visitor, page, admin }) => {
  const variant = await admin.variant("two-metre-sunflower-seeds");
  await visitor.put(variant.id);
  await visitor.open("/cart");
  const goOn = deferred();
  await page.route("**/fn/cart/quantity", async (route) => {
    await goOn.promise;
    await route.continue();
  });
  const more = page.getByRole("main").getByRole("button", { name: "One more" });
  for (const quantity of [2, 3, 4]) {
    await more.click();
    await expect(visitor.sum("Subtotal")).toHaveText(
      `€${((variant.price.minor * quantity) / 100).toFixed(2)}`,
    );
  }
  const last = page.waitForResponse(
    async (response) =>
      response.url().endsWith("/fn/cart/quantity") && ((await response.json()) as Reply).cart.Is.lines[0].quantity === 4,
  );
  goOn.resolve();
  await last;
  await expect(page.getByRole("main").getByRole("spinbutton")).toHaveValue("4");
  await page.unrouteAll({ behavior: "wait" });
  await visitor.open("/cart");
  await expect(page.getByRole("main").getByRole("spinbutton")).toHaveValue("4");
});
