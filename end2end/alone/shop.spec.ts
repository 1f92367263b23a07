import AxeBuilder from "@axe-core/playwright";

import { open, signIn } from "../support/desk.ts";
import { OWNER } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";

// Asked before anybody is signed in: who is there?
test.beforeEach(({ strict }) => strict.expectStatus(401, /^\/fn\/admin\/me$/));

const SCREEN = "/admin/settings/shop";

test("the shop is called otherwise at once, on pages, in mails and on new papers only; and it is undone", async ({ page, browser, admin, email, strict }) => {
  strict.expectStatus(422, /^\/fn\/admin\/shop-settings\/write$/);
  const variant = await admin.variant("honest-bucket", "Sea", "8 L");
  const [early, late] = [await admin.buy(email, variant.id), await admin.buy(email, variant.id)];
  const first = await admin.invoice(early.id);

  // A visitor without a cart: such pages are kept for everybody.
  const shopper = await browser.newPage();
  await shopper.goto("/");
  await expect(shopper.locator(".announce")).toHaveText(/30 days to return/);

  await signIn(page, OWNER, "/admin/settings");
  await page.getByRole("link", { name: "Shop", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Shop");
  const name = page.getByLabel("Name", { exact: true });
  const before = await name.inputValue();
  expect(first.seller.name).toBe(before);

  await name.fill("");
  await page.getByLabel("Mail address").fill("nobody");
  await page.getByLabel("Days to return").fill("a fortnight");
  await page.getByRole("button", { name: "Save shop" }).click();
  await expect(page.getByLabel("Days to return")).toHaveAccessibleDescription(/A whole number of days/);
  await page.getByLabel("Days to return").fill("14");
  await page.getByRole("button", { name: "Save shop" }).click();
  await expect(name).toHaveAccessibleDescription(/Please fill this in/);
  await expect(page.getByLabel("Mail address")).toHaveAccessibleDescription(/A mail address such as/);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((one) => one.id)).toEqual([]);

  await name.fill("Tern & <Tide>");
  await page.getByLabel("Mail address").fill("hello@tern.example");
  await page.getByLabel("Phone").fill("+49 30 1234567");
  await page.getByLabel("Seller").fill("Tern GmbH");
  await page.getByLabel("Tax number").fill("DE123456789");
  await page.getByLabel(/^Address/).fill("Quay 7\n20457 Hamburg");
  await page.getByLabel("Before an invoice's number").fill("CN-");
  await page.getByRole("button", { name: "Save shop" }).click();
  await expect(page.getByLabel("Before an invoice's number")).toHaveAccessibleDescription(/Credit notes have or had this/);
  await page.getByLabel("Before an invoice's number").fill("R-");
  // By the keyboard alone.
  await page.keyboard.press("Enter");
  await expect(page.getByText("The shop's settings are saved.")).toBeVisible();
  await expect(page.getByRole("navigation", { name: "Main" })).toContainText("Tern & <Tide>");

  await shopper.goto("/");
  await expect(shopper).toHaveTitle(/Tern & <Tide>/);
  await expect(shopper.locator(".announce")).toHaveText(/14 days to return/);
  await expect(shopper.locator("header .logo").first()).toHaveText("Tern & <Tide>");
  const footer = shopper.locator("footer");
  await expect(footer.getByRole("link", { name: "hello@tern.example" })).toBeVisible();
  await expect(footer.getByRole("link", { name: "+49 30 1234567" })).toHaveAttribute("href", "tel:+49301234567");
  const facts = await shopper.locator('script[type="application/ld+json"]').allTextContents();
  expect(facts.map((text) => JSON.parse(text)).find((one) => one["@type"] === "Organization")).toMatchObject({ name: "Tern & <Tide>", telephone: "+49 30 1234567" });
  await shopper.goto("/products/honest-bucket");
  await expect(shopper.getByText("14 days to change your mind")).toBeVisible();
  await shopper.close();

  const second = await admin.invoice(late.id);
  expect(second).toMatchObject({ name: `R-${String(first.number + 1).padStart(5, "0")}`, seller: { name: "Tern GmbH", address: ["Quay 7", "20457 Hamburg"], tax_id: "DE123456789" } });
  expect(await admin.invoice(early.id)).toEqual(first);
  const later = `later-${email}`;
  await admin.buy(later, variant.id);
  const letter = await admin.mail(later, "order_confirmation");
  expect(`${letter.subject} ${letter.text}`).toContain("Tern & <Tide>");

  await page.getByRole("button", { name: "Undo the last change" }).click();
  await expect(page.getByText("The shop's settings are as they were before.")).toBeVisible();
  await expect(name).toHaveValue(before);
  await expect(page.getByRole("button", { name: "Undo the last change" })).toHaveCount(0);

  await open(page, "/admin/activity?object=shop_settings");
  const entry = page.getByRole("definition").filter({ hasText: "Tern & <Tide>" }).first();
  await expect(entry).toBeVisible();
  await open(page, "/admin/settings/configuration");
  const table = page.getByRole("table", { name: "Configuration of shop" });
  await expect(table.getByRole("row").filter({ hasText: "base_url" })).toBeVisible();
  await expect(table.getByText("returns_days")).toHaveCount(0);
});

test("two who change the shop at once lose nothing; who may not does not see it", async ({ page, browser, admin, strict }) => {
  strict.expectStatus(412, /^\/fn\/admin\/shop-settings\/write$/);
  await signIn(page, OWNER, SCREEN);
  const phone = page.getByLabel("Phone");
  const days = page.getByLabel("Days to return");
  const kept = [await phone.inputValue(), await days.inputValue()];
  await phone.fill("+49 40 111");
  await days.fill("21");

  const other = await browser.newPage();
  await signIn(other, OWNER, SCREEN);
  await other.getByLabel("Phone").fill("+49 40 222");
  await other.getByRole("button", { name: "Save shop" }).click();
  await expect(other.getByText("The shop's settings are saved.")).toBeVisible();
  await other.close();

  await page.getByRole("button", { name: "Save shop" }).click();
  const clash = page.getByRole("dialog", { name: "Changed by somebody else meanwhile" });
  await clash.getByRole("group", { name: "Phone" }).getByLabel(/^Theirs/).check();
  await clash.getByRole("button", { name: "Go on with these" }).click();
  await expect(phone).toHaveValue("+49 40 222");
  await expect(days).toHaveValue("21");
  await page.getByRole("button", { name: "Save shop" }).click();
  await expect(page.getByText("The shop's settings are saved.")).toBeVisible();
  await page.reload();
  await expect(phone).toHaveValue("+49 40 222");
  await expect(days).toHaveValue("21");
  await phone.fill(kept[0]);
  await days.fill(kept[1]);
  await page.getByRole("button", { name: "Save shop" }).click();
  await expect(page.getByText("The shop's settings are saved.")).toBeVisible();

  const packer = { email: `packer-${Date.now()}@example.com`, password: "a long enough one" };
  await admin.accept(await admin.invite(packer.email, "Packer", "fulfilment"), packer.password);
  const desk = await browser.newPage();
  await signIn(desk, packer, SCREEN);
  await expect(desk.getByText("Your role does not allow you to see the shop's settings.")).toBeVisible();
  await open(desk, "/admin/settings");
  await expect(desk.getByRole("link", { name: "Shop", exact: true })).toHaveCount(0);
  await desk.close();
});
