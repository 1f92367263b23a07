import AxeBuilder from "@axe-core/playwright";

import { eur } from "../support/admin.ts";
import { open, ready, signIn } from "../support/desk.ts";
import { OWNER } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";

// Asked before anybody is signed in: who is there? And news that were asked for just before somebody signed out.
test.beforeEach(({ strict }) => strict.expectStatus(401, /^\/fn\/admin\/(me|live)$/));

test("lets in with the right password only, and back to where one was", async ({ page, strict }) => {
  strict.expectStatus(422, /^\/fn\/admin\/sign-in$/);
  await open(page, "/admin/orders?tab=unpaid");
  await page.getByLabel("Email").fill(OWNER.email);
  await page.getByLabel("Password").fill("not this one");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("This mail address and password don't match.")).toBeVisible();
  await page.getByLabel("Password").fill(OWNER.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Orders");
  await expect(page).toHaveURL(/\/admin\/orders\?tab=unpaid$/);
  // No script can read it, and no other site sends it along.
  const cookie = (await page.context().cookies()).find((one) => one.name === "souk_staff");
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict" });
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Orders");
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in");
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in");
});

test("an order is found, sent in two parcels, and its shopper sees both", async ({ page, admin, email, visitor }) => {
  const variant = await admin.variant("honest-bucket", "Sea", "8 L");
  const order = await admin.buy(email, variant.id, 3);
  const before = await admin.stock(variant.id);
  await signIn(page, OWNER, "/admin/orders");

  await page.getByLabel("Search orders").fill(email);
  await expect(page).toHaveURL(new RegExp(`q=${encodeURIComponent(email).replace(/[.+]/g, "\\$&")}`));
  const row = page.getByRole("link", { name: `#${order.number}` });
  await expect(page.getByRole("main").getByRole("row")).toHaveCount(2);
  await row.click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`#${order.number}`);
  await expect(page.getByText(/^VAT 21 % on €/)).toBeVisible();

  await page.getByLabel(/Bucket/).fill("2");
  await page.getByLabel("Carrier").fill("DHL");
  await page.getByLabel("Tracking number").fill("JD0001");
  await page.getByLabel("Tracking link").fill("https://dhl.example/JD0001");
  await page.getByRole("button", { name: "Ship", exact: true }).click();
  await expect(page.getByText("The parcel is on its way.")).toBeVisible();
  await expect(page.getByRole("heading", { name: `Parcel ${order.number}-1` })).toBeVisible();

  // The rest is packed first.
  await page.getByLabel("It leaves right away").uncheck();
  await page.getByRole("button", { name: "Fulfil", exact: true }).click();
  const second = page.getByRole("listitem").filter({ hasText: `Parcel ${order.number}-2` });
  await second.getByRole("button", { name: "Pack" }).click();
  await second.getByRole("button", { name: "Ship" }).click();
  const dialog = page.getByRole("dialog", { name: "Tracking" });
  await dialog.getByLabel("Tracking number").fill("JD0002");
  await dialog.getByRole("button", { name: "Ship" }).click();
  await expect(dialog).toBeHidden();
  const first = page.getByRole("listitem").filter({ hasText: `Parcel ${order.number}-1` });
  await first.getByRole("button", { name: "Mark delivered" }).click();
  await expect(page.getByText("The parcel is delivered.")).toBeVisible();
  await expect(page.getByRole("main")).toContainText("Order packed");

  await expect.poll(async () => (await admin.stock(variant.id)).on_hand).toBe(before.on_hand - 3);
  expect((await admin.stock(variant.id)).available).toBe(before.available);
  await expect.poll(async () => (await admin.mailsTo(email)).filter((mail) => mail.template.startsWith("order_shipped")).length).toBe(2);

  await visitor.open(`/orders/${order.access_token}`);
  const parcels = page.getByRole("list", { name: "Parcels" }).getByRole("listitem");
  await expect(parcels).toHaveCount(2);
  await expect(parcels.first()).toContainText("2 ×");
  await expect(parcels.first().getByRole("link", { name: "JD0001" })).toHaveAttribute("href", "https://dhl.example/JD0001");
  await expect(parcels.last()).toContainText("JD0002");
});

