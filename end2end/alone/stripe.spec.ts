import { mkdirSync } from "node:fs";
import { join } from "node:path";

import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import { Admin, eur } from "../support/admin.ts";
import { open, signIn } from "../support/desk.ts";
import { OWNER, type Shop, startShop } from "../support/shop.ts";
import { type LocalStripe, startStripe } from "../support/stripe.ts";
import { test as base, expect } from "../support/test.ts";
import type { Visitor } from "../support/visitor.ts";

/** A shop that is paid through a Stripe of its own: the shared one has neither. */
const test = base.extend<object, { stripe: LocalStripe; shop: Shop }>({
  stripe: [
    async ({}, use) => {
      const stripe = await startStripe();
      await use(stripe);
      stripe.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  shop: [
    async ({ stripe }, use, { project }) => {
      mkdirSync(project.outputDir, { recursive: true });
      const log = join(project.outputDir, "stripe-server.log");
      const shop = await startShop(process.env.E2E_BIN ?? "", log, false, stripe.settings);
      await stripe.tell(shop.url);
      await use(shop);
      await shop.stop();
      const faults = shop.log().split("\n").filter((line) => /panicked|\bERROR\b/.test(line));
      expect(faults, "the server does not fail inside").toEqual([]);
    },
    { scope: "worker", timeout: 300_000 },
  ],
  admin: [async ({ shop }, use) => use(new Admin(shop.url, shop.token)), { scope: "worker" }],
  baseURL: async ({ shop }, use) => use(shop.url),
});

const CARD = { good: "4242424242424242", declined: "4000000000000341", asks: "4000002500003155" };

// Asked before anybody is signed in: who is there?
test.beforeEach(({ strict }) => strict.expectStatus(401, /^\/fn\/admin\/me$/));

const card = (page: Page) => page.getByRole("group", { name: "Your card" });

/** Types it into the hosted fields. */
async function enter(page: Page, number: string): Promise<void> {
  const parts = { number, exp_month: "12", exp_year: "40", cvc: "123", postal_code: "10115" };
  for (const [name, value] of Object.entries(parts)) await card(page).getByPlaceholder(name).fill(value);
}

async function inOrder(page: Page): Promise<void> {
  // What stands in the hosted fields is not ours.
  const { violations } = await new AxeBuilder({ page }).exclude(".card-fields__mount").analyze();
  expect(violations.map((one) => one.id)).toEqual([]);
}

async function product(admin: Admin, name: string): Promise<{ id: string; handle: string }> {
  const handle = `${name}-${Date.now()}`;
  await admin.createProduct({ handle, title: "Oil lamp", status: "published", variants: [{ price: eur(4900) }] });
  const { id } = await admin.variant(handle);
  await admin.setStock(id, 5);
  return { id, handle };
}

/** As shoppers come: page after page, in one document. */
async function toCheckout(visitor: Visitor, handle: string, email: string): Promise<void> {
  const { page } = visitor;
  await visitor.open(`/products/${handle}`);
  await visitor.add();
  await visitor.drawer.getByRole("link", { name: "Check out" }).click();
  await expect(visitor.heading).toHaveText("Checkout");
  await visitor.hydrated();
  await visitor.fillCheckout({ email });
  await page.getByRole("radio", { name: /^Card Visa/ }).check();
}

/** What Stripe told the shop, and what came of it. */
async function told(page: Page, shop: Shop): Promise<string[]> {
  const answer = await page.request.get("/api/admin/v1/payment-notices?limit=100", { headers: { authorization: `Bearer ${shop.token}` } });
  const { items } = (await answer.json()) as { items: { kind: string; state: string }[] };
  return items.map((one) => `${one.kind} ${one.state}`);
}

test.describe.configure({ mode: "serial" });

test("staff turn cards on, and shoppers find the fields for them", async ({ page, visitor, admin }) => {
  await signIn(page, OWNER, "/admin/settings/payments");
  const row = page.getByRole("row").filter({ hasText: "Visa, Mastercard" });
  await expect(row).toContainText("Not offered");
  await page.getByRole("button", { name: "Change Card", exact: true }).click();
  const form = page.getByRole("dialog", { name: "Way to pay" });
  await form.getByLabel("Offered in the checkout").check();
  await form.getByLabel("Money is taken").selectOption("By hand");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("The way to pay is saved.")).toBeVisible();

  // Only the checkout lets the script in.
  const { id } = await product(admin, "found");
  await visitor.put(id);
  const policy = async (path: string) => (await page.request.get(path)).headers()["content-security-policy"];
  expect(await policy("/checkout")).toContain("frame-src http://127.0.0.1");
  for (const other of ["/", "/cart", "/admin"]) expect(await policy(other)).not.toContain("frame-src");
});

test("a card is declined, another is taken, a part goes back, and Stripe's word is heard", async ({ page, visitor, admin, shop, email, strict }) => {
  strict.expectStatus(409, /^\/fn\/checkout\/place$/);
  const { handle } = await product(admin, "taken");
  await toCheckout(visitor, handle, email);
  await expect(card(page)).toBeVisible();
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await inOrder(page);
  }

  // Nothing is sent while the card is not whole.
  await visitor.payButton.click();
  await expect(page.getByRole("alert").filter({ hasText: "Your card number is incomplete." })).toBeVisible();
  await inOrder(page);
  expect(await admin.ordersOf(email)).toEqual([]);

  await enter(page, CARD.declined);
  await visitor.payButton.click();
  await expect(page.getByRole("alert").filter({ hasText: "The card was declined." })).toBeVisible();
  expect(await admin.ordersOf(email)).toEqual([]);

  // Another way is there as before, and the fields come back with their own.
  await page.getByRole("radio", { name: /^Bank transfer/ }).check();
  await expect(card(page)).toBeHidden();
  await page.getByRole("radio", { name: /^Card Visa/ }).check();
  await enter(page, CARD.good);
  await visitor.payButton.click();
  await visitor.confirmed();
  const [order] = await admin.ordersOf(email);
  expect(order.payment_status).toBe("authorized");

  await signIn(page, OWNER, `/admin/orders/${order.id}`);
  await page.getByLabel("Amount to take").fill("49");
  await page.getByRole("button", { name: "Capture" }).click();
  await expect(page.getByText("€49.00 is taken.")).toBeVisible();
  // The order hears of it a moment later.
  await expect.poll(async () => (await admin.ordersOf(email))[0].payment_status).not.toBe("authorized");
  await open(page, `/admin/orders/${order.id}`);
  await page.getByRole("button", { name: "Refund", exact: true }).click();
  const drawer = page.getByRole("dialog", { name: "Refund" });
  await drawer.getByLabel("Another amount").fill("12.50");
  await drawer.getByLabel("Reason").fill("A scratch");
  await expect(drawer.locator(".refund__sum b")).toHaveText("€12.50");
  await drawer.getByRole("button", { name: "Refund" }).click();
  await expect(drawer).toBeHidden();
  await expect(page.getByRole("list", { name: "Refunds" })).toContainText("€12.50");

  const expected = ["payment_intent.amount_capturable_updated done", "payment_intent.succeeded done", "refund.updated done"];
  await expect.poll(async () => (await told(page, shop)).filter((one) => expected.includes(one)).sort()).toEqual(expected);
});

