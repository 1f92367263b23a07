import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import type { Admin } from "../support/admin.ts";
import { open, signIn } from "../support/desk.ts";
import { OWNER } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";

// Asked before anybody is signed in: who is there?
test.beforeEach(({ strict }) => strict.expectStatus(401, /^\/fn\/admin\/me$/));

/** As a scanner does it: fast, and Enter at the end. In the page, since keys that come from here may wait for their turn. */
async function scan(page: Page, code: string): Promise<void> {
  await page.evaluate((code) => {
    for (const key of [...code, "Enter"]) {
      const target = document.activeElement ?? document.body;
      const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
      if (!target.dispatchEvent(event) || !(target instanceof HTMLInputElement)) continue;
      if (key === "Enter") target.form?.requestSubmit();
      else document.execCommand("insertText", false, key);
    }
  }, code);
}

/** A product in two sizes; the letters of its SKUs are shortcuts too. */
async function boxes(admin: Admin, stamp: number) {
  const handle = `gojk-${stamp}`;
  const variant = (size: string, barcode?: string) => ({
    options: [size],
    sku: `GO/JK-${size}-${stamp}`,
    barcode,
    price: { minor: 900, currency: "EUR" },
  });
  const barcode = `2${stamp}`.slice(0, 13);
  await admin.createProduct({
    handle,
    title: `Box ${stamp}`,
    status: "published",
    options: [{ name: "Size", values: [{ name: "S" }, { name: "M" }] }],
    variants: [variant("S", barcode), variant("M")],
  });
  const [small, medium] = [await admin.variant(handle, "S"), await admin.variant(handle, "M")];
  await admin.setStock(small.id, 10);
  await admin.setStock(medium.id, 10);
  return { barcode, sku: `GO/JK-M-${stamp}`, small, medium };
}

test("a scanner finds the row from any inventory screen, and the number is typed", async ({ page, admin }) => {
  const { barcode, sku, small, medium } = await boxes(admin, Date.now());
  const dialog = page.getByRole("dialog", { name: /^Stock of/ });
  const pieces = dialog.getByLabel("Pieces more or fewer");
  await signIn(page, OWNER, "/admin/inventory/locations");

  // The barcode of one, from another screen. One piece is suggested.
  await scan(page, barcode);
  await expect(dialog).toHaveAccessibleName("Stock of S");
  await expect(page).toHaveURL(new RegExp(`/admin/inventory/${small.product}$`));
  await expect(pieces).toHaveValue("1");
  await expect(pieces).toBeFocused();
  // Again: a piece more. Another one waits until this is saved.
  await scan(page, barcode);
  await expect(pieces).toHaveValue("2");
  await scan(page, sku);
  await expect(dialog.getByText("Save this change with Enter")).toBeVisible();
  await expect(pieces).toHaveValue("2");
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((one) => one.id)).toEqual([]);
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  await expect.poll(async () => (await admin.stock(small.id)).on_hand).toBe(12);

  // The SKU of the other, whose letters lead to orders when they are typed slowly.
  await scan(page, sku);
  await expect(dialog).toHaveAccessibleName("Stock of M");
  await expect(pieces).toBeFocused();
  await page.keyboard.type("-3", { delay: 80 });
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  await expect.poll(async () => (await admin.stock(medium.id)).on_hand).toBe(7);
  await expect(page.locator("tr:has(.is-scanned)")).toContainText(sku);

  await scan(page, "NO-SUCH-CODE");
  await expect(page.getByText("No variant has the SKU or barcode NO-SUCH-CODE.")).toBeVisible();
  // Elsewhere, and typed by a person, letters are what they always were.
  await page.keyboard.type("go", { delay: 120 });
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Orders");
});

test("what is typed into a field stays there; a count takes codes wherever the cursor is", async ({ page, admin }) => {
  const stamp = Date.now();
  const { sku, medium } = await boxes(admin, stamp);
  await signIn(page, OWNER, "/admin/inventory");
  const search = page.getByRole("searchbox", { name: "Search inventory" });
  await search.click();
  await scan(page, sku);
  await expect(search).toHaveValue(sku);
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(page.getByRole("table", { name: "Products by title" })).toContainText(`Box ${stamp}`);

  await open(page, "/admin/inventory/counts");
  await page.getByRole("button", { name: "New count" }).click();
  await page.getByRole("button", { name: "Start counting" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(/^Count of/);
  await page.getByRole("heading", { level: 1 }).click();
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  for (const beep of [1, 2]) {
    await scan(page, sku);
    await expect(page.getByText(`${beep} counted, ${(await admin.stock(medium.id)).on_hand} by the books.`)).toBeVisible();
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  }
  await page.getByRole("button", { name: "Drop" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Drop it" }).click();
  await expect(page.getByText("The count is dropped.")).toBeVisible();
});

test("labels are printed from stock and from the product, as many as one says", async ({ page, admin }) => {
  const { small } = await boxes(admin, Date.now());
  await signIn(page, OWNER, `/admin/inventory/${small.product}`);
  await page.getByRole("button", { name: "Labels" }).click();
  const dialog = page.getByRole("dialog", { name: "Print labels" });
  await dialog.getByLabel("S", { exact: true }).fill("30");
  await dialog.getByLabel("M", { exact: true }).fill("1.5");
  await expect(dialog.getByText("Copies are whole numbers.")).toBeVisible();
  await dialog.getByLabel("M", { exact: true }).fill("0");
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((one) => one.id)).toEqual([]);
  const pages = async (layout: string) => {
    await dialog.getByLabel("Paper").selectOption(layout);
    const href = await dialog.getByRole("link", { name: "Print 30 labels" }).getAttribute("href");
    const paper = await page.request.get(href ?? "?");
    expect(paper.headers()["content-type"]).toBe("application/pdf");
    const text = (await paper.body()).toString("latin1");
    expect(text.slice(0, 5)).toBe("%PDF-");
    return Number(/\/Type\s*\/Pages[^>]*\/Count (\d+)/.exec(text)?.[1] ?? /\/Count (\d+)/.exec(text)?.[1]);
  };
  expect(await pages("roll")).toBe(30);
  expect(await pages("sheet")).toBe(2);

  await open(page, `/admin/products/${small.product}`);
  await page.getByRole("button", { name: "Labels" }).click();
  await expect(dialog.getByRole("link", { name: "Print 2 labels" })).toBeVisible();
});

test("a file that is dropped anywhere is imported", async ({ page }) => {
  const mark = `dropped-${Date.now()}`;
  await signIn(page, OWNER, "/admin/orders");
  const dropped = (name: string, text: string) =>
    page.evaluate(
      async ([name, text]) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([text], name, { type: "text/csv" }));
        const target = document.querySelector("main h1");
        const event = (type: string) => new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true });
        const taken = !target?.dispatchEvent(event("dragover"));
        await new Promise((drawn) => requestAnimationFrame(drawn));
        const seen = document.querySelector(".drop-here:not([hidden])")?.textContent;
        return [taken, seen, !target?.dispatchEvent(event("drop"))];
      },
      [name, text],
    );
  expect(await dropped("photo.png", "x")).toEqual([true, "Drop a CSV file to import products", true]);
  await expect(page.getByText("Drop a CSV file to import products. Pictures")).toBeVisible();
  await dropped("table.CSV", `Handle,Title,Variant Price\n${mark},Bowl,4.50\n`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("table.CSV");
  await expect(page.getByText("Every column was recognised.")).toBeVisible();
});
