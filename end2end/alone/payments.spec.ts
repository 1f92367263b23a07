import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import { eur } from "../support/admin.ts";
import { open, signIn } from "../support/desk.ts";
import { OWNER } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";

// Asked before anybody is signed in: who is there?
test.beforeEach(({ strict }) => strict.expectStatus(401, /^\/fn\/admin\/me$/));

const CARD = "Card (test mode)";

/** Changes a way to pay on the screen. */
async function change(page: Page, name: string, act: (form: ReturnType<Page["getByRole"]>) => Promise<void>) {
  await open(page, "/admin/settings/payments");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Payments");
  await page.getByRole("button", { name: `Change ${name}` }).click();
  const form = page.getByRole("dialog", { name: "Way to pay" });
  await act(form);
  await form.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("The way to pay is saved.")).toBeVisible();
  await expect(form).toBeHidden();
}

const takeCards = (page: Page, when: string) =>
  change(page, CARD, async (form) => void (await form.getByLabel("Money is taken").selectOption(when)));

test("ways to pay are offered, put in order and limited; shoppers see it at once", async ({ page, visitor, admin, email, strict }) => {
  strict.expectStatus(422, /^\/fn\/admin\/payments\/settings\/set$/);
  await signIn(page, OWNER, "/admin/settings");
  await page.getByRole("link", { name: "Payments", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Payments");
  const iban = page.getByLabel("IBAN");
  const good = await iban.inputValue();
  await iban.fill("DE02 1203 0000 0000 2020 52");
  await page.getByRole("button", { name: "Save account" }).click();
  await expect(iban).toHaveAccessibleDescription(/check digits/);
  await iban.fill(good);

  const cash = page.getByRole("row").filter({ hasText: "Cash on delivery" });
  await expect(cash).toContainText("Not offered");
  await page.getByRole("button", { name: "Change Cash on delivery" }).click();
  const form = page.getByRole("dialog", { name: "Way to pay" });
  await form.getByLabel("Offered in the checkout").check();
  await form.getByLabel("Name").fill("Cash at the door");
  await form.getByLabel("Countries").fill("de, Germany");
  await form.getByLabel("Largest amount").fill("much");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.getByText("An amount such as 60.00, or nothing.")).toBeVisible();
  await form.getByLabel("Largest amount").fill("50");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.getByText("Codes of two letters: DE, AT, CH.")).toBeVisible();
  await form.getByLabel("Countries").fill("de");
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((one) => one.id)).toEqual([]);
  await form.getByRole("button", { name: "Save" }).click();
  const renamed = page.getByRole("row").filter({ hasText: "Cash at the door" });
  await expect(renamed).toContainText("up to €50.00");
  await page.getByRole("button", { name: "Cash at the door up" }).click();
  await expect(page.getByText("The order is changed.")).toBeVisible();
  await expect(page.getByRole("row").nth(2)).toContainText("Cash at the door");

  const handle = `door-${Date.now()}`;
  await admin.createProduct({ handle, title: "Door mat", status: "published", variants: [{ price: eur(2000) }] });
  const mat = await admin.variant(handle);
  await admin.setStock(mat.id, 5);
  await visitor.put(mat.id);
  await visitor.open("/checkout");
  await visitor.fillCheckout({ email });
  await page.getByRole("radio", { name: /^Cash at the door/ }).check();
  await visitor.payButton.click();
  await visitor.confirmed();
  await expect(page.getByText("How you pay")).toBeVisible();
  await expect(page.getByText(/Please have €.* ready/)).toBeVisible();

  // Three are more than it is offered for.
  await visitor.put(mat.id, 3);
  await visitor.open("/checkout");
  await visitor.fillCheckout({ email });
  await expect(page.getByRole("radio", { name: /^Bank transfer/ })).toBeVisible();
  await expect(page.getByRole("radio", { name: /^Cash at the door/ })).toHaveCount(0);

  const [order] = await admin.ordersOf(email);
  await open(page, `/admin/orders/${order.id}`);
  await page.getByRole("button", { name: "The money has arrived" }).click();
  await expect(page.getByText("The payment is confirmed.")).toBeVisible();
  await change(page, "Cash at the door", async (form) => {
    await form.getByLabel("Offered in the checkout").uncheck();
    await form.getByLabel("Name").fill("Cash on delivery");
  });
});

