import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "../support/test.ts";
import { ready, signIn } from "../support/desk.ts";

const folder = process.env.E2E_SCREENSHOTS ?? "screenshots";
const WIDTHS = [390, 1440];

/** Every screen of the merchant's at two widths, light and dark: `admin-<screen>-<width>-<scheme>.png`. */
test("the merchant's screens", async ({ page, admin, strict }) => {
  test.setTimeout(300_000);
  strict.expectStatus(401, /^\/fn\/admin\/me$/);
  mkdirSync(folder, { recursive: true });
  const variant = await admin.variant("honest-bucket", "Sea", "8 L");
  const orders = [];
  for (const name of ["ada", "grace", "edsger"]) orders.push(await admin.buy(`${name}@example.com`, variant.id, 2));
  const shoot = async (name: string) => {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: width < 800 ? 844 : 900 });
        await page.evaluate(() => document.fonts.ready);
        await page.screenshot({ path: join(folder, `admin-${name}-${width}-${colorScheme}.png`), fullPage: true });
      }
    }
  };
  await page.goto("/admin");
  await ready(page);
  await shoot("sign-in");
  await signIn(page);
  for (const [name, path] of [
    ["home", ""],
    ["orders", "/orders"],
    ["order", `/orders/${orders[0].id}`],
    ["products", "/products"],
    ["product-new", "/products/new"],
    ["products-bulk", "/products/bulk"],
    ["products-attributes", "/products/attributes"],
    ["products-import", "/products/import"],
    ["product", `/products/${variant.product}`],
    ["inventory", "/inventory"],
    ["stock", `/inventory/${variant.product}`],
    ["stock-sources", "/inventory/sources"],
    ["stock-source-new", "/inventory/sources/new"],
    ["customers", "/customers"],
    ["segment-new", "/customers/segments/new"],
    ["analytics", "/analytics"],
    ["activity", "/activity"],
    ["drafts", "/orders/drafts"],
    ["returns", "/orders/returns"],
    ["settings", "/settings"],
    ["settings-delivery", "/settings/delivery"],
    ["settings-shop", "/settings/shop"],
    ["settings-taxes", "/settings/taxes"],
    ["settings-payments", "/settings/payments"],
    ["settings-reconciliation", "/settings/reconciliation"],
    ["settings-payment-notices", "/settings/payment-notices"],
    ["collections", "/products/collections"],
    ["promotions", "/promotions"],
    ["promotion-new", "/promotions/new"],
    ["settings-mails", "/settings/mails"],
    ["settings-mail-text", "/settings/mail-texts/order_confirmation"],
    ["settings-configuration", "/settings/configuration"],
    ["staff", "/staff"],
    ["roles", "/staff/roles"],
    ["account", "/account"],
  ]) {
    await page.goto(`/admin${path}`);
    await ready(page);
    await expect(page.locator(".skeleton")).toHaveCount(0);
    await shoot(name);
  }
});
