import { readFileSync } from "node:fs";

import { type Locator, type Page } from "@playwright/test";

import { open, signIn } from "../support/desk.ts";
import { OWNER } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";

// Asked before anybody is signed in: who is there?
test.beforeEach(({ strict }) => strict.expectStatus(401, /^\/fn\/admin\/me$/));

const section = (page: Page, title: string): Locator =>
  page.locator("section.box").filter({ has: page.getByRole("heading", { level: 2, name: title, exact: true }) });

/** Whether something was drawn: not every point has one colour. */
const drawn = (canvas: Locator): Promise<boolean> =>
  canvas.evaluate((node: HTMLCanvasElement) => {
    const { data } = node.getContext("2d")!.getImageData(0, 0, node.width, node.height);
    const points = new Uint32Array(data.buffer);
    return points.some((point) => point !== points[0]);
  });

/** Today's row of a section's table. */
async function today(page: Page, title: string): Promise<Locator> {
  const summary = section(page, title).getByText("The figures as a table");
  if ((await section(page, title).locator("details[open]").count()) === 0) await summary.click();
  return section(page, title).locator("details table tbody tr").last();
}

test("an order is in the figures, and every way down leads to it", async ({ page, admin, email }) => {
  const variant = await admin.variant("honest-bucket", "Sea", "8 L");
  const order = await admin.buy(email, variant.id, 2);
  await signIn(page, OWNER, "/admin");
  // The shop is shared: its handlers may be a moment behind.
  await expect(async () => {
    await open(page, "/admin/analytics?range=7");
    await (await today(page, "Sales")).getByRole("button").click();
    await expect(page.getByRole("dialog").getByRole("link", { name: `#${order.number}`, exact: true })).toBeVisible({ timeout: 2000 });
  }).toPass();
  const dialog = page.getByRole("dialog", { name: /^Orders: / });
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();

  // The chart's last bar is the same day.
  const chart = section(page, "Sales").getByRole("img", { name: /^Sales over time/ });
  await expect.poll(() => drawn(chart.locator("canvas").first())).toBe(true);
  const box = (await chart.boundingBox())!;
  await chart.click({ position: { x: box.width - 40, y: box.height / 2 } });
  await expect(dialog.getByRole("link", { name: `#${order.number}`, exact: true })).toBeVisible();
  await page.keyboard.press("Escape");

  // A product leads to its orders, an order to its own screen.
  await section(page, "Top products").getByRole("button", { name: /Bucket/ }).first().click();
  await dialog.getByRole("link", { name: `#${order.number}`, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`#${order.number}`);
});

test("the address says what is shown, and each report is a file", async ({ page, admin, email }) => {
  const variant = await admin.variant("honest-bucket", "Sea", "8 L");
  await admin.buy(email, variant.id);
  const waitFor = (path: RegExp) => page.waitForResponse((answer) => path.test(answer.url()) && answer.ok());
  await signIn(page, OWNER, "/admin/analytics");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Analytics");
  const asked = waitFor(/\/fn\/admin\/analytics\/sales$/);
  await page.getByRole("link", { name: "90 days" }).click();
  await asked;
  await expect(page).toHaveURL(/range=90/);
  await page.getByLabel("Bars").selectOption("week");
  await expect(page).toHaveURL(/by=week/);
  await page.getByRole("link", { name: /^Orders/ }).filter({ has: page.locator(".metric__value") }).click();
  await expect(page).toHaveURL(/show=orders/);
  await expect(section(page, "Sales").getByRole("img", { name: /^Orders over time/ })).toBeVisible();
  await page.reload();
  await expect(section(page, "Sales").getByRole("img", { name: /^Orders over time/ })).toBeVisible();
  await expect(page.getByLabel("Bars")).toHaveValue("week");

  for (const name of ["sales", "top-products", "top-categories", "funnel", "stock"]) {
    const saved = page.waitForEvent("download");
    await page.getByRole("button", { name: `Save ${name} as CSV` }).click();
    const file = await saved;
    expect(file.suggestedFilename()).toBe(`${name}.csv`);
    const lines = readFileSync((await file.path())!, "utf8").trim().split("\n");
    expect(lines.length).toBeGreaterThan(1);
    expect(lines[0]).toMatch(/^[a-z0-9_,]+$/);
  }
});

test("looking at a product is counted, once a day per visitor", async ({ page, browser }) => {
  await signIn(page, OWNER, "/admin/analytics?range=today");
  const views = async (): Promise<number[]> => {
    await open(page, "/admin/analytics?range=today");
    const cells = (await today(page, "From looking to paying")).getByRole("cell");
    return (await cells.allTextContents()).slice(0, 2).map((text) => Number(text.replace(/\D/g, "")));
  };
  const [before] = await views();
  const shopper = await (await browser.newContext({ userAgent: `Mozilla/5.0 Test ${Date.now()}` })).newPage();
  for (let count = 0; count < 3; count++) await shopper.goto("/products/honest-bucket");
  await shopper.context().close();
  // Written down every five seconds. Other tests look at products too.
  await expect.poll(async () => (await views())[0], { timeout: 20_000 }).toBeGreaterThanOrEqual(before + 3);
});

test("charts come with the screen that shows them, from the shop itself, and follow the theme", async ({ page }) => {
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.emulateMedia({ colorScheme: "light" });
  await signIn(page, OWNER, "/admin/products");
  expect(asked.filter((url) => /admin-chart/.test(url))).toEqual([]);
  await page.keyboard.press("g");
  await page.keyboard.press("r");
  const canvas = section(page, "Sales").getByRole("img").locator("canvas").first();
  await expect.poll(() => drawn(canvas)).toBe(true);
  expect(asked.filter((url) => /admin-chart/.test(url))).toHaveLength(1);
  const origin = new URL(page.url()).origin;
  expect(asked.filter((url) => !url.startsWith(origin) && !/^(data|blob):/.test(url))).toEqual([]);
  const picture = () => canvas.evaluate((node: HTMLCanvasElement) => node.toDataURL());
  const light = await picture();
  await page.emulateMedia({ colorScheme: "dark" });
  await expect.poll(picture).not.toBe(light);
});

test("without the chart's module the figures are there", async ({ page, strict }) => {
  strict.expectMessage(/admin-chart|net::ERR_FAILED/);
  await page.route(/admin-chart/, (route) => route.abort());
  await signIn(page, OWNER, "/admin/analytics");
  await expect(page.getByText("The chart could not be drawn.").first()).toBeVisible();
  await expect(await today(page, "Sales")).toBeVisible();
});
