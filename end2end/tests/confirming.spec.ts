import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import type { Admin } from "../support/admin.ts";
import { expect, test } from "../support/test.ts";
import type { Visitor } from "../support/visitor.ts";

const ASKS = "Test card: its bank asks you to confirm";

/** A product of one's own, with so many pieces. */
async function product(admin: Admin, email: string, pieces: number): Promise<string> {
  const handle = `asked-${email.replace(/[^a-z0-9]/g, "-")}`;
  await admin.createProduct({
    handle,
    title: "The Asked One",
    status: "published",
    variants: [{ price: { minor: 1500, currency: "EUR" }, weight_grams: 100 }],
  });
  const { id } = await admin.variant(handle);
  await admin.setStock(id, pieces);
  return id;
}

/** Up to the bank's page. */
async function toTheBank(visitor: Visitor, page: Page, email: string): Promise<void> {
  await visitor.open("/checkout");
  await visitor.fillCheckout({ email });
  await page.getByRole("radio", { name: ASKS }).check();
  await visitor.payButton.click();
  await expect(visitor.heading).toHaveText("Test bank");
  await expect(page).toHaveURL(/\/test-bank\/test_[0-9a-f]{32}$/);
}

for (const scripts of [true, false]) {
  test.describe(`a card whose bank asks, scripts ${scripts ? "on" : "off"}`, () => {
    test.use({ javaScriptEnabled: scripts });

    test("is declined, then refused, then approved: one order", async ({ visitor, page, admin, email, strict }) => {
      strict.expectStatus(409, /^\/fn\/checkout\/place$/);
      const variant = await product(admin, email, 1);
      await visitor.put(variant);
      await visitor.open("/checkout");
      await visitor.fillCheckout({ email });
      await page.getByRole("radio", { name: "Test card: is declined" }).check();
      await visitor.payButton.click();
      await expect(page.getByRole("alert")).toContainText("Your card was declined.");

      await page.getByRole("radio", { name: ASKS }).check();
      await visitor.payButton.click();
      await expect(visitor.heading).toHaveText("Test bank");
      await page.getByRole("button", { name: "Refuse" }).click();
      await expect(visitor.heading).toHaveText("This payment did not go through");
      await expect(page.locator("main")).toContainText("Your bank did not confirm the payment.");
      await page.reload();
      await expect(visitor.heading).toHaveText("This payment did not go through");
      expect(await admin.ordersOf(email)).toEqual([]);

      await page.getByRole("link", { name: "Back to checkout" }).click();
      await expect(visitor.heading).toHaveText("Checkout");
      await page.getByRole("radio", { name: ASKS }).check();
      await visitor.payButton.click();
      await expect(visitor.heading).toHaveText("Test bank");
      await page.getByRole("button", { name: "Approve" }).click();
      await visitor.confirmed();
      const orders = await admin.ordersOf(email);
      expect(orders).toHaveLength(1);
      expect(orders[0]).toMatchObject({ payment_status: "paid" });
      expect((await admin.stock(variant)).available).toBe(0);

      // Back to the bank: it has its answer, and leads to the order.
      const number = await visitor.orderNumber();
      await page.goBack();
      if (await page.getByRole("button", { name: "Approve" }).isVisible()) {
        await page.getByRole("button", { name: "Approve" }).click();
      } else {
        await page.getByRole("link", { name: /^Back to / }).click();
      }
      await visitor.confirmed();
      expect(await visitor.orderNumber()).toBe(number);
      expect(await admin.ordersOf(email)).toHaveLength(1);
    });

    test("can be left for another way to pay, and its late answer takes nothing", async ({ visitor, page, admin, email }) => {
      // The last one: what waits must not stand in its own way.
      const variant = await product(admin, email, 1);
      await visitor.put(variant);
      await toTheBank(visitor, page, email);
      const bank = page.url();
      await visitor.open("/cart");
      await expect(visitor.heading).toHaveText("Your bank has a question");
      await expect(page.getByRole("link", { name: "Go to your bank" })).toHaveAttribute("href", bank);
      for (const scheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme: scheme });
        if (!scripts) continue;
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map((one) => one.id)).toEqual([]);
      }
      await page.getByRole("button", { name: "Pay another way" }).click();
      await expect(visitor.heading).toHaveText("Checkout");
      await visitor.pay();
      const number = await visitor.orderNumber();

      await page.goto(bank);
      await expect(page.locator("main")).toContainText("nobody waits for the answer any more");
      await page.getByRole("link", { name: /^Back to / }).click();
      await expect(visitor.heading).toHaveText("This payment did not go through");
      await expect(page.locator("main")).toContainText("Nothing was charged.");
      const orders = await admin.ordersOf(email);
      expect(orders.map((order) => String(order.number))).toEqual([number].map(String));
    });
  });
}

test("two tabs: the later one counts, and what changes the cart gives up what waits", async ({ visitor, page, admin, email }) => {
  const variant = await product(admin, email, 5);
  await visitor.put(variant);
  await toTheBank(visitor, page, email);
  const first = page.url();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((one) => one.id)).toEqual([]);

  // Another tab puts one more into the cart.
  await visitor.put(variant);
  await page.getByRole("button", { name: "Approve" }).click();
  await expect(visitor.heading).toHaveText("This payment did not go through");
  await expect(page.locator("main")).toContainText("you went on with your cart");
  expect(await admin.ordersOf(email)).toEqual([]);

  await page.getByRole("link", { name: "Back to checkout" }).click();
  await expect(visitor.heading).toHaveText("Checkout");
  await page.getByRole("radio", { name: ASKS }).check();
  await visitor.payButton.click();
  await expect(visitor.heading).toHaveText("Test bank");
  expect(page.url()).not.toBe(first);
  // Never comes back, and finds the order all the same.
  const { origin } = new URL(page.url());
  const answered = await page.request.post(page.url(), { form: { approve: "true" }, maxRedirects: 0 });
  expect(answered.status()).toBe(303);
  expect(answered.headers().location).toContain(`${origin}/checkout/paid/`);
  await visitor.open("/cart");
  await visitor.confirmed();
  expect(await admin.ordersOf(email)).toHaveLength(1);
  expect((await admin.stock(variant)).available).toBe(3);
});