test("a bank asks on a page of its own, and the shopper comes back to an order", async ({ page, visitor, admin, email }) => {
  const { handle } = await product(admin, "asked");
  await toCheckout(visitor, handle, email);
  await enter(page, CARD.asks);
  await visitor.payButton.click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("A bank");
  await page.getByRole("button", { name: "Refuse" }).click();
  await expect(visitor.heading).toHaveText("This payment did not go through");
  await page.getByRole("link", { name: "Back to checkout" }).click();
  await expect(visitor.heading).toHaveText("Checkout");
  await visitor.hydrated();
  await page.getByRole("radio", { name: /^Card Visa/ }).check();
  await enter(page, CARD.asks);
  await visitor.payButton.click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("A bank");
  await page.getByRole("button", { name: "Approve" }).click();
  await visitor.confirmed();
  expect(await admin.ordersOf(email)).toHaveLength(1);
});

test("the fields are there after going away and back, and say so where their script is not", async ({ page, visitor, admin, email, strict }) => {
  const { handle } = await product(admin, "left");
  await toCheckout(visitor, handle, email);
  await expect(card(page).getByPlaceholder("number")).toBeVisible();
  await page.getByRole("link", { name: "Back to cart" }).first().click();
  await expect(visitor.heading).toHaveText(/cart/i);
  await page.goBack();
  await expect(visitor.heading).toHaveText("Checkout");
  await page.getByRole("radio", { name: /^Card Visa/ }).check();
  await expect(card(page).getByPlaceholder("number")).toBeVisible();

  strict.expectMessage(/ERR_CONNECTION_FAILED/);
  let tries = 0;
  await page.route("**/js.stripe.com/**", (route) => {
    tries += 1;
    return route.abort("connectionfailed");
  });
  await visitor.open("/checkout");
  await page.getByRole("radio", { name: /^Card Visa/ }).check();
  const gone = page.getByRole("alert").filter({ hasText: "could not be loaded" });
  await expect(gone).toBeVisible();
  expect(tries).toBe(1);
  await visitor.payButton.click();
  // Asked for again by whoever wants it, and by nobody else.
  await expect.poll(() => tries).toBe(2);
  await expect(gone).toBeVisible();
  expect(await admin.ordersOf(email)).toEqual([]);
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("the page says that cards need one, and nothing is placed with it", async ({ page, visitor, admin, email, strict }) => {
    strict.expectStatus(422, /^\/fn\/checkout\/place/);
    const { id } = await product(admin, "plain");
    await visitor.put(id);
    await visitor.open("/checkout");
    await visitor.fillCheckout({ email });
    await expect(page.getByText("To pay by card this page needs JavaScript.")).toBeVisible();
    await expect(card(page)).toBeHidden();
    await page.getByRole("radio", { name: /^Card Visa/ }).check();
    await visitor.payButton.click();
    await expect(page.getByRole("alert")).toContainText("Please enter your card.");
    expect(await admin.ordersOf(email)).toEqual([]);
    await page.getByRole("radio", { name: /^Bank transfer/ }).check();
    await visitor.payButton.click();
    await visitor.confirmed();
  });
});
