import AxeBuilder from "@axe-core/playwright";

import { open, signIn } from "../support/desk.ts";
import { OWNER } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";

// Asked before anybody is signed in: who is there?
test.beforeEach(({ strict }) => strict.expectStatus(401, /^\/fn\/admin\/me$/));

test("a guest who ordered is a customer: found, noted, tagged, and asked about mail", async ({ page, admin, email, strict }) => {
  strict.expectStatus(422, /^\/fn\/admin\/customers\/consent/);
  const variant = await admin.variant("honest-bucket", "Sea", "8 L");
  const order = await admin.buy(email, variant.id);
  await signIn(page, OWNER, `/admin/orders/${order.id}`);
  // The customer follows from an event, a moment later.
  await expect(async () => {
    await page.reload();
    await expect(page.getByRole("link", { name: "All about this customer" })).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await page.getByRole("link", { name: "All about this customer" }).click();
  await expect(page.getByRole("list", { name: "Mail addresses" })).toContainText(email);
  const timeline = page.getByRole("list", { name: "Timeline" });
  await expect(timeline).toContainText(`#${order.number}`);

  await page.getByLabel("Note for colleagues").fill("Rang about the handle");
  await page.getByRole("button", { name: "Add note" }).click();
  await expect(timeline).toContainText("Rang about the handle");
  const tag = `t${Date.now()}`;
  await page.getByLabel("Tags, with commas between them").fill(`vip, ${tag}`);
  await page.getByRole("button", { name: "Save tags" }).click();
  await expect(page.getByRole("list", { name: "Tags" }).getByRole("listitem")).toHaveCount(2);
  await page.getByRole("button", { name: "Record a choice" }).click();
  const consent = page.getByRole("dialog", { name: "Marketing mail" });
  await consent.getByRole("button", { name: "Record" }).click();
  await expect(consent.getByText("Please fill this in.")).toBeVisible();
  await consent.getByLabel("How they said so").fill("on the phone");
  await consent.getByRole("button", { name: "Record" }).click();
  await expect(consent).toBeHidden();
  await expect(timeline).toContainText("Yes to marketing mail");
  await page.getByRole("button", { name: "Edit name and phone" }).click();
  const edit = page.getByRole("dialog", { name: "Name and phone" });
  await edit.getByLabel("Name").fill(`Zora ${tag}`);
  await edit.getByRole("button", { name: "Save customer" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Zora ${tag}`);

  await page.getByRole("list", { name: "Tags" }).getByRole("link", { name: tag }).click();
  const rows = page.getByRole("table", { name: "Customers" }).getByRole("row");
  await expect(rows).toHaveCount(2);
  await expect(rows.nth(1)).toContainText(email);
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Search anything" }).fill(`zora ${tag}`);
  await expect(page.getByRole("listbox", { name: "Found" }).getByRole("option").first()).toContainText("Customer");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Zora ${tag}`);
});

test("two customers with one phone number become one, and two again", async ({ page }) => {
  const stamp = String(Date.now());
  await signIn(page, OWNER, "/admin/customers");
  const people = ["home", "work"].map((place) => ({ email: `${place}-${stamp}@example.com`, name: `Gus ${stamp} ${place}` }));
  for (const { email, name } of people) {
    await open(page, "/admin/customers");
    await page.getByRole("button", { name: "New customer" }).click();
    const dialog = page.getByRole("dialog", { name: "New customer" });
    await dialog.getByLabel("Mail address").fill(email);
    await dialog.getByLabel("Name").fill(name);
    await dialog.getByLabel("Phone").fill(`+49 ${stamp.slice(-9)}`);
    await dialog.getByRole("button", { name: "Save customer" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
  }
  await open(page, "/admin/customers/duplicates");
  const pair = page.getByRole("row").filter({ hasText: people[0]?.email ?? "?" });
  await expect(pair).toContainText("Phone");
  await pair.getByRole("link", { name: "Compare" }).click();
  await page.getByRole("radio", { name: /^Name of the other/ }).check();
  await page.getByRole("button", { name: "Merge them" }).click();
  await expect(page.getByRole("list", { name: "Mail addresses" }).getByRole("listitem")).toHaveCount(2);
  await expect(page.getByRole("list", { name: "Timeline" })).toContainText("merged with this customer");
  await page.getByRole("button", { name: "Take back" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Take it back" }).click();
  await expect(page.getByRole("list", { name: "Mail addresses" }).getByRole("listitem")).toHaveCount(1);
});

test("a segment is typed or put together, counted while it is, and saved", async ({ page, strict }) => {
  strict.expectStatus(422, /^\/fn\/admin\/segments\/count/);
  await signIn(page, OWNER, "/admin/customers/segments/new");
  const count = page.locator(".rule__count");
  await expect(count).toContainText(/fits?\./);
  await page.getByLabel("Rule").fill("orders >= two");
  await expect(count).toContainText("Character 11, at `two`");
  await page.getByLabel("Rule").fill("orders >= 0");
  await expect(count).toContainText(/people fit\./);
  await page.getByRole("combobox", { name: "Field" }).selectOption("tag");
  await page.getByLabel("Value").fill("nobody-has-this");
  await page.getByRole("button", { name: "Add to the rule" }).click();
  await expect(page.getByLabel("Rule")).toHaveValue('orders >= 0 and tag = "nobody-has-this"');
  await expect(count).toHaveText("0 people fit.");
  await expect(page.getByText("No customer fits this rule at the moment.")).toBeVisible();
  const name = `Segment ${Date.now()}`;
  await page.getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Save segment" }).click();
  await expect(page.getByRole("link", { name })).toBeVisible();
  await page.getByRole("link", { name }).click();
  await page.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await expect(page.getByRole("link", { name })).toBeHidden();
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`the customers' screens are accessible in the ${colorScheme} theme`, async ({ page, admin, email }) => {
    test.slow();
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const variant = await admin.variant("honest-bucket", "Sea", "8 L");
    await admin.buy(email, variant.id);
    await signIn(page, OWNER, `/admin/customers?q=${encodeURIComponent(email)}`);
    await expect(async () => {
      await page.reload();
      await expect(page.getByRole("table", { name: "Customers" })).toBeVisible({ timeout: 2_000 });
    }).toPass();
    const link = await page.getByRole("table", { name: "Customers" }).getByRole("link").first().getAttribute("href");
    const screens = ["/admin/customers", link ?? "?", "/admin/customers/duplicates", `/admin/customers/merge?keep=${link?.split("/").pop()}`, "/admin/customers/segments", "/admin/customers/segments/new"];
    for (const screen of screens) {
      for (const width of [390, 1440]) {
        await page.setViewportSize({ width, height: 900 });
        await open(page, screen);
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map((one) => `${screen}: ${one.id} ${one.nodes.map((node) => node.html).join(" ").slice(0, 300)}`)).toEqual([]);
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(wider, `${screen} at ${width}`).toBeLessThanOrEqual(0);
      }
    }
  });
}
