import { readFile } from "node:fs/promises";

import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import { open, signIn } from "../support/desk.ts";
import { OWNER } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";

// Asked before anybody is signed in: who is there?
test.beforeEach(({ strict }) => strict.expectStatus(401, /^\/fn\/admin\/me$/));

const csv = (...rows: string[]) => Buffer.from(`${rows.join("\n")}\n`);

async function send(page: Page, name: string, buffer: Buffer): Promise<void> {
  await page.locator("input[type=file]").setInputFiles({ name, mimeType: "text/csv", buffer });
}

test("a file is mapped, tried, written and taken back", async ({ page, admin, strict }) => {
  strict.expectStatus(422, /^\/fn\/admin\/products\/imports\/map/);
  test.slow();
  const mark = `import-${Date.now()}`;
  const id = await admin.createProduct({ handle: `${mark}-old`, title: "Old title", status: "published", variants: [{ price: { minor: 500, currency: "EUR" } }] });
  await signIn(page, OWNER, "/admin/products");
  await page.getByRole("link", { name: "Import", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Import products");

  await send(page, "table.csv", csv("Handle;Name;Colour;Variant Price", `${mark}-old;New title;;7.00`, `${mark}-new;Bowl;Red;4.50`, `${mark}-new;Bowl;Blue;4.50`, `${mark}-bad;Plate;;ten`));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("table.csv");
  await expect(page.getByText("2 columns were not recognised: please say what they mean.")).toBeVisible();
  await page.getByRole("button", { name: "Check the file" }).click();
  await expect(page.getByText("Which column has the products' titles?")).toBeVisible();
  await page.getByLabel("What Name means").selectOption("Title");
  await page.getByLabel("What Colour means").selectOption("Option1 Value");
  await page.getByRole("button", { name: "Check the file" }).click();
  await expect(page.getByText("Nothing is written yet. The file would leave 1 product created, 1 changed, 0 as they were, 1 left out.")).toBeVisible();
  const remarks = page.getByRole("table", { name: "Remarks by line" });
  await expect(remarks).toContainText("Line 5");
  await expect(remarks).toContainText("is not a number");
  expect((await admin.variant(`${mark}-old`)).price.minor, "checking changes nothing").toBe(500);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((one) => one.id)).toEqual([]);

  await page.getByRole("button", { name: "Import 2 products" }).click();
  // It survives a reload.
  await page.reload();
  await expect(page.getByText("Completed with errors")).toBeVisible();
  await expect(page.getByText("1 product created, 1 changed, 0 as they were, 1 left out.")).toBeVisible();
  expect((await admin.variant(`${mark}-old`)).price.minor).toBe(700);
  expect((await admin.variant(`${mark}-new`, "Blue")).price.minor).toBe(450);

  // Somebody mends one field meanwhile: it stays.
  await admin.changeProduct(id, (product) => {
    product.title = "Better title";
  });
  await page.getByRole("button", { name: "Undo this import" }).click();
  await page.getByRole("button", { name: "Undo it" }).click();
  await expect(page.getByText("Taken back: 0 products are as before, 1 archived, 1 partly and 0 not at all")).toBeVisible();
  await expect(page.getByRole("table", { name: "Products by line" })).toContainText("As before, save for: Title");
  expect((await admin.variant(`${mark}-old`)).price.minor).toBe(500);

  await page.getByRole("link", { name: "Imports" }).first().click();
  await expect(page.getByRole("table", { name: "Imports, newest first" }).getByRole("row", { name: "table.csv" }).first()).toContainText("Taken back");
});

test("what is exported imports again without a change", async ({ page, admin }) => {
  test.slow();
  const handle = `export-${Date.now()}`;
  await admin.createProduct({ handle, title: "=1+1", status: "published", variants: [{ price: { minor: 500, currency: "EUR" } }] });
  await signIn(page, OWNER, "/admin/products");
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export CSV" }).click();
  const path = await (await saved).path();
  const rows = (await readFile(path, "utf8")).split("\n");
  const one = rows.find((row) => row.startsWith(handle)) ?? "";
  expect(one).toContain(",'=1+1,");
  await page.getByRole("link", { name: "Import", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Import products");
  await send(page, "again.csv", csv(rows[0] ?? "", one));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("again.csv");
  await page.getByRole("button", { name: "Check the file" }).click();
  await expect(page.getByText("The file would leave 0 products created, 0 changed, 1 as they were, 0 left out.")).toBeVisible();
});

test("a file that is none is refused, and says why", async ({ page, strict }) => {
  strict.expectStatus(422, /import-file/);
  await signIn(page, OWNER, "/admin/products/import");
  await send(page, "photo.csv", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d]));
  await expect(page.getByText("This is a picture, not a CSV file.")).toBeVisible();
  await send(page, "latin.csv", Buffer.concat([Buffer.from("Title,Variant Price\nB"), Buffer.from([0xfc]), Buffer.from("rste,1\n")]));
  await expect(page.getByText("Line 2 is not UTF-8.")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Import products");
});

test("a product's versions are compared and one is restored; publishing is scheduled and cancelled", async ({ page, admin, strict }) => {
  strict.expectStatus(422, /^\/fn\/admin\/products\/schedule\/set/);
  const mark = `versions-${Date.now()}`;
  const id = await admin.createProduct({ handle: mark, title: "First title", status: "draft", variants: [{ price: { minor: 500, currency: "EUR" } }] });
  await admin.changeProduct(id, (product) => {
    product.title = "Second title";
  });
  await signIn(page, OWNER, `/admin/products/${id}`);
  const versions = page.getByRole("table", { name: "Versions, newest first" });
  await expect(versions.getByRole("row").nth(1)).toContainText("Version 2");
  await expect(versions.getByRole("row").nth(1)).toContainText("Title");
  await page.getByRole("button", { name: "Compare" }).click();
  await expect(page.locator("[aria-live] .changes").getByText("First title")).toBeVisible();
  await page.getByRole("button", { name: "Restore version 1" }).click();
  await page.getByRole("button", { name: "Restore it" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("First title");
  await expect(versions.getByRole("row").nth(1)).toContainText("Version 1 restored");

  await page.getByLabel("Publish at").fill("2001-01-01T09:00");
  await page.getByRole("button", { name: "Set schedule" }).click();
  await expect(page.getByText("A moment that is still to come.")).toBeVisible();
  await page.getByLabel("Publish at").fill("2099-01-01T09:00");
  await page.getByRole("button", { name: "Set schedule" }).click();
  await expect(page.getByText("Will be published 1 Jan 2099, 09:00.")).toBeVisible();
  await open(page, `/admin/products/${id}`);
  await expect(page.getByText("Will be published 1 Jan 2099, 09:00.")).toBeVisible();
  await page.getByRole("button", { name: "Cancel schedule" }).click();
  await expect(page.getByText("Will be published")).toHaveCount(0);
});

test("options change and the variants keep their ids", async ({ page, admin }) => {
  const mark = `options-${Date.now()}`;
  const price = { minor: 500, currency: "EUR" };
  const options = [{ name: "Size", values: [{ name: "S" }, { name: "M" }] }];
  const id = await admin.createProduct({ handle: mark, title: "Shirt", status: "published", options, variants: [{ price, options: ["S"], sku: `${mark}-s` }, { price, options: ["M"] }] });
  const before = await admin.variant(mark, "S");
  await signIn(page, OWNER, `/admin/products/${id}`);
  await page.getByRole("button", { name: "Change options" }).click();
  const drawer = page.getByRole("dialog", { name: "Change options" });
  await drawer.getByLabel("Value 1 of option 1", { exact: true }).fill("Small");
  await drawer.getByRole("button", { name: "Add a value" }).click();
  await expect(drawer.getByLabel("Value 1 of option 1", { exact: true }), "what is typed stays").toHaveValue("Small");
  await drawer.getByLabel("Value 3 of option 1", { exact: true }).fill("L");
  await drawer.getByRole("button", { name: "Save options" }).click();
  await expect(page.getByText("The options are changed: 3 variants now.")).toBeVisible();
  expect((await admin.variant(mark, "Small")).id).toBe(before.id);
  expect((await admin.variant(mark, "L")).price.minor).toBe(500);
});
