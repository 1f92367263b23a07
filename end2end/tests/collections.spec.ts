import AxeBuilder from "@axe-core/playwright";

import { signIn } from "../support/desk.ts";
import { OWNER } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";

// Asked before anybody is signed in: who is there?
test.beforeEach(({ strict }) => strict.expectStatus(401, /^\/fn\/admin\/me$/));

test("a collection is made by rules, changed to products in an order, and removed", async ({ page, admin, strict, visitor }) => {
  test.slow();
  strict.expectStatus(422, /^\/fn\/admin\/collections\/write/);
  strict.expectStatus(422, /^\/fn\/admin\/collections\/picture/);
  strict.expectStatus(404, /^\/collections\//);
  strict.expectMessage(/404/);
  const mark = `gift-${Date.now()}`;
  for (const [name, minor] of [["small", 500], ["large", 5000]] as const) {
    const price = { minor, currency: "EUR" };
    await admin.createProduct({ handle: `${mark}-${name}`, title: `${mark} ${name}`, status: "published", tags: [mark], variants: [{ price }] });
  }
  await signIn(page, OWNER, "/admin/products");
  await page.getByRole("link", { name: "Collections", exact: true }).click();
  await page.getByRole("link", { name: "New collection" }).click();
  await page.getByLabel("Title", { exact: true }).fill(`Gifts ${mark}`);
  await page.getByLabel("Holds").selectOption("all");
  await page.getByLabel("Rule 1", { exact: true }).selectOption("tag");
  await page.getByRole("button", { name: "Save collection" }).click();
  await expect(page.getByText("Please fill this in.")).toBeVisible();
  await page.getByLabel("Value of rule 1").fill(mark);
  await page.getByRole("button", { name: "Add a rule" }).click();
  await page.getByLabel("Rule 2", { exact: true }).selectOption("price_at_most");
  await page.getByLabel("Amount of rule 2").fill("10");
  await page.getByRole("button", { name: "Save collection" }).click();
  await expect(page.getByRole("link", { name: "1 product in the shop" })).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((one) => `${one.id}: ${one.nodes[0]?.html}`)).toEqual([]);
  const url = page.url();

  // By hand, in an order of one's own.
  await page.getByLabel("Holds").selectOption("manual");
  for (const name of ["small", "large"]) {
    await page.getByLabel("Find a product to add").fill(`${mark} ${name}`);
    await page.getByRole("button", { name: `Add ${mark} ${name}` }).click();
  }
  await page.getByRole("button", { name: `Move ${mark} large up` }).click();
  await page.getByRole("button", { name: "Save collection" }).click();
  await expect(page.getByRole("link", { name: "2 products in the shop" })).toBeVisible();
  await visitor.open(`/collections/gifts-${mark}`);
  await expect(page.locator("main").getByRole("link", { name: new RegExp(`${mark} (small|large)`) }).first()).toContainText("large");

  // By their titles also when they come from the server; what is typed stays when a picture comes.
  await page.goto(url);
  await expect(page.getByRole("list", { name: "Chosen products" }).getByRole("listitem").first()).toContainText(`${mark} large`);
  await page.getByLabel("Page title").fill("Typed");
  const picture = { name: "gifts.png", mimeType: "image/png", buffer: await page.screenshot({ clip: { x: 0, y: 0, width: 320, height: 240 } }) };
  const file = page.locator("form input[type=file]");
  await file.setInputFiles(picture);
  await expect(page.getByText("The picture is saved.")).toBeVisible();
  await expect(page.getByLabel("Page title")).toHaveValue("Typed");
  await page.getByLabel("What it shows").fill("A heap of gifts");
  await page.getByRole("button", { name: "Save collection" }).click();
  await expect(page.getByText("The collection is saved.")).toBeVisible();
  await file.setInputFiles({ name: "no-picture.png", mimeType: "image/png", buffer: Buffer.from("hello") });
  await expect(page.getByText(/^no-picture\.png: /)).toBeVisible();
  const shown = await page.request.get(`/api/store/v1/collections/gifts-${mark}`);
  expect((await shown.json()).media.alt).toBe("A heap of gifts");
  await page.getByRole("button", { name: "Take it away" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Take it away" }).click();
  await expect(page.getByText("The picture is gone.")).toBeVisible();

  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByRole("button", { name: "Remove it" }).click();
  await expect(page.getByText("The collection is removed.")).toBeVisible();
  await expect(page.getByRole("link", { name: `Gifts ${mark}` })).toHaveCount(0);
  expect((await page.request.get(`/collections/gifts-${mark}`)).status()).toBe(404);
});