test("an order arrives by itself, and an outage is said over what was seen", async ({ page, context, admin, email, strict }) => {
  strict.expectMessage(/ERR_INTERNET_DISCONNECTED/);
  const handle = `live-${Date.now()}`;
  await admin.createProduct({ handle, title: "Live", status: "published", variants: [{ price: eur(500) }] });
  const variant = await admin.variant(handle);
  await admin.setStock(variant.id, 10);
  const asked: number[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/fn/admin/live")) asked.push(Date.now());
  });
  await signIn(page, OWNER, "/admin/orders");
  const order = await admin.buy(email, variant.id);
  const row = page.getByRole("link", { name: `#${order.number}` });
  await expect(row).toBeVisible();
  const out = page.getByText("The shop is out of reach.");
  await expect(out).toBeHidden();

  await context.setOffline(true);
  await expect(out).toBeVisible();
  await expect(page.getByText("Seen a moment ago.")).toBeVisible();
  await expect(row).toBeVisible();
  await context.setOffline(false);
  await expect(out).toBeHidden();
  const next = await admin.buy(email, variant.id);
  await expect(page.getByRole("link", { name: `#${next.number}` })).toBeVisible();
  const gaps = asked.slice(1).map((at, index) => at - asked[index]);
  expect(Math.min(...gaps)).toBeGreaterThan(4_500);
});