test("two parcels take the money one after the other", async ({ page, visitor, admin, email }) => {
  const handle = `parcels-${Date.now()}`;
  await admin.createProduct({ handle, title: "Pair of bookends", status: "published", variants: [{ price: eur(2550) }] });
  const variant = await admin.variant(handle);
  await admin.setStock(variant.id, 10);
  await signIn(page, OWNER, "/admin/settings/payments");
  await takeCards(page, "With each parcel");
  await expect(page.getByRole("row").filter({ hasText: CARD })).toContainText("With each parcel");

  await visitor.put(variant.id, 2);
  await visitor.open("/checkout");
  await visitor.fillCheckout({ email });
  await visitor.pay();
  await expect(page.getByText("Payment authorised")).toBeVisible();
  const [order] = await admin.ordersOf(email);

  await open(page, `/admin/orders/${order.id}`);
  await expect(page.getByText("Each parcel takes its part when it leaves.")).toBeVisible();
  await page.getByLabel(/Pair of bookends/).fill("1");
  await page.getByRole("button", { name: "Ship", exact: true }).click();
  const first = page.getByRole("listitem").filter({ hasText: `Parcel ${order.number}-1` });
  // The first takes delivery's price too.
  await expect(first).toContainText("€30.40 was taken with it.");
  await expect(page.getByText("Partly paid").first()).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((one) => one.id)).toEqual([]);
  await page.getByRole("button", { name: "Ship", exact: true }).click();
  const second = page.getByRole("listitem").filter({ hasText: `Parcel ${order.number}-2` });
  await expect(second).toContainText("€25.50 was taken with it.");
  await expect(page.getByText("is held.")).toHaveCount(0);
  await takeCards(page, "With the order");
});

test("staff take a part by hand and let the rest go", async ({ page, admin, email, strict }) => {
  strict.expectStatus(409, /^\/fn\/admin\/payments\/capture$/);
  const handle = `by-hand-${Date.now()}`;
  await admin.createProduct({ handle, title: "Paper lantern", status: "published", variants: [{ price: eur(4000) }] });
  const variant = await admin.variant(handle);
  await admin.setStock(variant.id, 5);
  await signIn(page, OWNER, "/admin/settings/payments");
  await takeCards(page, "By hand");
  const order = await admin.buy(email, variant.id);
  const another = await admin.buy(email, variant.id);
  await takeCards(page, "With the order");

  await open(page, `/admin/orders/${order.id}`);
  await page.getByLabel("Amount to take").fill("500");
  await page.getByRole("button", { name: "Capture" }).click();
  await expect(page.getByText(/at most .* can still be taken/)).toBeVisible();
  await page.getByLabel("Amount to take").fill("12.50");
  await page.getByRole("button", { name: "Capture" }).click();
  await expect(page.getByText("€12.50 is taken.")).toBeVisible();
  await page.getByRole("button", { name: "Let the rest go" }).click();
  await page.getByRole("button", { name: "Let it go" }).click();
  await expect(page.getByText("The rest is let go.")).toBeVisible();
  await expect(page.getByRole("table", { name: "Payments of this order" })).toContainText("€12.50");
  await expect(page.getByLabel("Amount to take")).toHaveCount(0);

  await open(page, `/admin/orders?q=${encodeURIComponent(email)}`);
  await page.getByLabel(`Choose #${another.number}`).check();
  await page.getByRole("button", { name: "Take money" }).click();
  await page.getByRole("button", { name: "Take it" }).click();
  await expect(page.getByText("The money of 1 order is taken.")).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: `#${another.number}` })).toContainText("Paid");
});
