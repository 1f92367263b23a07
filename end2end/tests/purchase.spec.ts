import { type Visitor, minor } from "../support/visitor.ts";
import { expect, test } from "../support/test.ts";

/** From the search field to the cart, on a desktop. */
async function find(visitor: Visitor): Promise<void> {
  const { page, scripts } = visitor;
  await visitor.open("/");
  const field = page.getByRole("combobox", { name: "Search" });
  if (scripts) {
    await field.pressSequentially("buck");
    const suggestion = page.getByRole("option", { name: /Bucket/ });
    await expect(suggestion).toBeVisible();
    await field.press("Escape");
    await expect(suggestion).toBeHidden();
  }
  await field.fill("bucket");
  await field.press("Enter");
  await expect(page).toHaveURL(/\/search\?q=bucket$/);
  await expect(visitor.heading).toContainText("bucket");

  await page.getByRole("checkbox", { name: "In stock only" }).check();
  if (!scripts) await page.getByRole("button", { name: /^Show \d+ products?$/ }).click();
  await expect(page).toHaveURL(/[?&]in_stock=1/);
  await expect(page.getByRole("link", { name: "Remove filter In stock" })).toBeVisible();
  await expect(page.getByRole("checkbox", { name: "In stock only" })).toBeChecked();

  await page.locator("main .products").getByRole("link", { name: /Bucket/ }).click();
  await expect(page).toHaveURL(/\/products\/honest-bucket$/);
  await expect(visitor.heading).toContainText("Bucket");
}

for (const [scripts, options] of [
  [true, ["Sea", "8 L"]],
  [false, ["Fern", "12 L"]],
] as const) {
  test.describe(`a guest at a desk, scripts ${scripts ? "on" : "off"}`, () => {
    test.use({ javaScriptEnabled: scripts });

    test("finds, chooses, pays, and is told", async ({ visitor, page, admin, email }) => {
      const variant = await admin.variant("honest-bucket", ...options);
      const before = await admin.stock(variant.id);

      await find(visitor);
      await visitor.choose(...options);
      await visitor.add();
      if (scripts) await visitor.drawer.getByRole("link", { name: "View cart" }).click();
      await expect(page).toHaveURL(/\/cart$/);
      await expect(visitor.lines).toContainText(options.join(" / "));

      const quantity = visitor.lines.getByRole("spinbutton");
      await quantity.fill("3");
      if (scripts) await quantity.press("Tab");
      else await page.getByRole("button", { name: "Update" }).click();
      await expect(visitor.lines.getByRole("spinbutton")).toHaveValue("3");
      await expect(visitor.sum("Subtotal")).toHaveText(`€${((variant.price.minor * 3) / 100).toFixed(2)}`);

      await page.getByRole("main").getByRole("link", { name: "Check out" }).click();
      await expect(page).toHaveURL(/\/checkout$/);
      await visitor.fillCheckout({ email });
      const due = minor((await visitor.sum("Total").innerText()) ?? "");
      await expect(visitor.payButton).toContainText(await visitor.sum("Total").innerText());
      await visitor.pay();

      await expect(visitor.heading).toHaveText("Thank you, Ada");
      await expect(page.locator(".thanks")).toContainText(email);
      await expect(page.locator(".timeline")).toContainText("Paid");
      expect(minor(await visitor.sum("Total").innerText())).toBe(due);

      const [order, ...others] = await admin.ordersOf(email);
      expect(others).toEqual([]);
      expect(order).toMatchObject({
        number: await visitor.orderNumber(),
        payment_status: "paid",
        total: { minor: due, currency: "EUR" },
      });
      const after = await admin.stock(variant.id);
      expect(before.available - after.available).toBe(3);
      expect(after.on_hand - after.allocated).toBe(after.available);

      const mail = await admin.mail(email, "order_confirmation");
      expect(mail.subject).toContain(`#${order.number}`);
      expect(mail.text).toContain(`/orders/${order.access_token}`);

      // The cart is bought; the link in the mail shows the order to whoever has it.
      await visitor.open("/cart");
      await expect(page.getByRole("main").getByText("Your cart is empty")).toBeVisible();
      await page.context().clearCookies();
      await visitor.open(`/orders/${order.access_token}`);
      await expect(visitor.heading).toHaveText("Thank you, Ada");
    });
  });
}

test("a reduced price stands beside the lowest one before", async ({ visitor, admin }) => {
  const handle = `reduced-${Date.now()}`;
  const id = await admin.createProduct({ handle, title: "Reduced", status: "published", variants: [{ price: { minor: 2000, currency: "EUR" } }] });
  await admin.changeProduct(id, (product) => {
    Object.assign(product.variants[0] ?? {}, { price: { minor: 1500, currency: "EUR" }, compare_at: { minor: 2500, currency: "EUR" } });
  });
  await visitor.open(`/products/${handle}`);
  await expect(visitor.page.getByText("Lowest price of the 30 days before: €20.00")).toBeVisible();
});
