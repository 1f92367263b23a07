import { signIn } from "../support/desk.ts";
import { OWNER } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";

// Asked before anybody is signed in: who is there?
test.beforeEach(({ strict }) => strict.expectStatus(401, /^\/fn\/admin\/me$/));

test("a way of delivery is added, changed and removed, and shoppers see it at once", async ({ page, admin, strict }) => {
  strict.expectStatus(422, /^\/fn\/admin\/shipping\/write/);
  const name = `Cargo bike ${Date.now()}`;
  await signIn(page, OWNER, "/admin/settings");
  await page.getByRole("link", { name: "Delivery", exact: true }).click();
  await page.getByRole("button", { name: "New delivery" }).click();
  const form = page.getByRole("dialog", { name: "Delivery" });
  await form.getByLabel("Name").fill(name);
  await form.getByLabel("Countries").fill("be, Belgium");
  await form.getByLabel("Price").fill("nothing");
  await form.getByRole("button", { name: "Save delivery" }).click();
  await expect(form.getByText("An amount such as 4.90; 0 is free.")).toBeVisible();
  await form.getByLabel("Price").fill("3.50");
  await form.getByRole("button", { name: "Save delivery" }).click();
  await expect(form.locator(".field__error, .alert").first()).toBeVisible();
  await form.getByLabel("Countries").fill("be");
  await form.getByRole("button", { name: "Save delivery" }).click();
  const row = page.getByRole("row").filter({ hasText: name });
  await expect(row).toContainText("€3.50");
  await expect(row).toContainText("BE");
  const offered = async () => (await admin.deliveriesTo("BE")).find((one) => one.name === name)?.price.minor;
  await expect.poll(offered).toBe(350);

  await row.getByRole("button", { name: `Change ${name}` }).click();
  await form.getByLabel("Price").fill("4");
  await form.getByRole("button", { name: "Add a rate" }).click();
  await form.getByLabel("From a sum of").nth(1).fill("0");
  await form.getByLabel("Price").nth(1).fill("9");
  await form.getByRole("button", { name: "Save delivery" }).click();
  await expect(row).toContainText("€4.00");
  await expect.poll(offered).toBe(400);
  await row.getByRole("button", { name: `Change ${name}` }).click();
  await form.getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByRole("button", { name: "Remove it" }).click();
  await expect(row).toHaveCount(0);
  await expect.poll(offered).toBeUndefined();
});

test("a mail is read and sent again; what is configured is shown with its source", async ({ page, admin, email }) => {
  const variant = await admin.variant("honest-bucket", "Sea", "8 L");
  await admin.buy(email, variant.id);
  await admin.mail(email, "order_confirmation");
  await signIn(page, OWNER, "/admin/settings/mails");
  await page.getByRole("button", { name: new RegExp(`Read the mail to ${email.replace(/[.+]/g, "\\$&")}`) }).click();
  const letter = page.getByRole("dialog");
  await expect(letter).toContainText("Honest Bucket");
  await letter.getByRole("button", { name: "Send again" }).click();
  await expect(page.getByText("The mail goes out once more.")).toBeVisible();
  await expect.poll(async () => (await admin.mailsTo(email)).length).toBe(2);

  await page.goto("/admin/settings/configuration");
  const shop = page.getByRole("table", { name: "Configuration of shop" });
  await expect(shop.getByRole("row").filter({ hasText: "currency" })).toContainText("EUR");
  await expect(page.getByRole("table", { name: "Configuration of http" })).toBeVisible();
});

test("a mail's text is changed beside its letter, two who change it at once lose nothing, and it is taken back", async ({ page, browser, email, strict, admin }) => {
  test.slow();
  strict.expectStatus(422, /^\/fn\/admin\/mails\/templates\/preview/);
  strict.expectStatus(412, /^\/fn\/admin\/mails\/templates\/set/);
  await signIn(page, OWNER, "/admin/settings");
  await page.getByRole("link", { name: "Mail texts" }).click();
  await page.getByRole("link", { name: "Order cancelled" }).click();
  const sheet = page.locator(".mail-paper");
  await expect(sheet).toContainText("Your order #1001 was cancelled");
  await expect(sheet).toHaveCSS("opacity", "1");
  await page.getByLabel("Subject").fill("Gone: {nunber}");
  await expect(page.getByText("{nunber} means nothing here.")).toBeVisible();
  await page.getByLabel("Subject").fill("Gone: {number}");
  await page.getByLabel("Text", { exact: true }).fill("Dear {name},\n<b>sorry</b>.");
  await expect(sheet).toContainText("Dear Ada Lovelace,");
  await expect(sheet).toContainText("<b>sorry</b>.");
  await expect(page.locator(".mail-subject")).toContainText("Gone: 1001");

  // A colleague is quicker.
  const other = await browser.newPage();
  await signIn(other, OWNER, "/admin/settings/mail-texts/order_cancelled");
  await other.getByLabel("Subject").fill("Cancelled: {number}");
  await other.getByRole("button", { name: "Save text" }).click();
  await expect(other.getByText("The text is saved.")).toBeVisible();
  await other.close();
  await page.getByRole("button", { name: "Save text" }).click();
  const clash = page.getByRole("dialog", { name: "Changed by somebody else meanwhile" });
  await clash.getByRole("group", { name: "Subject" }).getByLabel(/^Theirs/).check();
  await clash.getByRole("button", { name: "Go on with these" }).click();
  await expect(page.getByLabel("Subject")).toHaveValue("Cancelled: {number}");
  await page.getByRole("button", { name: "Save text" }).click();
  await expect(page.getByText("The text is saved.")).toBeVisible();

  const variant = await admin.variant("honest-bucket", "Sea", "8 L");
  const order = await admin.buy(email, variant.id, 1, { payment_method: "bank_transfer" });
  await page.goto(`/admin/orders/${order.id}`);
  await page.getByRole("button", { name: "Cancel order" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel the order" }).click();
  const subjects = async () => (await admin.mailsTo(email)).map((mail) => mail.subject);
  await expect.poll(subjects).toContain(`Cancelled: ${order.number}`);

  await page.goto("/admin/settings/mail-texts/order_cancelled");
  await page.getByRole("button", { name: "Standard text" }).click();
  await page.getByRole("button", { name: "Use the standard text" }).click();
  await expect(page.getByText("The standard text is back.")).toBeVisible();
  await expect(page.getByLabel("Subject")).toHaveValue("Your order was cancelled");
});