test("a product is made with options, priced in the grid, published, and bought", async ({ page, admin, visitor }) => {
  const title = `Test kite ${Date.now()}`;
  await signIn(page, OWNER, "/admin/products");
  await page.getByRole("link", { name: "New product" }).first().click();
  await page.getByLabel("Title").fill(title);
  await page.getByLabel(/^Price/).fill("12.50");
  for (const [index, [name, values]] of [["Size", "S, M"], ["Colour", "Red, Blue"], ["Tail", "Long"]].entries()) {
    await page.getByRole("button", { name: "Add an option" }).click();
    await page.getByLabel(`Option ${index + 1}`, { exact: false }).first().fill(name);
    await page.getByLabel(`Values of option ${index + 1}`).fill(values);
  }
  await page.getByRole("button", { name: "Create product" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(title);
  await ready(page);
  const prices = page.getByRole("table").getByRole("textbox", { name: /: Price$/ });
  await expect(prices).toHaveCount(4);
  await prices.nth(1).fill("15.00");
  await page.getByLabel("Status").selectOption("published");
  await page.getByRole("button", { name: "Save" }).first().click();
  await expect(page.getByText(/saved/i).first()).toBeVisible();

  const handle = await page.getByLabel("Handle").inputValue();
  await visitor.open(`/products/${handle}`);
  await expect(visitor.heading).toHaveText(title);
  const variant = await admin.variant(handle, "S", "Blue", "Long");
  expect(variant.price.minor).toBe(1500);
});

test("who saves after somebody else sees both sides and loses nothing", async ({ page, admin, strict }) => {
  strict.expectStatus(412, /^\/fn\/admin\/products\/put$/);
  const title = `Clash ${Date.now()}`;
  const handle = title.toLowerCase().replace(" ", "-");
  const id = await admin.createProduct({ handle, title, status: "draft", variants: [{ price: { minor: 100, currency: "EUR" } }] });
  await signIn(page, OWNER, `/admin/products/${id}`);
  await page.getByLabel("Vendor").fill("Mine");
  await page.getByLabel("Tags").fill("kept");
  await admin.changeProduct(id, (product) => {
    product.vendor = "Theirs";
  });
  await page.getByRole("button", { name: "Save" }).first().click();
  await expect(page.getByRole("main").getByText("Theirs").first()).toBeVisible();
  await expect(page.getByRole("main").getByText("Mine").first()).toBeVisible();
  await expect(page.getByLabel("Tags")).toHaveValue("kept");
});

test("stock is counted and the ledger says who did it", async ({ page, admin }) => {
  const handle = `pebble-${Date.now()}`;
  await admin.createProduct({ handle, title: `Pebble ${handle}`, status: "published", variants: [{ sku: handle, price: { minor: 100, currency: "EUR" } }] });
  const variant = await admin.variant(handle);
  await admin.setStock(variant.id, 5);
  await signIn(page, OWNER, `/admin/inventory/${variant.product}`);
  await page.getByRole("button", { name: /Adjust/ }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Pieces more or fewer").fill("-2");
  await dialog.getByLabel("Reason").fill("broken in the store room");
  await dialog.getByRole("button", { name: "Save stock" }).click();
  await expect.poll(async () => (await admin.stock(variant.id)).on_hand).toBe(3);
  await open(page, "/admin/activity");
  await expect(page.getByText("broken in the store room").first()).toBeVisible();
});

test("somebody new is invited, signs in, and sees only what is theirs", async ({ page, browser, email }) => {
  await signIn(page, OWNER, "/admin/staff");
  await page.getByRole("button", { name: "Invite" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Pat Packer");
  await dialog.getByLabel("Email").fill(email);
  await dialog.getByLabel("Role").selectOption("fulfilment");
  await dialog.getByRole("button", { name: "Invite" }).click();
  const link = await page.getByRole("textbox", { name: "Invitation link" }).inputValue();
  expect(link).toMatch(/\/admin\/welcome#.{40,}$/);

  const theirs = await (await browser.newContext()).newPage();
  await open(theirs, link);
  await theirs.getByLabel("Password").first().fill("a long enough one");
  await theirs.getByRole("button").first().click();
  const menu = theirs.getByRole("navigation", { name: "Main" });
  await expect(menu.getByRole("link", { name: "Orders" })).toBeVisible();
  await expect(menu.getByRole("link", { name: "Staff" })).toHaveCount(0);
  await expect(menu.getByRole("link", { name: "Activity" })).toHaveCount(0);
  await open(theirs, "/admin/staff");
  await expect(theirs.getByText("Not for you")).toBeVisible();
  await theirs.context().close();
});

test("the keyboard alone leads through orders", async ({ page, admin, email }) => {
  const variant = await admin.variant("honest-bucket", "Sea", "8 L");
  const order = await admin.buy(email, variant.id);
  await signIn(page);
  await page.keyboard.press("g");
  await page.keyboard.press("o");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Orders");
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.type(String(order.number));
  await expect(page.getByRole("option").first()).toContainText(String(order.number));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`#${order.number}`);
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: /shortcuts/i })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog", { name: /shortcuts/i })).toBeHidden();
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`every screen is accessible in the ${colorScheme} theme`, async ({ page, admin, email }) => {
    test.slow();
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const variant = await admin.variant("honest-bucket", "Sea", "8 L");
    const order = await admin.buy(email, variant.id);
    await open(page, "/admin");
    const wrong = async (what: string) => {
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map((one) => `${what}: ${one.id} ${one.nodes.map((node) => node.html).join(" ").slice(0, 300)}`)).toEqual([]);
    };
    await wrong("sign in");
    await signIn(page);
    const screens = ["", "/orders", `/orders/${order.id}`, "/products", "/products/new", "/products/bulk", "/products/attributes", "/products/import", "/products/collections", "/products/collections/new", `/products/${variant.product}`, "/promotions", "/promotions/new", "/inventory", `/inventory/${variant.product}`, "/inventory/sources", "/inventory/sources/new", "/inventory/file", "/analytics", "/activity", "/orders/drafts", "/orders/returns", "/settings", "/settings/shop", "/settings/delivery", "/settings/taxes", "/settings/payments", "/settings/reconciliation", "/settings/payment-notices", "/settings/mails", "/settings/mail-texts", "/settings/mail-texts/order_confirmation", "/settings/configuration", "/staff", "/staff/roles", "/account"];
    for (const screen of screens) {
      await open(page, `/admin${screen}`);
      await wrong(screen);
    }
  });
}

test("none of it reaches shoppers, and no search engine lists it", async ({ page, visitor }) => {
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await visitor.open("/");
  expect(asked.filter((url) => /admin/.test(url))).toEqual([]);
  const answer = await page.request.get("/admin/orders");
  expect(answer.headers()["x-robots-tag"]).toBe("noindex");
  expect(await (await page.request.get("/robots.txt")).text()).toMatch(/Disallow: \/admin/);
});
