import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import { open, signIn } from "../support/desk.ts";
import { OWNER } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";

// Asked before anybody is signed in: who is there?
test.beforeEach(({ strict }) => strict.expectStatus(401, /^\/fn\/admin\/me$/));

async function accessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target).join(" ")}`)).toEqual([]);
}

test("pieces are kept in two locations, moved between them, counted, and known of the past", async ({ page, admin }) => {
  test.slow();
  const stamp = Date.now();
  const [handle, store] = [`crate-${stamp}`, `Store ${stamp}`];
  await admin.createProduct({
    handle,
    title: `Crate ${stamp}`,
    vendor: `Vendor ${stamp}`,
    status: "published",
    variants: [{ sku: `CRATE-${stamp}`, price: { minor: 900, currency: "EUR" } }],
  });
  const variant = await admin.variant(handle);
  await admin.setStock(variant.id, 10);

  await signIn(page, OWNER, "/admin/inventory");
  // Nothing can be moved while there is one location; a second try of this test finds two.
  if (test.info().retry === 0) {
    await open(page, "/admin/inventory/supplies/new-transfer");
    await expect(page.getByRole("heading", { name: "It takes two locations" })).toBeVisible();
    await accessible(page);
    await page.getByRole("link", { name: "To the locations" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Locations");
    await open(page, "/admin/inventory");
  }

  // A second location.
  await page.getByRole("link", { name: "Locations" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Locations");
  await page.getByRole("button", { name: "New location" }).click();
  const location = page.getByRole("dialog", { name: "Location" });
  await location.getByLabel("Name").fill(store);
  await location.getByLabel("Address").fill("Lindenkaai 8\nBerlin");
  await location.getByRole("button", { name: "Save location" }).click();
  await expect(page.getByText("The location is saved.")).toBeVisible();
  await expect(page.getByRole("row", { name: new RegExp(store) })).toContainText("Lindenkaai 8, Berlin");
  await accessible(page);

  // Pieces by hand: two more in the store, and one that broke.
  await open(page, `/admin/inventory/${variant.product}`);
  await page.getByRole("button", { name: /^Adjust Crate/ }).first().click();
  const adjust = page.getByRole("dialog", { name: /^Stock of/ });
  await adjust.getByLabel("Location").selectOption(store);
  await adjust.getByLabel("Pieces more or fewer").fill("2");
  await adjust.getByLabel("Reason").fill("found behind the till");
  await adjust.getByRole("button", { name: "Save stock" }).click();
  await expect(adjust).toBeHidden();
  // Beside the variant: location, on hand, reserved, allocated, available, damaged, incoming.
  const places = page.getByRole("table", { name: "Stock by location" });
  const there = places.getByRole("row", { name: new RegExp(store) }).getByRole("cell");
  await expect(there.nth(1)).toHaveText("2");
  await page.getByRole("button", { name: new RegExp(`in ${store}$`) }).click();
  await adjust.getByLabel("Mark as damaged").check();
  await adjust.getByLabel("Pieces", { exact: true }).fill("1");
  await adjust.getByLabel("Reason").fill("fell down");
  await adjust.getByRole("button", { name: "Save stock" }).click();
  await expect(adjust).toBeHidden();
  await expect.poll(async () => (await admin.stock(variant.id)).on_hand).toBe(11);
  await accessible(page);

  // A transfer: planned, packed, sent, received in two parts.
  await page.getByRole("link", { name: "Inventory", exact: true }).first().click();
  await page.getByRole("link", { name: "Transfers and orders" }).click();
  await page.getByRole("link", { name: "New transfer" }).click();
  await page.getByLabel("Add a product").fill(`CRATE-${stamp}`);
  await page.getByLabel("Add a product").press("Enter");
  await page.getByLabel(`Pieces of Crate ${stamp}`).fill("4");
  await page.getByLabel("From").selectOption("Main");
  await page.getByLabel("To", { exact: true }).selectOption(store);
  await page.getByRole("button", { name: "Save draft" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(/^Transfer \d+$/);
  await accessible(page);
  await page.getByRole("button", { name: "Mark as ready" }).click();
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByRole("heading", { name: "Receive" })).toBeVisible();
  expect((await admin.stock(variant.id)).on_hand).toBe(7);
  await page.getByLabel(`Came of Crate ${stamp}`).fill("9");
  await page.getByRole("button", { name: "Receive" }).click();
  await expect(page.getByText("Whole numbers, together at most 4.").first()).toBeVisible();
  await page.getByLabel(`Came of Crate ${stamp}`).fill("1");
  await page.getByRole("button", { name: "Receive" }).click();
  await expect(page.getByText("Partly received").first()).toBeVisible();
  await accessible(page);
  await page.getByRole("button", { name: "All of it came" }).click();
  await page.getByRole("button", { name: "Receive" }).click();
  await expect(page.getByText("Received", { exact: true }).first()).toBeVisible();
  await expect.poll(async () => (await admin.stock(variant.id)).on_hand).toBe(11);

  // A purchase order says what comes.
  await open(page, "/admin/inventory/supplies/new-purchase-order");
  await page.getByLabel("Add a product").fill(`CRATE-${stamp}`);
  await page.getByLabel("Add a product").press("Enter");
  await page.getByLabel(`Pieces of Crate ${stamp}`).fill("6");
  await page.getByLabel(`Cost of one Crate ${stamp}`).fill("2.50");
  await page.getByLabel("Supplier").fill("Acme");
  await page.getByLabel("To", { exact: true }).selectOption(store);
  await page.getByRole("button", { name: "Save draft" }).click();
  await page.getByRole("button", { name: "Mark as ordered" }).click();
  await expect(page.getByRole("table", { name: "Products" })).toContainText("€2.50");
  await open(page, `/admin/inventory/${variant.product}`);
  await expect(there.nth(6)).toHaveText("6");
  await page.getByLabel("At the end of").fill("2020-01-31");
  await expect(page.getByText("Nothing of this product was counted then.")).toBeVisible();

  // What is running out.
  await open(page, "/admin/inventory/reorder");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Order again");
  await accessible(page);

  // A count by scanner finds one piece too few.
  await open(page, "/admin/inventory/counts");
  await page.getByRole("button", { name: "New count" }).click();
  const begin = page.getByRole("dialog", { name: "New count" });
  await begin.getByLabel("Location").selectOption(store);
  await begin.getByLabel("Only this vendor").fill(`Vendor ${stamp}`);
  await begin.getByRole("button", { name: "Start counting" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Count of ${store}`);
  for (const beep of [1, 2, 3, 4]) {
    await page.getByLabel("SKU or barcode").fill(`CRATE-${stamp}`);
    await page.getByLabel("SKU or barcode").press("Enter");
    await expect(page.getByText(`${beep} counted, 5 by the books.`)).toBeVisible();
  }
  await expect(page.getByRole("table", { name: "Products to count" })).toContainText("−1");
  await accessible(page);
  await page.getByRole("button", { name: "Apply" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Apply" }).click();
  await expect(page.getByText("The differences are booked.")).toBeVisible();
  await expect.poll(async () => (await admin.stock(variant.id)).on_hand).toBe(10);
});
