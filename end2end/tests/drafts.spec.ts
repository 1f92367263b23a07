import AxeBuilder from "@axe-core/playwright";

import { signIn } from "../support/desk.ts";
import { OWNER } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";

// Asked before anybody is signed in: who is there?
test.beforeEach(({ strict }) => strict.expectStatus(401, /^\/fn\/admin\/me$/));

test("somebody orders on the phone: written, placed and paid at the desk", async ({ page, admin, email, visitor, strict }) => {
  strict.expectStatus(422, /^\/fn\/admin\/drafts\/change/);
  // Of its own: other journeys buy meanwhile.
  const handle = `kettle-${Date.now()}`;
  await admin.createProduct({
    handle,
    title: `Kettle ${handle}`,
    status: "published",
    options: [
      { name: "Colour", values: [{ name: "Sea" }] },
      { name: "Size", values: [{ name: "4 L" }, { name: "8 L" }] },
    ],
    variants: ["4 L", "8 L"].map((size) => ({ price: { minor: 1900, currency: "EUR" }, options: ["Sea", size] })),
  });
  const variant = await admin.variant(handle, "Sea", "8 L");
  await admin.setStock(variant.id, 9);
  await signIn(page, OWNER, "/admin/orders");
  await page.getByRole("button", { name: "New order" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("New order");

  const find = page.getByLabel("Add an item");
  await find.fill(handle);
  await page.getByRole("list", { name: "Items to add" }).getByRole("button", { name: /Kettle/ }).first().click();
  await page.getByRole("list", { name: "Items to add" }).getByRole("button", { name: /Sea \/ 8 L/ }).click();
  const line = page.getByRole("table", { name: "Items of this draft" }).getByRole("row").nth(1);
  await expect(line).toContainText("Sea / 8 L");
  await line.getByLabel(/Quantity of/).fill("2");
  await line.getByLabel(/Quantity of/).press("Tab");
  await expect(page.getByText("Before it can be placed")).toBeVisible();

  // What is wrong is said beside its field, and what was typed stays.
  await page.getByLabel("E-mail").fill("no address");
  await page.getByLabel("Name", { exact: true }).fill("Grace Hopper");
  await page.getByLabel("Street and number").fill("Kaigasse 3");
  await page.getByLabel("City").fill("Hamburg");
  await page.getByLabel("Postcode").fill("20095");
  await page.getByLabel("Country").selectOption("DE");
  await page.getByRole("button", { name: "Save customer" }).click();
  await expect(page.locator("#draft-email-error")).toBeVisible();
  await page.getByLabel("E-mail").fill(email);
  await page.getByRole("button", { name: "Save customer" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  await page.getByRole("radio").first().check();
  const place = page.getByRole("button", { name: "Place order" });
  await expect(place).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((one) => `${one.id}: ${one.nodes[0]?.html}`)).toEqual([]);

  // It survives a reload: it stands on the server.
  await page.reload();
  await expect(page.getByLabel("Street and number")).toHaveValue("Kaigasse 3");
  await page.getByRole("checkbox", { name: "The money is here already" }).check();
  await place.click();
  await expect(page.getByText(/Order #\d+ is placed\./)).toBeVisible();
  await expect(page.getByRole("main").getByText("Paid", { exact: true }).first()).toBeVisible();
  await expect.poll(async () => (await admin.stock(variant.id)).available).toBe(7);
  const [order] = await admin.ordersOf(email);
  await admin.mail(email, "order_confirmation");
  await visitor.open(`/orders/${order?.access_token}`);
  await expect(page.getByText("Kaigasse 3").first()).toBeVisible();
});

test("orders are chosen in the list, shipped together, and the list is kept under a name", async ({ page, admin, email }) => {
  const variant = await admin.variant("honest-bucket", "Sea", "8 L");
  const orders = [await admin.buy(email, variant.id), await admin.buy(email, variant.id)];
  await signIn(page, OWNER, "/admin/orders");
  await page.getByLabel("Search orders").fill(email);
  await expect(page.getByRole("row")).toHaveCount(3);
  for (const order of orders) await page.getByLabel(`Choose #${order.number}`).check();
  const many = page.getByRole("group", { name: "What is chosen" });
  await expect(many).toContainText("2 chosen");
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((one) => `${one.id}: ${one.nodes[0]?.html}`)).toEqual([]);
  await many.getByRole("button", { name: "Ship" }).click();
  await page.getByRole("button", { name: "Ship them" }).click();
  await expect(page.getByText("2 orders shipped.")).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: "Shipped" })).toHaveCount(2);

  // Paid already: nothing is awaited, and that is said of each.
  for (const order of orders) await page.getByLabel(`Choose #${order.number}`).check();
  await many.getByRole("button", { name: "Mark as paid" }).click();
  await expect(page.getByText(`#${orders[0]?.number}: No money is awaited for this order.`)).toBeVisible();

  const name = `Of ${email}`;
  await page.getByRole("button", { name: "Save this view" }).click();
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByRole("button", { name: "Save view" }).click();
  await expect(page.getByText("The view is saved.")).toBeVisible();
  await page.goto("/admin/orders");
  await page.getByRole("list", { name: "Saved views" }).getByRole("link", { name }).click();
  await expect(page.getByRole("row")).toHaveCount(3);
  await page.getByRole("button", { name: `Remove the view ${name}` }).click();
  await expect(page.getByRole("link", { name })).toHaveCount(0);
});
