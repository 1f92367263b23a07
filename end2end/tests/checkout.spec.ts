import { expect, test } from "../support/test.ts";
import { minor } from "../support/visitor.ts";

test("a declined card costs nothing and keeps the cart; another try succeeds", async ({
  visitor,
  page,
  admin,
  email,
  strict,
}) => {
  strict.expectStatus(409, /^\/fn\/checkout\/place$/);
  const variant = await admin.variant("cherry-chopsticks");
  const before = await admin.stock(variant.id);
  await visitor.put(variant.id, 2);
  await visitor.open("/checkout");
  await visitor.fillCheckout({ email });

  for (const [method, reason] of [
    ["Test card: is declined", "Your card was declined."],
    ["Test card: lacks the money", "Your card has insufficient funds."],
  ]) {
    await page.getByRole("radio", { name: method }).check();
    await visitor.payButton.click();
    await expect(page.getByRole("alert")).toContainText(reason);
    await expect(page).toHaveURL(/\/checkout$/);
    await expect(page.getByLabel("E-mail")).toHaveValue(email);
  }
  expect(await admin.ordersOf(email)).toEqual([]);
  expect((await admin.stock(variant.id)).available).toBe(before.available);

  await visitor.pay();
  expect(await admin.ordersOf(email)).toHaveLength(1);
  expect(before.available - (await admin.stock(variant.id)).available).toBe(2);
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("a declined card keeps what was typed; another try succeeds", async ({
    visitor,
    page,
    admin,
    email,
    strict,
  }) => {
    strict.expectStatus(409, /^\/fn\/checkout\/place$/);
    await visitor.put((await admin.variant("film-night-popcorn", "Smoked paprika")).id);
    await visitor.open("/checkout");
    await visitor.fillCheckout({ email });
    await page.getByRole("radio", { name: "Test card: is declined" }).check();
    await visitor.payButton.click();
    await expect(page.getByRole("alert")).toContainText("Your card was declined.");
    await expect(page.getByLabel("E-mail")).toHaveValue(email);
    await expect(page.getByRole("radio", { name: /^Standard/ })).toBeChecked();
    await visitor.pay();
    expect(await admin.ordersOf(email)).toHaveLength(1);
  });

  test("two presses of the button are one order", async ({ visitor, admin, email }) => {
    const variant = await admin.variant("hillside-honey", "250 g");
    const before = await admin.stock(variant.id);
    await visitor.put(variant.id);
    await visitor.open("/checkout");
    await visitor.fillCheckout({ email });
    // The second press sends the form again before the first answer has come.
    await visitor.payButton.dblclick();
    await visitor.confirmed();
    expect(await admin.ordersOf(email)).toHaveLength(1);
    expect(before.available - (await admin.stock(variant.id)).available).toBe(1);
  });

  test("what is wrong with an address stands at its field, and what was typed stays", async ({
    visitor,
    page,
    admin,
    strict,
  }) => {
    strict.expectStatus(422, /^\/fn\/checkout\/details$/);
    await visitor.put((await admin.variant("tall-salt-shaker")).id);
    await visitor.open("/checkout");
    await visitor.fillDetails({ email: "nobody@nowhere" });
    const wrong = page.locator("[aria-invalid=true]").first();
    await expect(wrong).toBeVisible();
    await expect(wrong).toHaveAccessibleDescription(/.+/);
    await expect(page.getByLabel("Full name").first()).toHaveValue("Ada Byron");
  });
});

test("a double click on the button is one order", async ({ visitor, admin, email }) => {
  const variant = await admin.variant("august-tomatoes", "One tin");
  const before = await admin.stock(variant.id);
  await visitor.put(variant.id, 4);
  await visitor.open("/checkout");
  await visitor.fillCheckout({ email });
  await visitor.payButton.dblclick();
  await visitor.confirmed();
  expect(await admin.ordersOf(email)).toHaveLength(1);
  expect(before.available - (await admin.stock(variant.id)).available).toBe(4);
});

for (const scripts of [true, false]) {
  test.describe(`scripts ${scripts ? "on" : "off"}`, () => {
    test.use({ javaScriptEnabled: scripts });

    test("going back after paying buys nothing twice", async ({ visitor, page, admin, email }) => {
      const variant = await admin.variant("red-kidney-beans");
      await visitor.put(variant.id);
      await visitor.open("/checkout");
      await visitor.fillCheckout({ email });
      await visitor.pay();
      const number = await visitor.orderNumber();

      await page.goBack();
      await visitor.hydrated();
      // Whatever is shown there, pressing it doesn't order again.
      if (await visitor.payButton.isVisible()) {
        await visitor.payButton.click();
        await visitor.confirmed();
        expect(await visitor.orderNumber()).toBe(number);
      } else {
        await expect(page.getByRole("main").getByText("Your cart is empty")).toBeVisible();
      }
      expect(await admin.ordersOf(email)).toHaveLength(1);
    });
  });
}

