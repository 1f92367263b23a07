import type { Page } from "@playwright/test";

import { deferred } from "../support/deferred.ts";
import { expect, test } from "../support/test.ts";

declare global {
  interface Window {
    unchanged?: boolean;
  }
}

const mark = (page: Page) => page.evaluate(() => void (window.unchanged = true));
const survived = (page: Page) => page.evaluate(() => window.unchanged === true);

test("links lead on without a reload: title, canonical, focus and scroll follow", async ({
  visitor,
  page,
  baseURL,
}) => {
  await visitor.open("/collections/all");
  await mark(page);
  const first = await page.title();
  const canonical = page.locator('link[rel="canonical"]');
  await expect(canonical).toHaveAttribute("href", `${baseURL}/collections/all`);

  const link = page.locator(".products .card__link").nth(9);
  await link.scrollIntoViewIfNeeded();
  const left = await page.evaluate(() => scrollY);
  expect(left).toBeGreaterThan(300);
  const href = await link.getAttribute("href");
  const name = await link.innerText();
  await link.click();
  await expect(page).toHaveURL(`${baseURL}${href}`);
  await expect(visitor.heading).toHaveText(name);
  await expect(visitor.heading).toBeFocused();
  await expect(page).not.toHaveTitle(first);
  await expect(canonical).toHaveAttribute("href", `${baseURL}${href}`);
  expect(await page.evaluate(() => scrollY)).toBe(0);
  // What the script showed is what the server would have sent.
  const title = await page.title();
  const served = await (await page.request.get(href ?? "")).text();
  expect(served).toContain(`<title>${title.replaceAll("&", "&amp;")}</title>`);

  await page.goBack();
  await expect(page).toHaveURL(`${baseURL}/collections/all`);
  await expect(page).toHaveTitle(first);
  await expect.poll(() => page.evaluate(() => scrollY)).toBe(left);
  await expect(canonical).toHaveAttribute("href", `${baseURL}/collections/all`);

  await page.goForward();
  await expect(visitor.heading).toHaveText(name);
  expect(await survived(page)).toBe(true);
});

test("pages that search engines shall not keep have no canonical, however one gets there", async ({
  visitor,
  page,
}) => {
  await visitor.open("/");
  await mark(page);
  await page.getByRole("combobox", { name: "Search" }).fill("kite");
  await page.getByRole("combobox", { name: "Search" }).press("Enter");
  await expect(visitor.heading).toContainText("kite");
  await expect(page.locator('link[rel="canonical"]')).toHaveCount(0);
  await page.getByRole("contentinfo").getByRole("link", { name: "About us" }).click();
  await expect(visitor.heading).toHaveText("About us");
  await expect(page.locator('link[rel="canonical"]')).toHaveAttribute("href", /\/pages\/about$/);
  expect(await survived(page)).toBe(true);
});

test("filters and sorting change the list and the address in place", async ({ visitor, page }) => {
  await visitor.open("/collections/all");
  await mark(page);
  await page.getByLabel("Sort by").selectOption({ label: "Price, low to high" });
  await expect(page).toHaveURL(/sort=price-asc/);
  const prices = page.locator(".products .price__now");
  await expect
    .poll(async () => {
      const amounts = (await prices.allInnerTexts()).map((text) => Number(text.replace(/[^\d.]/g, "")));
      return amounts.length > 5 && amounts.every((amount, index) => index === 0 || amounts[index - 1] <= amount);
    })
    .toBe(true);
  const box = page.getByRole("checkbox", { name: "In stock only" });
  await box.check();
  await expect(page).toHaveURL(/in_stock=1/);
  await expect(page).toHaveURL(/sort=price-asc/);
  await expect(box).toBeFocused();
  await expect(page.locator(".products .badge--out")).toHaveCount(0);

  const chip = page.getByRole("link", { name: "Remove filter In stock" });
  await chip.click();
  await expect(page).not.toHaveURL(/in_stock/);
  await expect(box).not.toBeChecked();
  await page.goBack();
  await expect(box).toBeChecked();
  expect(await survived(page)).toBe(true);

  // The same address from the server shows the same list.
  const here = await page.locator(".products .card__title").allInnerTexts();
  await page.reload();
  await visitor.hydrated();
  expect(await page.locator(".products .card__title").allInnerTexts()).toEqual(here);
});

