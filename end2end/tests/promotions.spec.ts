import AxeBuilder from "@axe-core/playwright";

import { signIn } from "../support/desk.ts";
import { OWNER } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";

// Asked before anybody is signed in: who is there?
test.beforeEach(({ strict }) => strict.expectStatus(401, /^\/fn\/admin\/me$/));

test("a promotion begins with a template, starts, and a shopper reads what would unlock it", async ({ page, admin, strict, visitor }) => {
  test.slow();
  strict.expectStatus(422, /^\/fn\/admin\/promotions\/write/);
  const mark = `PROMO${Date.now()}`;
  const price = { minor: 2080, currency: "EUR" };
  await admin.createProduct({ handle: mark.toLowerCase(), title: `Mug ${mark}`, status: "published", tags: [mark], variants: [{ price }] });
  await signIn(page, OWNER, "/admin");
  await page.getByRole("link", { name: "Promotions", exact: true }).click();
  await page.getByRole("link", { name: "New promotion" }).first().click();
  await page.getByRole("button", { name: "10 % off with a code" }).click();
  await expect(page.getByText("10 % off everything, with the code SAVE10.")).toBeVisible();
  await page.getByLabel("Name", { exact: true }).fill(`Tenth ${mark}`);
  await page.getByLabel("Code", { exact: true }).fill(mark);
  await page.getByLabel("For carts from").fill("nonsense");
  await page.getByRole("button", { name: "Save promotion" }).click();
  await expect(page.getByText("An amount such as 12.50.").first()).toBeVisible();
  await page.getByLabel("For carts from").fill("25");
  // A group of conditions: the cart has something with the tag, or the shopper is signed in.
  await page.getByRole("button", { name: "Add a condition", exact: true }).click();
  await page.getByLabel("Group 1 joins by").selectOption("any");
  await page.getByRole("button", { name: "Add a condition to this group" }).click();
  await page.getByLabel("Condition 1.2", { exact: true }).selectOption("quantity");
  await page.getByLabel("Pieces of 1.2").fill("1");
  await expect(page.getByText(`with the code ${mark}`)).toBeVisible();
  await page.getByRole("button", { name: "Save promotion" }).click();
  await expect(page.getByText("The promotion is saved.")).toBeVisible();
  await expect(page.locator(".head").getByText("Draft")).toBeVisible();
  await page.getByRole("button", { name: "Try it on past orders" }).click();
  await expect(page.getByText("Orders looked at")).toBeVisible();
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await expect(page.locator(".head").getByText("Active")).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((one) => `${one.id}: ${one.nodes[0]?.html}`)).toEqual([]);

  await visitor.open(`/products/${mark.toLowerCase()}`);
  await page.goto(`/products/${mark.toLowerCase()}`);
  await page.getByRole("button", { name: /Add to (cart|bag)/ }).click();
  await page.goto("/checkout");
  await page.getByLabel("Discount code").first().fill(mark);
  await page.getByRole("button", { name: "Apply" }).first().click();
  await expect(page.getByText("Add €4.20 more to your cart to use it.").first()).toBeVisible();
});

test("codes are made for a mailing and one is revoked", async ({ page, strict }) => {
  test.slow();
  void strict;
  const mark = `Mailing ${Date.now()}`;
  await signIn(page, OWNER, "/admin/promotions/new");
  await page.getByRole("button", { name: "Codes for a mailing, each used once" }).click();
  await page.getByLabel("Name", { exact: true }).fill(mark);
  await page.getByRole("button", { name: "Save promotion" }).click();
  await expect(page.getByText("The promotion is saved.")).toBeVisible();
  await page.getByLabel("How many").fill("3");
  await page.getByLabel("Begin with").fill("hello");
  await page.getByRole("button", { name: "Make codes" }).click();
  await expect(page.getByText("3 codes are made.")).toBeVisible();
  await expect(page.getByRole("row")).toHaveCount(4);
  await page.getByRole("button", { name: /^Revoke HELLO-/ }).first().click();
  await page.getByRole("button", { name: "Revoke it" }).click();
  await expect(page.getByText("The code is revoked.")).toBeVisible();
  await expect(page.getByText("Revoked", { exact: true })).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((one) => `${one.id}: ${one.nodes[0]?.html}`)).toEqual([]);
});