test("what is sold out meanwhile is not charged, and stays in the cart with a note", async ({
  visitor,
  page,
  admin,
  email,
  strict,
}) => {
  strict.expectStatus(409, /^\/fn\/checkout\/place$/);
  const handle = `last-one-${email.replace(/[^a-z0-9]/g, "-")}`;
  await admin.createProduct({
    handle,
    title: "The Last One",
    status: "published",
    variants: [{ price: { minor: 1500, currency: "EUR" }, weight_grams: 100 }],
  });
  const variant = await admin.variant(handle);
  await admin.setStock(variant.id, 1);
  await visitor.put(variant.id);
  await visitor.open("/checkout");
  await visitor.fillCheckout({ email });
  await admin.setStock(variant.id, 0);
  await visitor.payButton.click();
  await expect(page.getByRole("alert").first()).toBeVisible();
  expect(await admin.ordersOf(email)).toEqual([]);
  // The line is still there, and says what is the matter.
  await visitor.open("/cart");
  await expect(visitor.lines).toContainText("The Last One");
  await expect(visitor.lines.locator(".line__note")).toBeVisible();
});

test("what is sold out can't be added", async ({ visitor, page, strict }) => {
  await visitor.open("/products/fondue-set-for-four");
  await expect(page.locator(".stock")).toHaveText("Sold out");
  const button = page.locator("#buy").getByRole("button", { name: "Sold out" });
  await expect(button).toBeDisabled();

  // One combination of several: it can be looked at, and asking for it is answered.
  strict.expectStatus(409, /^\/fn\/cart\/add$/);
  await visitor.open("/products/april-umbrella");
  await visitor.choose("Marigold");
  await expect(page.locator(".stock")).toHaveText("Sold out");
  const marked = page.locator("#buy").getByRole("button", { name: "Sold out" });
  await expect(marked).toHaveAttribute("aria-disabled", "true");
  await marked.click({ force: true });
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page.getByRole("link", { name: "Cart, empty" })).toBeVisible();
  await visitor.choose("Plum");
  await visitor.add();
});

for (const scripts of [true, false]) {
  test.describe(`codes, scripts ${scripts ? "on" : "off"}`, () => {
    test.use({ javaScriptEnabled: scripts });

    test("a code takes off what it says, a wrong one is explained", async ({ visitor, page, admin, strict }) => {
      strict.expectStatus(422, /^\/fn\/cart\/code$/);
      strict.expectStatus(404, /^\/fn\/cart\/code$/);
      strict.expectStatus(409, /^\/fn\/cart\/code$/);
      await visitor.put((await admin.variant("counting-house-abacus")).id);
      await visitor.open("/cart");
      const field = page.getByRole("main").getByLabel("Discount code");
      const apply = page.getByRole("main").getByRole("button", { name: "Apply" });

      await field.fill("NOSUCHCODE");
      await apply.click();
      const said = page.getByRole("main").locator("[role=alert], .badge--warn").first();
      await expect(said).toBeVisible();
      await expect(visitor.sum("Total")).toHaveText("€39.00");

      await field.fill("welcome10");
      await apply.click();
      await expect(visitor.sum("WELCOME10")).toHaveText("−€3.90");
      await expect(visitor.sum("Total")).toHaveText("€35.10");

      await page.getByRole("button", { name: "Remove code WELCOME10" }).click();
      await expect(visitor.sum("Total")).toHaveText("€39.00");
    });
  });
}

test("prices that changed since are shown before they are charged", async ({
  visitor,
  page,
  admin,
  email,
  strict,
}) => {
  strict.expectStatus(409, /^\/fn\/checkout\/place$/);
  const handle = `moving-price-${email.replace(/[^a-z0-9]/g, "-")}`;
  const id = await admin.createProduct({
    handle,
    title: "Moving Price",
    status: "published",
    variants: [{ price: { minor: 2000, currency: "EUR" }, weight_grams: 100 }],
  });
  await visitor.put((await admin.variant(handle)).id);
  await visitor.open("/checkout");
  await visitor.fillCheckout({ email });
  const shown = minor(await visitor.sum("Total").innerText());
  await admin.changeProduct(id, (product) => {
    product.variants[0].price.minor = 2500;
  });
  await visitor.payButton.click();
  await expect(page.getByRole("alert").first()).toBeVisible();
  expect(await admin.ordersOf(email)).toEqual([]);
  await expect(visitor.payButton).toContainText(`€${((shown + 500) / 100).toFixed(2)}`);
  await visitor.pay();
  expect((await admin.ordersOf(email))[0].total.minor).toBe(shown + 500);
});
