import AxeBuilder from "@axe-core/playwright";

import { open, signIn } from "../support/desk.ts";
import { OWNER } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";

// Asked before anybody is signed in: who is there?
test.beforeEach(({ strict }) => strict.expectStatus(401, /^\/fn\/admin\/me$/));

test("attributes are made, put together, filled in, and a product says what it misses", async ({ page, admin, strict }) => {
  strict.expectStatus(409, /^\/fn\/admin\/attributes\/remove$/);
  strict.expectStatus(422, /^\/fn\/admin\/(attributes|products)\/put$/);
  const mark = `${Date.now()}`;
  const handle = `attributes-${mark}`;
  const id = await admin.createProduct({ handle, title: `Attributes ${mark}`, status: "published", variants: [{ sku: "A-1", price: { minor: 1000, currency: "EUR" } }] });
  await signIn(page, OWNER, "/admin/products/attributes");
  const dialog = page.getByRole("dialog");

  // A list to choose from, that products are not complete without.
  await page.getByRole("button", { name: "New attribute" }).click();
  await dialog.getByLabel("Name").fill(`Glaze ${mark}`);
  await dialog.getByLabel("Kind").selectOption("select");
  await dialog.getByRole("button", { name: "Save attribute" }).click();
  await expect(dialog.getByText("Please fill this in.").first()).toBeVisible();
  await dialog.getByLabel("Option 1", { exact: true }).fill("Celadon <b>");
  await dialog.getByLabel("Colour").fill("#88aa88");
  await dialog.getByRole("button", { name: "Add an option" }).click();
  await dialog.getByLabel("Option 2", { exact: true }).fill("Tenmoku");
  await dialog.getByLabel("A product is not complete without it").check();
  await dialog.getByRole("button", { name: "Save attribute" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("table", { name: "Attributes by name" })).toContainText(`glaze-${mark}`);

  await page.getByRole("button", { name: "New attribute" }).click();
  await dialog.getByLabel("Name").fill(`Width ${mark}`);
  await dialog.getByLabel("Kind").selectOption("number");
  await dialog.getByLabel("Unit").fill("cm");
  await dialog.getByRole("button", { name: "Save attribute" }).click();
  await expect(dialog).toBeHidden();

  await page.getByRole("button", { name: "New group" }).click();
  await dialog.getByLabel("Name").fill(`Looks ${mark}`);
  for (const name of [`Width ${mark}`, `Glaze ${mark}`]) {
    await dialog.getByLabel("Another attribute").selectOption(name);
    await dialog.getByRole("button", { name: "Add this attribute" }).click();
  }
  await dialog.getByRole("button", { name: `Put Glaze ${mark} further up` }).click();
  await dialog.getByRole("button", { name: "Save group" }).click();
  await expect(page.getByRole("table", { name: "Groups by name" })).toContainText(`Glaze ${mark}, Width ${mark}`);

  await page.getByRole("button", { name: "New template" }).click();
  await dialog.getByLabel("Name").fill(`Mugs ${mark}`);
  await dialog.getByLabel("Another group").selectOption(`Looks ${mark}`);
  await dialog.getByRole("button", { name: "Add this group" }).click();
  await dialog.getByRole("button", { name: "Save template" }).click();
  await expect(page.getByRole("table", { name: "Templates by name" })).toContainText(`Mugs ${mark}`);

  // Removed, and back.
  await page.getByRole("button", { name: "New attribute" }).click();
  await dialog.getByLabel("Name").fill(`Mistake ${mark}`);
  await dialog.getByRole("button", { name: "Save attribute" }).click();
  await page.getByRole("button", { name: `Change Mistake ${mark}` }).click();
  await dialog.getByRole("button", { name: "Remove" }).click();
  await expect(page.getByText(`Mistake ${mark} is removed.`)).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("button", { name: `Change Mistake ${mark}` })).toBeVisible();

  // The product takes the template.
  await open(page, `/admin/products/${id}`);
  const missing = page.getByRole("list", { name: "What is missing" });
  await expect(missing.getByRole("button", { name: "Description", exact: true })).toBeVisible();
  await page.getByLabel("Template").selectOption(`Mugs ${mark}`);
  const gap = missing.getByRole("button", { name: `Glaze ${mark}` });
  await gap.click();
  const glaze = page.getByLabel(`Glaze ${mark}`);
  await expect(glaze).toBeFocused();
  await glaze.selectOption("Celadon <b>");
  await expect(gap).toBeHidden();
  await page.getByLabel(`Width ${mark} (cm)`).fill("wide");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("A number such as 12 or 12.5.")).toBeVisible();
  await page.getByLabel(`Width ${mark} (cm)`).fill("8,5");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Not saved yet")).toBeHidden();
  await page.reload();
  await expect(page.getByLabel(`Width ${mark} (cm)`)).toHaveValue("8.5");

  // Shoppers read it, and markup in it is text.
  await page.goto(`/products/${handle}`);
  const details = page.locator("dl.details");
  await expect(details.locator("dt")).toHaveText([`Glaze ${mark}`, `Width ${mark}`]);
  await expect(details.locator("dd")).toHaveText(["Celadon <b>", "8.5 cm"]);

  // In use: refused, and it says by how many.
  await open(page, "/admin/products/attributes");
  await page.getByRole("button", { name: `Change Glaze ${mark}` }).click();
  await dialog.getByRole("button", { name: "Remove" }).click();
  await expect(page.getByText("It is used by 1 product.")).toBeVisible();

  await open(page, `/admin/products?q=${handle}`);
  await page.getByRole("link", { name: "Incomplete" }).click();
  await expect(page.getByRole("table", { name: "Products by title" })).toContainText(`Attributes ${mark}`);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`the attributes' screen is accessible in the ${colorScheme} theme`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await signIn(page, OWNER, "/admin/products/attributes");
    const wrong = async (what: string) => {
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map((one) => `${what}: ${one.id} ${one.nodes.map((node) => node.html).join(" ").slice(0, 300)}`)).toEqual([]);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(wider, what).toBeLessThanOrEqual(0);
    };
    for (const width of [390, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      await open(page, "/admin/products/attributes");
      await wrong(`lists at ${width}`);
      await page.getByRole("button", { name: "New attribute" }).click();
      await page.getByRole("dialog").getByLabel("Kind").selectOption("multi_select");
      await wrong(`an attribute at ${width}`);
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "New group" }).click();
      await wrong(`a group at ${width}`);
      await page.keyboard.press("Escape");
    }
  });
}
