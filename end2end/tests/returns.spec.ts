import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import { signIn } from "../support/desk.ts";
import { OWNER } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";

// Asked before anybody is signed in: who is there?
test.beforeEach(({ strict }) => strict.expectStatus(401, /^\/fn\/admin\/me$/));

async function accessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((one) => `${one.id}: ${one.nodes[0]?.html}`)).toEqual([]);
}

test("a shopper asks, staff take one whole and one broken piece back, and the money follows", async ({ page, admin, email, visitor, strict }) => {
  strict.expectStatus(422, /^\/fn\/orders\/return$/);
  strict.expectStatus(409, /^\/fn\/admin\/returns\/change$/);
  const handle = `bowl-${Date.now()}`;
  await admin.createProduct({
    handle,
    title: `Bowl ${handle}`,
    status: "published",
    options: [{ name: "Size", values: [{ name: "Small" }] }],
    variants: [{ price: { minor: 2000, currency: "EUR" }, options: ["Small"] }],
  });
  const variant = await admin.variant(handle, "Small");
  await admin.setStock(variant.id, 9);
  const order = await admin.buy(email, variant.id, 3);
  await signIn(page, OWNER, `/admin/orders/${order.id}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`#${order.number}`);
  await page.getByRole("button", { name: "Ship", exact: true }).click();
  await expect(page.getByText("The parcel is on its way.")).toBeVisible();

  // The shopper, by the signed link.
  await visitor.open(`/orders/${order.access_token}`);
  await page.getByRole("link", { name: "Send something back" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Send something back");
  await accessible(page);
  await page.getByRole("button", { name: "Ask to send it back" }).click();
  await expect(page.getByRole("alert")).toContainText("Choose what is sent back.");
  await page.getByLabel(/How many of Bowl/).selectOption("2");
  await page.getByLabel("Why").selectOption("damaged");
  await page.getByLabel(/Anything we should know/).fill("One is chipped");
  await page.getByRole("button", { name: "Ask to send it back" }).click();
  const asked = page.getByRole("list", { name: "Returns" }).getByRole("listitem");
  await expect(asked).toContainText(`Return R${order.number}-1`);
  await expect(asked).toContainText("We look at it");
  await admin.mail(email, "return_requested");

  // Staff find it in the list, and say where to send it.
  await page.goto("/admin/orders/returns?tab=requested");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Returns");
  await page.getByRole("link", { name: `R${order.number}-1` }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`#${order.number}`);
  const one = page.getByRole("list", { name: "Returns" }).getByRole("listitem").first();
  await expect(one).toContainText("One is chipped");
  await one.getByRole("button", { name: "Approve" }).click();
  const drawer = page.locator("dialog[open]");
  await drawer.getByLabel(/Where to send it/).fill("Returns, Quay 7, 20457 Hamburg");
  await accessible(page);
  await drawer.getByRole("button", { name: "Approve" }).click();
  await expect(page.getByText("The return is approved.")).toBeVisible();
  expect((await admin.mail(email, "return_approved")).text).toContain("Quay 7");

  // One is fit to be sold, the other is not: with the keyboard alone.
  await one.getByRole("button", { name: "Receive" }).focus();
  await page.keyboard.press("Enter");
  await drawer.getByLabel("Resellable").fill("1");
  await drawer.getByLabel("Damaged").fill("2");
  await drawer.getByLabel("Damaged").press("Enter");
  await expect(drawer.getByRole("alert")).toContainText("Only 2 more");
  await drawer.getByLabel("Damaged").fill("1");
  await accessible(page);
  await drawer.getByLabel("Damaged").press("Enter");
  await expect(page.getByText("It is received.")).toBeVisible();
  await expect(one).toContainText("1 resellable · 1 damaged");
  await expect.poll(async () => (await admin.stock(variant.id)).on_hand).toBe(7);
  expect((await admin.stock(variant.id)).damaged).toBe(1);

  await one.getByRole("button", { name: "Refund" }).click();
  const sum = drawer.locator(".refund__sum b");
  await expect(sum).toContainText("40.00");
  await drawer.getByLabel(/Kept back/).fill("5");
  await expect(sum).toContainText("35.00");
  await accessible(page);
  await drawer.getByRole("button", { name: "Refund" }).click();
  await expect(page.getByText("The refund is granted.")).toBeVisible();
  await expect(one).toContainText("Refunded");
  await one.getByRole("button", { name: "Close" }).click();
  await expect(page.getByText("The return is closed.")).toBeVisible();
  await expect(page.getByRole("main").getByText("Partly returned").first()).toBeVisible();
  expect((await admin.stock(variant.id)).on_hand, "its shelf is not touched again").toBe(7);

  await visitor.open(`/orders/${order.access_token}`);
  const seen = page.getByRole("list", { name: "Returns" }).getByRole("listitem");
  await expect(seen).toContainText("35.00");
  await accessible(page);
  await expect.poll(async () => (await admin.mailsTo(email)).map((mail) => mail.template)).toContain("order_refunded");
});

test.describe("without script", () => {
  test.use({ javaScriptEnabled: false });

  test("a return is asked for and given up", async ({ page, admin, email, visitor, strict }) => {
    strict.expectStatus(422, /^\/fn\/orders\/return$/);
    const handle = `plate-${Date.now()}`;
    await admin.createProduct({
      handle,
      title: `Plate ${handle}`,
      status: "published",
      options: [{ name: "Size", values: [{ name: "Small" }] }],
      variants: [{ price: { minor: 2000, currency: "EUR" }, options: ["Small"] }],
    });
    const variant = await admin.variant(handle, "Small");
    await admin.setStock(variant.id, 9);
    const order = await admin.buy(email, variant.id, 1);
    await admin.ship(order.id);
    await visitor.open(`/orders/${order.access_token}`);
    await page.getByRole("link", { name: "Send something back" }).click();
    await page.getByRole("button", { name: "Ask to send it back" }).click();
    await expect(page.getByText("Choose what is sent back.")).toBeVisible();
    await page.getByLabel(/How many of Plate/).selectOption("1");
    await page.getByRole("button", { name: "Ask to send it back" }).click();
    const one = page.getByRole("list", { name: "Returns" }).getByRole("listitem");
    await expect(one).toContainText("We look at it");
    await expect(page.getByRole("button", { name: "Ask to send it back" })).toHaveCount(0);
    await page.getByRole("button", { name: /Cancel return/ }).click();
    await expect(one).toContainText("Cancelled");
    await expect(page.getByRole("button", { name: "Ask to send it back" })).toBeVisible();
  });
});