test("paging shows every product once", async ({ visitor, page }) => {
  await visitor.open("/collections/all");
  await mark(page);
  const said = await page.locator(".listing__bar [role=status]").innerText();
  const all: string[] = [];
  for (;;) {
    all.push(
      ...(await page.locator(".products .card__link").evaluateAll((links) =>
        links.map((link) => link.getAttribute("href") ?? ""),
      )),
    );
    const next = page.getByRole("link", { name: "Next page" });
    if ((await next.count()) === 0) break;
    const href = await next.getAttribute("href");
    await next.click();
    await expect(page).toHaveURL((url) => url.pathname + url.search === href);
    await expect(page.getByRole("link", { name: "Previous page" })).toBeVisible();
    await expect.poll(() => page.locator(".products .card__link").first().getAttribute("href")).not.toBe(all.at(-24));
  }
  expect(new Set(all).size).toBe(all.length);
  expect(all.length).toBe(Number.parseInt(said, 10));
  expect(await survived(page)).toBe(true);
});

test.describe("before the wasm has come", () => {
  test("links are links and forms are forms", async ({ visitor, page }) => {
    // It never comes.
    await page.route("**/*.wasm", () => {});
    await page.goto("/");
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Garden" }).click();
    await expect(visitor.heading).toHaveText("Garden");
    await page.getByRole("combobox", { name: "Search" }).fill("bramble");
    await page.getByRole("combobox", { name: "Search" }).press("Enter");
    await expect(page).toHaveURL(/\/search\?q=bramble/);
    await page.locator(".products .card__link").first().click();
    await expect(page).toHaveURL(/\/products\/bramble-gloves$/);
    const size = page.locator(".options label.pill", { has: page.locator('input[value="L"]') });
    await size.click();
    await page.locator("#buy").getByRole("button", { name: "Add to cart" }).click();
    await expect(page).toHaveURL(/\/cart$/);
    // What was chosen, not what was chosen before.
    await expect(visitor.lines).toContainText("/ L");
    await page.unrouteAll({ behavior: "ignoreErrors" });
  });

  test("what was typed and chosen meanwhile stays", async ({ visitor, page }) => {
    const goOn = deferred();
    await page.route("**/*.wasm", async (route) => {
      await goOn.promise;
      await route.continue();
    });
    await page.goto("/products/towpath-cap");
    await page.locator(".options label.pill", { has: page.locator('input[value="Moss"]') }).click();
    await page.getByRole("combobox", { name: "Search" }).fill("half a wo");
    goOn.resolve();
    await visitor.hydrated();
    await expect(page.locator('.options input[value="Moss"]')).toBeChecked();
    await expect(page.getByRole("combobox", { name: "Search" })).toHaveValue("half a wo");
    await visitor.add();
    await expect(visitor.drawer).toContainText("Moss");
  });

  test("a wasm that can't be had leaves a page that works", async ({ visitor, page, strict }) => {
    strict.expectMessage(/The page stays as the server sent it/);
    strict.expectMessage(/net::ERR_FAILED/);
    await page.route("**/*.wasm", (route) => route.abort());
    const told = page.waitForEvent("console", (message) => message.text().includes("The page stays"));
    await page.goto("/products/fair-die");
    await told;
    await page.locator("#buy").getByRole("button", { name: "Add to cart" }).click();
    await expect(page).toHaveURL(/\/cart$/);
    await expect(visitor.heading).toHaveText("Your cart");
    await expect(visitor.lines).toHaveCount(1);
    // The boot script of this page fails too, in its own time.
    await page.waitForEvent("console", (message) => message.text().includes("The page stays"));
  });
});

test("offline, a link says so and the page stays", async ({ visitor, page, context, strict }) => {
  strict.expectMessage(/net::ERR_INTERNET_DISCONNECTED/);
  await visitor.open("/pages/about");
  await context.setOffline(true);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Garden" }).click();
  await expect(page.getByRole("status").getByText("You seem to be offline")).toBeVisible();
  await expect(visitor.heading).toHaveText("About us");
  await context.setOffline(false);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Garden" }).click();
  await expect(visitor.heading).toHaveText("Garden");
});
