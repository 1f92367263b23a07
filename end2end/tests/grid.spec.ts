import AxeBuilder from "@axe-core/playwright";

import { signIn } from "../support/desk.ts";
import { OWNER } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";

// Asked before anybody is signed in: who is there?
test.beforeEach(({ strict }) => strict.expectStatus(401, /^\/fn\/admin\/me$/));

test("two thousand variants are edited from the keyboard, though a part of them is drawn", async ({ page, admin }) => {
  test.slow();
  const handle = `grid-${Date.now()}`;
  const long = (at: number, of: number) => `A-RATHER-LONG-CODE-${handle}-${at}-${of}`.slice(0, 36);
  const numbers = (count: number) => Array.from({ length: count }, (_, at) => at + 1);
  const id = await admin.createProduct({
    handle,
    title: `Grid ${handle}`,
    status: "published",
    options: [
      { name: "Size", values: numbers(40).map((at) => ({ name: `Size ${at}` })) },
      { name: "Colour", values: numbers(50).map((of) => ({ name: `Colour ${of}` })) },
    ],
    variants: numbers(40).flatMap((at) =>
      numbers(50).map((of) => ({ options: [`Size ${at}`, `Colour ${of}`], sku: long(at, of), price: { minor: 1_000, currency: "EUR" } })),
    ),
  });
  await signIn(page, OWNER, `/admin/products/${id}`);
  await expect(page.getByText("Variants (2000)")).toBeVisible();
  expect(await page.locator(".cells__input").count()).toBeLessThan(600);
  const cell = (at: number, of: number, label: string) => page.getByLabel(`Size ${at} / Colour ${of}: ${label}`, { exact: true });
  const sku = cell(1, 1, "SKU");
  expect(await sku.evaluate((input: HTMLInputElement) => input.scrollWidth <= input.clientWidth), "a long code is seen whole").toBe(true);

  // Down, further than what was drawn, with a change on the way.
  await cell(1, 1, "Price").focus();
  for (let row = 0; row < 75; row += 1) await page.keyboard.press("ArrowDown");
  await expect(cell(2, 26, "Price")).toBeFocused();
  await page.keyboard.type("12.34");
  await page.keyboard.press("Enter");
  await expect(cell(2, 27, "Price")).toBeFocused();
  await expect(page.getByText("Not saved yet")).toBeVisible();

  // To the end by its scrollbar: the next key leads back.
  await page.locator(".scroll--tall").evaluate((element) => element.scrollTo(0, element.scrollHeight));
  await expect(cell(40, 50, "SKU")).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await expect(cell(2, 27, "Price")).toBeFocused();
  await page.locator(".scroll--tall").evaluate((element) => element.scrollTo(0, element.scrollHeight));
  await cell(40, 50, "Price").fill("much");
  const { violations } = await new AxeBuilder({ page }).include(".scroll--tall").analyze();
  expect(violations.map((one) => one.id)).toEqual([]);

  // A fault is shown where it is.
  await page.locator(".scroll--tall").evaluate((element) => element.scrollTo(0, 0));
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(cell(40, 50, "Price")).toBeFocused();
  await expect(page.getByText("An amount such as 12.50.").first()).toBeVisible();
  await cell(40, 50, "Price").fill("9.99");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  await expect.poll(async () => (await admin.variant(handle, "Size 2", "Colour 26")).price.minor).toBe(1234);
  expect((await admin.variant(handle, "Size 40", "Colour 50")).price.minor).toBe(999);
});
