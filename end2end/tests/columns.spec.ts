import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import { open, signIn } from "../support/desk.ts";
import { OWNER } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";

// Asked before anybody is signed in: who is there?
test.beforeEach(({ strict }) => strict.expectStatus(401, /^\/fn\/admin\/me$/));

const heading = (page: Page, name: string) => page.getByRole("columnheader", { name, exact: true });

test("a list shows the columns that somebody chose, also the next time, and a saved view has its own", async ({ page, admin }) => {
  test.slow();
  const stamp = Date.now();
  await admin.createProduct({ handle: `chosen-${stamp}`, title: `Chosen ${stamp}`, product_type: `Kind ${stamp}`, status: "published", variants: [{ price: { minor: 900, currency: "EUR" } }] });
  await signIn(page, OWNER, `/admin/products?q=chosen-${stamp}`);
  await expect(heading(page, "Vendor")).toBeVisible();
  await expect(heading(page, "Type")).toBeHidden();
  const choose = async (name: string, shown: boolean) => {
    const saved = page.waitForResponse(/views\/columns\/set$/);
    await page.getByRole("checkbox", { name, exact: true }).setChecked(shown);
    await saved;
  };
  await page.getByText("Columns", { exact: true }).click();
  await choose("Vendor", false);
  await choose("Type", true);
  await expect(heading(page, "Vendor")).toBeHidden();
  await expect(page.getByRole("cell", { name: `Kind ${stamp}` })).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((one) => one.id)).toEqual([]);

  // Of that list alone, and also after a reload.
  await open(page, "/admin/inventory");
  await expect(heading(page, "Vendor")).toBeHidden();
  await expect(heading(page, "Status")).toBeVisible();
  await open(page, `/admin/products?q=chosen-${stamp}`);
  await expect(heading(page, "Type")).toBeVisible();
  await expect(heading(page, "Vendor")).toBeHidden();

  // A view keeps what it was saved with.
  await page.getByRole("button", { name: "Save this view" }).click();
  await page.getByLabel("Name").fill(`By kind ${stamp}`);
  await page.getByRole("button", { name: "Save view" }).click();
  await expect(page.getByText("The view is saved.")).toBeVisible();
  await page.getByText("Columns", { exact: true }).click();
  await page.getByRole("button", { name: "As they come" }).click();
  await expect(heading(page, "Vendor")).toBeVisible();
  await expect(heading(page, "Type")).toBeHidden();
  await page.getByRole("link", { name: `By kind ${stamp}` }).click();
  await expect(heading(page, "Type")).toBeVisible();
  await expect(heading(page, "Vendor")).toBeHidden();
  await page.getByRole("button", { name: `Remove the view By kind ${stamp}` }).click();

  // The same choice stands above the other lists.
  for (const screen of ["/admin/orders", "/admin/customers", "/admin/inventory"]) {
    await open(page, screen);
    await page.getByText("Columns", { exact: true }).click();
    await expect(page.getByRole("group", { name: "Columns that are shown" })).toBeVisible();
  }
});
