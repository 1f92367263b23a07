import { signIn } from "../support/desk.ts";
import { OWNER } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";

// Asked before anybody is signed in: who is there?
test.beforeEach(({ strict }) => strict.expectStatus(401, /^\/fn\/admin\/me$/));

test("many products are put on sale, every value seen before, and taken back", async ({ page, admin }) => {
  const vendor = `Vendor ${Date.now()}`;
  const handles = [1, 2, 3].map((number) => `${vendor.toLowerCase().replace(" ", "-")}-${number}`);
  for (const [index, handle] of handles.entries()) {
    await admin.createProduct({ handle, title: `Bulk ${handle}`, vendor, status: "published", variants: [{ price: { minor: 1000 * (index + 1), currency: "EUR" } }] });
  }
  await signIn(page, OWNER, "/admin/products");
  await page.getByRole("link", { name: "Edit many" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Edit many products");
  await page.getByLabel("Vendor").fill(vendor);
  await page.getByLabel("Do this").selectOption("sale");
  await page.getByLabel("Percent off").fill("ten");
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByText("A percentage such as 10 or -7.5.")).toBeVisible();
  await page.getByLabel("Percent off").fill("10");
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByText("6 values of 3 products would change; 3 are selected.")).toBeVisible();
  await expect(page.getByRole("table", { name: "Values that would change" })).toContainText("€9.00");
  expect((await admin.variant(handles[0] ?? "?")).price.minor, "looking changes nothing").toBe(1000);

  await page.getByRole("button", { name: "Change 3 products" }).click();
  await expect(page.getByText("3 products changed. It can be taken back below.")).toBeVisible();
  expect((await admin.variant(handles[1] ?? "?")).price.minor).toBe(1800);
  const run = page.getByRole("table", { name: "Edits, newest first" }).getByRole("row").nth(1);
  await run.getByRole("button", { name: "Undo" }).click();
  await expect(run.getByRole("button", { name: "Undo" })).toHaveCount(0);
  expect((await admin.variant(handles[1] ?? "?")).price.minor).toBe(2000);
});

test("a sale is planned, begins by itself, and a plan is cancelled", async ({ page, admin, strict }) => {
  strict.expectStatus(422, /^\/fn\/admin\/products\/bulk\/plan$/);
  const vendor = `Vendor ${Date.now()}`;
  const handle = vendor.toLowerCase().replace(" ", "-");
  await admin.createProduct({ handle, title: `Planned ${handle}`, vendor, status: "published", variants: [{ price: { minor: 2000, currency: "EUR" } }] });
  await signIn(page, OWNER, "/admin/products/bulk");
  await page.getByLabel("Vendor").fill(vendor);
  await page.getByLabel("Do this").selectOption("sale");
  await page.getByLabel("Percent off").fill("25");
  await page.getByRole("button", { name: "Preview" }).click();
  await page.locator("summary", { hasText: "Do it later" }).click();
  await page.getByLabel("Do it at").fill("2001-01-01T09:00");
  await page.getByRole("button", { name: "Plan the change" }).click();
  await expect(page.getByText("A moment that is still to come.")).toBeVisible();
  await page.getByLabel("Do it at").fill("2099-01-01T09:00");
  await page.getByLabel("Take it back at").fill("2099-01-04T09:00");
  await page.getByRole("button", { name: "Plan the change" }).click();
  const plans = page.getByRole("table", { name: "Planned edits, newest first" });
  const plan = plans.getByRole("row").nth(1);
  await expect(plan).toContainText("Planned");
  await plan.getByRole("button", { name: "Cancel" }).click();
  await expect(plan).toContainText("Cancelled");

  await admin.planBulk({ selection: { vendor }, actions: [{ kind: "change_price", basis_points: -2500 }], run_at: new Date(Date.now() + 1500).toISOString() });
  await expect.poll(async () => (await admin.variant(handle)).price.minor, { timeout: 30_000 }).toBe(1500);
  await page.reload();
  await expect(plan).toContainText("Done");
});
