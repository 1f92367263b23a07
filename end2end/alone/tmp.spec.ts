import { eur } from "../support/admin.ts";
import { open, signIn } from "../support/desk.ts";
import { OWNER } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";
test.beforeEach(({ strict }) => strict.expectStatus(401, /^\/fn\/admin\/me$/));
test("shots", async ({ page, admin, email }) => {
  test.setTimeout(180000);
  const handle = `shot-${Date.now()}`;
  await admin.createProduct({ handle, title: "Paper lantern", status: "published", variants: [{ price: eur(4000) }] });
  const variant = await admin.variant(handle);
  await admin.setStock(variant.id, 5);
  await signIn(page, OWNER, "/admin/settings/payments");
  await page.getByRole("button", { name: "Change Card (test mode)" }).click();
  const form = page.getByRole("dialog", { name: "Way to pay" });
  await form.getByLabel("Money is taken").selectOption("With each parcel");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form).toBeHidden();
  const order = await admin.buy(email, variant.id, 2);
  await open(page, `/admin/orders/${order.id}`);
  await page.getByLabel(/Paper lantern/).fill("1");
  await page.getByRole("button", { name: "Ship", exact: true }).click();
  await expect(page.getByText("was taken with it")).toBeVisible();
  for (const width of [1440, 390]) for (const scheme of ["light", "dark"] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme: scheme });
    await open(page, "/admin/settings/payments");
    await page.screenshot({ path: `/tmp/shot-settings-${width}-${scheme}.png`, fullPage: true });
    await page.getByRole("button", { name: "Change Card (test mode)" }).click();
    await page.waitForTimeout(300);
    await page.screenshot({ path: `/tmp/shot-dialog-${width}-${scheme}.png` });
    await open(page, `/admin/orders/${order.id}`);
    await page.waitForTimeout(500);
    await page.screenshot({ path: `/tmp/shot-order-${width}-${scheme}.png`, fullPage: true });
  }
});
