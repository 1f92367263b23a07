import { signIn } from "../support/desk.ts";
import { OWNER } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";

// Asked before anybody is signed in: who is there?
test.beforeEach(({ strict }) => strict.expectStatus(401, /^\/fn\/admin\/me$/));

test("a zone and a class are made, tried out and removed", async ({ page, strict }) => {
  strict.expectStatus(422, /^\/fn\/admin\/taxes\/zone$/);
  const [books, zone] = [`Books ${Date.now()}`, `Down under ${Date.now()}`];
  await signIn(page, OWNER, "/admin/settings");
  await page.getByRole("link", { name: "Taxes", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Taxes", level: 1 })).toBeVisible();
  await expect(page.getByText("Home", { exact: true }).first()).toBeVisible();

  await page.getByRole("button", { name: "New class" }).click();
  const classForm = page.getByRole("dialog", { name: "Tax class" });
  await classForm.getByLabel("Name", { exact: true }).fill(books);
  await classForm.getByRole("button", { name: "Save class" }).click();
  await expect(page.getByRole("row").filter({ hasText: books })).toBeVisible();

  // Its prices are not far off: 15 % and, for books, two taxes.
  await page.getByRole("button", { name: "New zone" }).click();
  const form = page.getByRole("dialog", { name: "Tax zone" });
  await form.getByLabel("Name", { exact: true }).fill(zone);
  await form.getByLabel("Places").fill("New Zealand");
  await form.getByLabel("Percent").first().fill("fifteen");
  await form.getByRole("button", { name: "Save zone" }).click();
  await expect(form.getByText("A percentage such as 19 or 9.975.")).toBeVisible();
  await form.getByLabel("Percent").first().fill("15");
  const ofBooks = form.getByRole("group", { name: books });
  for (const [index, percent] of ["5", "9.975"].entries()) {
    await ofBooks.getByRole("button", { name: `Add a tax to ${books}` }).click();
    await ofBooks.getByLabel("Tax", { exact: true }).nth(index).fill(`T${index}`);
    await ofBooks.getByLabel("Percent").nth(index).fill(percent);
  }
  await form.getByRole("button", { name: "Save zone" }).click();
  await expect(form.getByText("An ISO 3166-1 alpha-2 code").first()).toBeVisible();
  await form.getByLabel("Places").fill("NZ, ck");
  await form.getByRole("button", { name: "Save zone" }).click();
  const card = page.locator("section.box").filter({ hasText: zone });
  await expect(card).toContainText("NZ, CK");
  await expect(card).toContainText("T0 5 % + T1 9.975 %");

  const price = async (kind: string, country: string) => {
    await page.getByLabel("Price", { exact: true }).fill("115");
    await page.getByLabel("Class", { exact: true }).selectOption({ label: kind });
    await page.getByLabel("Country", { exact: true }).fill(country);
    await page.getByRole("button", { name: "Work it out" }).click();
  };
  await price("Standard", "nz");
  await expect(page.getByText(`Zone: ${zone}`)).toBeVisible();
  await expect(page.getByText("VAT 15 % on €100.00")).toBeVisible();
  await price(books, "ck");
  await expect(page.getByText("T1 9.975 % on €100.02")).toBeVisible();

  await page.getByRole("button", { name: `Change ${zone}` }).click();
  await form.getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByRole("button", { name: "Remove it" }).click();
  await expect(card).toHaveCount(0);
  await page.getByRole("button", { name: `Change ${books}` }).click();
  await classForm.getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByRole("button", { name: "Remove it" }).click();
  await expect(page.getByRole("row").filter({ hasText: books })).toHaveCount(0);
});
