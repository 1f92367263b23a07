import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";

import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import { open, signIn } from "../support/desk.ts";
import { OWNER, SOURCES } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";

// Asked before anybody is signed in: who is there?
test.beforeEach(({ strict }) => strict.expectStatus(401, /^\/fn\/admin\/me$/));

async function accessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target).join(" ")}`)).toEqual([]);
}

/** Somebody else's system: it answers what `text` says, to whoever knows the token. */
async function outside(text: () => string): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    const known = request.headers.authorization === "Bearer till-secret";
    response.writeHead(known ? 200 : 401, { "content-type": "text/csv" }).end(known ? text() : "");
  });
  for (const port of SOURCES) {
    const listening = new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false)).listen(port, "127.0.0.1", () => resolve(true));
    });
    if (await listening) return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/stock.csv` };
  }
  throw new Error("none of the ports is free");
}

test("stock is fetched from another system, tried first, and failures are told", async ({ page, admin, strict }) => {
  test.slow();
  strict.expectStatus(422, /^\/fn\/admin\/inventory\/sources\/put/);
  const [stamp, name] = [Date.now(), `Till ${Date.now()}`];
  const handle = `pulled-${stamp}`;
  await admin.createProduct({ handle, title: `Pulled ${stamp}`, status: "published", variants: [{ sku: `PULL-${stamp}`, price: { minor: 900, currency: "EUR" } }] });
  const variant = await admin.variant(handle);
  let text = `Artikel;Menge\nPULL-${stamp};7\nNOBODY-${stamp};1\nPULL-${stamp}X;many\n`;
  const { server, url } = await outside(() => text);
  try {
    await signIn(page, OWNER, "/admin/inventory");
    await page.getByRole("link", { name: "Stock sources" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Stock sources");
    await page.getByRole("link", { name: "New source" }).click();
    await page.getByLabel("Name", { exact: true }).fill(name);
    await page.getByLabel("Address").fill("http://169.254.169.254/latest/meta-data");
    await page.getByLabel("Column of the SKU or barcode").fill("Artikel");
    await page.getByLabel("Column of the quantity").fill("Menge");
    await page.locator("#source-secret").fill("wrong");
    await page.getByRole("button", { name: "Save source" }).click();
    await expect(page.getByText("169.254.169.254 is not a public address").first()).toBeVisible();
    await page.getByLabel("Address").fill(url);
    await page.getByRole("button", { name: "Save source" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
    await accessible(page);

    // A wrong secret: it is told here, on the first screen and above the stock.
    await page.getByRole("button", { name: "Fetch now" }).click();
    await expect(page.getByText("answered 401").first()).toBeVisible();
    for (const screen of ["/admin", "/admin/inventory"]) {
      await open(page, screen);
      await expect(page.getByText(`${name}: answered 401`)).toBeVisible();
    }
    await page.getByRole("link", { name }).click();
    await page.locator("#source-secret").fill("till-secret");
    await page.getByRole("button", { name: "Save source" }).click();
    await expect(page.getByText("The source is saved.")).toBeVisible();

    await page.getByRole("button", { name: "Try it" }).click();
    const told = "3 rows: 1 applied, 0 as they were, 1 with an unknown code or location, 1 not readable.";
    await expect(page.getByText(`Only tried, nothing is changed. ${told}`)).toBeVisible();
    expect((await admin.stock(variant.id)).on_hand).toBe(0);
    await page.getByRole("button", { name: "Fetch now" }).click();
    await expect(page.getByText(told, { exact: true })).toBeVisible();
    await expect.poll(async () => (await admin.stock(variant.id)).on_hand).toBe(7);

    await page.getByRole("button", { name: /^Rows that were left/ }).first().click();
    const left = page.getByRole("dialog", { name: "Rows that were left" });
    await expect(left).toContainText("No product has this SKU or barcode");
    await expect(left).toContainText("The quantity is no whole number");
    await accessible(page);
    await page.keyboard.press("Escape");

    text = `Artikel;Menge\nPULL-${stamp};5\n`;
    await page.getByRole("button", { name: "Fetch now" }).click();
    await expect.poll(async () => (await admin.stock(variant.id)).on_hand).toBe(5);
    await expect(page.getByText("1 row: 1 applied, 0 as they were.", { exact: true })).toBeVisible();
    await page.getByRole("button", { name: "Fetch now" }).click();
    await expect(page.getByText("Nothing new").first()).toBeVisible();
    await page.getByRole("button", { name: "Remove", exact: true }).click();
    await page.getByRole("button", { name: "Remove it" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Stock sources");
    await expect(page.getByRole("link", { name })).toBeHidden();
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

test("stock of a file is tried and taken over", async ({ page, admin }) => {
  const stamp = Date.now();
  const handle = `handed-${stamp}`;
  await admin.createProduct({ handle, title: `Handed ${stamp}`, status: "published", variants: [{ sku: `HAND-${stamp}`, price: { minor: 900, currency: "EUR" } }] });
  const variant = await admin.variant(handle);
  await signIn(page, OWNER, "/admin/inventory/sources");
  await page.getByRole("link", { name: "Stock from a file" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Stock from a file");
  const buffer = Buffer.from(`Name;SKU;Stock\nOne;HAND-${stamp};12\nTwo;HAND-${stamp}-B;3\n`);
  await page.locator("input[type=file]").setInputFiles({ name: "shelf.csv", mimeType: "text/csv", buffer });
  await expect(page.getByLabel("Quantity", { exact: true })).toHaveValue("Stock");
  await page.getByRole("button", { name: "Try it" }).click();
  await expect(page.getByText("Nothing is changed yet. It would be 2 rows: 1 applied")).toBeVisible();
  await accessible(page);
  expect((await admin.stock(variant.id)).on_hand).toBe(0);
  await page.getByRole("button", { name: "Take them over" }).click();
  await expect(page.getByText("The figures are taken over.")).toBeVisible();
  await expect(page.getByRole("table", { name: "Rows that were left" })).toContainText("No product has this SKU or barcode");
  expect((await admin.stock(variant.id)).on_hand).toBe(12);
});
