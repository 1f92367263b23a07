import { execFileSync } from "node:child_process";
import { join } from "node:path";

import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import { eur } from "../support/admin.ts";
import { open, signIn } from "../support/desk.ts";
import { OWNER } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";

test.beforeEach(({ strict }) => strict.expectStatus(401, /^\/fn\/admin\/me$/));

const APPLY = "import sqlite3, sys; db = sqlite3.connect(sys.argv[1], timeout=20); db.executescript(sys.argv[2]); db.close()";

/** Changes the test gateway's own books, which are no server of its own, behind the shop's back. */
function atTheGateway(sql: string): void {
  const data = process.env.E2E_DATA;
  if (!data) throw new Error("only with a shop that the tests started");
  execFileSync(process.env.SOUK_TEST_PYTHON ?? "python3", ["-c", APPLY, join(data, "db", "payments.sqlite"), sql]);
}

async function accessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((one) => one.id)).toEqual([]);
}

test("money that went back at the gateway is found, and written down with its order", async ({ page, admin, email, strict }) => {
  strict.expectStatus(422, /^\/fn\/admin\/payments\/breaks\/set-aside$/);
  const handle = `reconciled-${email.replace(/[^a-z0-9]/g, "-")}`;
  await admin.createProduct({ handle, title: "The Reconciled One", status: "published", variants: [{ price: eur(4000) }] });
  const { id } = await admin.variant(handle);
  await admin.setStock(id, 5);
  const order = await admin.buy(email, id);
  const charge = await admin.charge(order.id);
  const before = new Date(Date.now() - 2 * 3600_000).toISOString().replace("Z", "000Z");
  atTheGateway(`
    update payment set created_at = '${before}', updated_at = '${before}' where gateway_ref = '${charge}';
    update test_charge set at = '${before}' where reference = '${charge}';
    insert into test_refund (reference, charge, amount_minor, at) values ('by-hand-${charge}', '${charge}', 1250, '${before}');
  `);

  await signIn(page, OWNER, "/admin/settings");
  await page.getByRole("link", { name: "Reconciliation", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Reconciliation");
  await page.getByRole("button", { name: "Compare now" }).click();
  const row = page.getByRole("row").filter({ hasText: charge });
  await expect(row).toContainText("€12.50 back");
  await accessible(page);
  await row.getByRole("button", { name: /^Refunded at the gateway/ }).click();
  const drawer = page.getByRole("dialog", { name: "Refunded at the gateway" });
  await expect(drawer).toContainText("nobody granted it here");
  await accessible(page);
  await drawer.getByRole("button", { name: "Set aside" }).click();
  await expect(drawer.getByLabel("Why it may stay")).toHaveAccessibleDescription(/./);
  await drawer.getByRole("button", { name: "Write it down here" }).click();
  await expect(page.getByText("It is mended: both sides agree.")).toBeVisible();
  await expect(row).toBeHidden();
  await page.getByRole("link", { name: "Mended here" }).click();
  await expect(row).toBeVisible();

  // The order follows, with its paper.
  await expect.poll(async () => (await admin.ordersOf(email))[0].payment_status).toBe("partially_refunded");
  await open(page, `/admin/orders/${order.id}`);
  await expect(page.locator("main")).toContainText("Sent back at the gateway.");
  await expect(page.locator("main")).toContainText("€12.50");
});

test("a notice that nobody signed is kept and not acted on", async ({ page, request }) => {
  const forged = await request.post("/webhooks/payments/test", { data: '{"told": "all is paid"}' });
  expect(forged.status()).toBe(403);
  await signIn(page, OWNER, "/admin/settings");
  await page.getByRole("link", { name: "Notices of gateways" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Notices of gateways");
  await page.getByRole("link", { name: "Refused" }).click();
  const notice = page.getByRole("button", { name: /^Not read/ }).first();
  await notice.click();
  const drawer = page.getByRole("dialog", { name: "Not read" });
  await expect(drawer).toContainText("all is paid");
  await expect(drawer.getByRole("button", { name: "Act on it again" })).toBeHidden();
  await accessible(page);
});
