import { signIn } from "../support/desk.ts";
import { OWNER } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";

// Asked before anybody is signed in: who is there?
test.beforeEach(({ strict }) => strict.expectStatus(401, /^\/fn\/admin\/me$/));

test("a part of an order goes back, on the shelf and on paper, and its shopper sees it", async ({ page, admin, email, visitor }) => {
  const variant = await admin.variant("honest-bucket", "Sea", "8 L");
  const order = await admin.buy(email, variant.id, 3);
  const before = await admin.stock(variant.id);
  await signIn(page, OWNER, `/admin/orders/${order.id}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`#${order.number}`);

  await page.getByLabel("Note for colleagues").fill("Rang: one is enough");
  await page.getByRole("button", { name: "Add note" }).click();
  await expect(page.getByRole("main").getByText("Rang: one is enough").first()).toBeVisible();
  const tag = `t${Date.now()}`;
  await page.getByLabel("Tags, with commas between them").fill(`gift, ${tag}`);
  await page.getByRole("button", { name: "Save tags" }).click();
  await expect(page.getByRole("list", { name: "Tags" }).getByRole("listitem")).toHaveCount(2);

  await page.getByLabel(/Bucket/).fill("2");
  await page.getByRole("button", { name: "Ship", exact: true }).click();
  await expect(page.getByText("The parcel is on its way.")).toBeVisible();

  // The one that was not sent, and one that comes back.
  await page.getByRole("button", { name: "Refund", exact: true }).click();
  const drawer = page.getByRole("dialog", { name: "Refund" });
  await drawer.getByLabel(/Bucket/).fill("4");
  await drawer.getByRole("button", { name: "Refund" }).click();
  await expect(drawer.getByRole("alert").or(drawer.getByText(/Only 3 of/)).first()).toBeVisible();
  await drawer.getByLabel(/Bucket/).fill("2");
  await drawer.getByLabel("Another amount").fill("1.50");
  await drawer.getByLabel("Reason").fill("One too many");
  const sum = drawer.locator(".refund__sum b");
  await expect(sum).not.toHaveText("");
  const shown = await sum.textContent();
  await drawer.getByRole("button", { name: "Refund" }).click();
  await expect(drawer).toBeHidden();
  const refund = page.getByRole("list", { name: "Refunds" }).getByRole("listitem").first();
  await expect(refund).toContainText(`Refund ${order.number}-R1`);
  await expect(refund).toContainText(shown ?? "?");
  await expect(page.getByRole("main").getByText("Partly refunded").first()).toBeVisible();

  await expect.poll(async () => (await admin.stock(variant.id)).on_hand).toBe(before.on_hand - 1);
  expect((await admin.stock(variant.id)).allocated).toBe(before.allocated - 3);
  await expect.poll(async () => (await admin.mailsTo(email)).map((mail) => mail.template)).toContain("order_refunded");

  // The papers open in a browser that has the cookie, and nowhere else.
  for (const name of ["Invoice", "Credit note", `Packing slip ${order.number}-1`]) {
    const href = await page.getByRole("link", { name, exact: true }).getAttribute("href");
    const paper = await page.request.get(href ?? "?");
    expect(paper.headers()["content-type"], name).toBe("application/pdf");
    expect((await paper.body()).subarray(0, 5).toString(), name).toBe("%PDF-");
    const stranger = await page.request.get(href ?? "?", { headers: { cookie: "" } });
    expect(stranger.status(), name).toBe(401);
  }

  await page.getByRole("link", { name: tag }).click();
  await expect(page.getByRole("main").getByRole("row")).toHaveCount(2);
  await expect(page.getByRole("link", { name: `#${order.number}` })).toBeVisible();

  await visitor.open(`/orders/${order.access_token}`);
  await expect(page.getByRole("list", { name: "Refunds" })).toContainText(shown ?? "?");
  const note = await page.getByRole("link", { name: "Credit note (PDF)" }).getAttribute("href");
  expect((await page.request.get(note ?? "?")).headers()["content-type"]).toBe("application/pdf");
  const slip = await page.request.get(`/orders/${order.access_token}/papers/packing-slip`);
  expect(slip.status(), "packing slips are the merchant's").toBe(404);
});

test("pictures are sent, put in order, described, and seen in the shop", async ({ page, admin, visitor, strict }) => {
  strict.expectStatus(422, /^\/fn\/admin\/products\/add-picture/);
  const title = `Pictured ${Date.now()}`;
  const handle = title.toLowerCase().replace(" ", "-");
  const id = await admin.createProduct({ handle, title, status: "published", variants: [{ price: { minor: 100, currency: "EUR" } }] });
  await signIn(page, OWNER, `/admin/products/${id}`);
  await page.getByLabel("Vendor").fill("Typed and not saved");
  const part = (x: number) => page.screenshot({ clip: { x, y: 0, width: 240, height: 240 } });
  await page.locator("input[type=file]").setInputFiles([
    { name: "first.png", mimeType: "image/png", buffer: await part(0) },
    { name: "second.png", mimeType: "image/png", buffer: await part(300) },
    { name: "not-a-picture.png", mimeType: "image/png", buffer: Buffer.from("hello") },
  ]);
  const list = page.getByRole("list", { name: "Pictures in their order" }).getByRole("listitem");
  await expect(page.getByText(/not-a-picture\.png: /)).toBeVisible();
  await expect(list).toHaveCount(2);
  await list.first().getByRole("button", { name: "Describe" }).click();
  const dialog = page.getByRole("dialog", { name: "Describe the picture" });
  await dialog.getByLabel("What it shows").fill("The front page");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(list.first()).toContainText("The front page");
  await list.first().getByRole("button", { name: "Move picture 1 back" }).click();
  await expect(list.last()).toContainText("The front page");
  await list.first().dragTo(list.last());
  await expect(list.first()).toContainText("The front page");
  await list.last().getByRole("button", { name: /Take picture 2 away/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Take it away" }).click();
  await expect(list).toHaveCount(1);
  await expect(page.getByLabel("Vendor"), "what is typed stays").toHaveValue("Typed and not saved");
  await page.getByRole("button", { name: "Save" }).first().click();
  await expect(page.getByText("Saved.", { exact: true })).toBeVisible();

  await visitor.open(`/products/${handle}`);
  await expect(page.getByRole("img", { name: "The front page" }).first()).toBeVisible();
});
