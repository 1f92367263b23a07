import type { Locator, Page } from "@playwright/test";

import { expect, test } from "../support/test.ts";
import { PASSWORD } from "../support/visitor.ts";

test.use({ viewport: { width: 390, height: 844 } });

/** Nobody tabs further than that. */
const MOST_TABS = 80;

/** Presses Tab until `target` has the focus, and sees that the focus can be seen all the way. */
async function tabTo(page: Page, target: Locator, key = "Tab"): Promise<void> {
  await target.first().waitFor({ state: "attached" });
  for (let pressed = 0; pressed < MOST_TABS; pressed += 1) {
    await page.keyboard.press(key);
    const found = await target.first().evaluate((element) => element === document.activeElement);
    const lost = await page.evaluate(() => {
      const focused = document.activeElement;
      if (!focused || focused === document.body) return undefined;
      // A control that is drawn by its label (a pill, a choice) is as visible as that.
      const shown = focused.closest("label") ?? focused;
      const { width, height, right, bottom, left, top } = shown.getBoundingClientRect();
      const seen = width > 1 && height > 1 && right > 0 && bottom > 0 && left < innerWidth && top < innerHeight;
      return seen ? undefined : focused.outerHTML.slice(0, 200);
    });
    expect(lost, "what has the focus is on the screen").toBeUndefined();
    if (found) return;
  }
  throw new Error(`${MOST_TABS} times ${key} did not lead to ${target}`);
}

async function press(page: Page, target: Locator, key = "Enter"): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press(key);
}

async function type(page: Page, target: Locator, text: string): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.type(text);
}

test("registers, adds an address and buys on a phone, with the keyboard alone", async ({
  visitor,
  page,
  admin,
  email,
}) => {
  const variant = await admin.variant("walk-the-dog-yo-yo", "Fern");
  const before = await admin.stock(variant.id);
  await visitor.open("/");

  await test.step("register", async () => {
    await press(page, page.locator("summary", { has: page.locator(".when-closed") }).first());
    await press(page, page.getByRole("link", { name: "Your account" }).first());
    await expect(page).toHaveURL(/\/account\/login/);
    await press(page, page.getByRole("link", { name: "Create an account" }));
    await expect(page).toHaveURL(/\/account\/register/);
    await type(page, page.getByLabel("Your name"), "Grace Hopper");
    await type(page, page.getByLabel("E-mail"), email);
    await type(page, page.getByLabel("Password"), PASSWORD);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/account$/);
    await expect(page.getByText("Welcome, Grace Hopper")).toBeVisible();
    await admin.mail(email, "welcome");
  });

  await test.step("add an address", async () => {
    await press(page, page.getByRole("link", { name: "Addresses" }));
    await expect(page).toHaveURL(/\/account\/addresses$/);
    await type(page, page.getByLabel("Full name"), "Grace Hopper");
    await type(page, page.getByLabel("Street and number"), "Unter den Linden 6");
    await type(page, page.getByLabel("Postcode"), "10117");
    await type(page, page.getByLabel("City"), "Berlin");
    await type(page, page.getByLabel("Country"), "Germany");
    await expect(page.getByLabel("Country")).toHaveValue("DE");
    await press(page, page.getByRole("button", { name: "Save address" }));
    await expect(page.locator("address")).toContainText("Unter den Linden 6");
  });

  await test.step("find", async () => {
    const field = page.getByRole("combobox", { name: "Search" });
    await tabTo(page, field, "Shift+Tab");
    await page.keyboard.type("yo-yo");
    await expect(page.getByRole("option", { name: /Yo-Yo/i })).toBeVisible();
    const chosen = page.locator('[role="option"][aria-selected="true"]');
    for (let pressed = 0; pressed < 10; pressed += 1) {
      await page.keyboard.press("ArrowDown");
      if (/yo-yo/i.test((await chosen.textContent()) ?? "")) break;
    }
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/products\/walk-the-dog-yo-yo$/);
    await expect(visitor.heading).toBeFocused();
  });

  await test.step("choose and add", async () => {
    await tabTo(page, page.locator('.options input[type="radio"]:checked'));
    const fern = page.locator('.options input[value="Fern"]');
    for (let pressed = 0; pressed < 4 && !(await fern.isChecked()); pressed += 1) {
      await page.keyboard.press("ArrowRight");
    }
    await expect(fern).toBeChecked();
    await press(page, page.locator("#buy").getByRole("button", { name: "Add to cart" }));
    await expect(visitor.drawer).toBeVisible();
    await expect(visitor.drawer).toContainText("Fern");
    expect(await visitor.drawer.evaluate((drawer) => drawer.contains(document.activeElement))).toBe(true);
  });

  await test.step("check out", async () => {
    await press(page, visitor.drawer.getByRole("link", { name: "Check out" }));
    await expect(page).toHaveURL(/\/checkout$/);
    await expect(page.getByLabel("E-mail")).toHaveValue(email);
    await press(page, page.getByRole("button", { name: "Use", exact: true }));
    const ways = page.getByRole("group", { name: "Delivery" }).getByRole("radio");
    await expect(ways.first()).toBeVisible();
    await tabTo(page, ways.first());
    await page.keyboard.press("Space");
    await expect(page.getByRole("radio", { name: /^Standard/ })).toBeChecked();
    await expect(visitor.payButton).toBeVisible();
    await press(page, visitor.payButton);
    await visitor.confirmed();
    await expect(visitor.heading).toHaveText("Thank you, Grace");
    await expect(visitor.heading).toBeFocused();
  });

  const [order, ...others] = await admin.ordersOf(email);
  expect(others).toEqual([]);
  expect(order.payment_status).toBe("paid");
  expect(before.available - (await admin.stock(variant.id)).available).toBe(1);

  await test.step("the account knows the order", async () => {
    await visitor.open("/account");
    await press(page, page.getByRole("link", { name: String(order.number) }));
    await expect(visitor.heading).toHaveText("Thank you, Grace");
  });
});

test("a dialog keeps the focus, and gives it back", async ({ visitor, page, admin }) => {
  await visitor.put((await admin.variant("fair-die")).id);
  await visitor.open("/");
  const button = page.getByRole("link", { name: "Cart, 1 item" });
  await tabTo(page, button);
  await page.keyboard.press("Enter");
  await expect(visitor.drawer).toBeVisible();
  for (let pressed = 0; pressed < 15; pressed += 1) {
    await page.keyboard.press("Tab");
    // Between the last and the first the browser's own bar may have it.
    const inside = await visitor.drawer.evaluate(
      (drawer) => drawer.contains(document.activeElement) || document.activeElement === document.body,
    );
    expect(inside).toBe(true);
  }
  await page.keyboard.press("Escape");
  await expect(visitor.drawer).toBeHidden();
  await expect(button).toBeFocused();
});

test("the first Tab offers to skip to the content", async ({ visitor, page }) => {
  await visitor.open("/collections/kitchen");
  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "Skip to content" });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page.locator("main")).toBeFocused();
});
