import type { Page } from "@playwright/test";

import { Admin } from "../support/admin.ts";
import { open, signIn } from "../support/desk.ts";
import { OWNER } from "../support/shop.ts";
import { expect, test } from "../support/test.ts";

/** What is promised, from the click on a product in the list until its variants can be typed in and are painted. */
const MOST_MS = 300;
const VARIANTS = 2_000;
const TIMES = 9;

// Asked before anybody is signed in: who is there?
test.beforeEach(({ strict }) => strict.expectStatus(401, /^\/fn\/admin\/me$/));

const numbered = (count: number, name: string): string[] => Array.from({ length: count }, (_, at) => `${name}${at + 1}`);

async function manyVariants(admin: Admin, handle: string): Promise<string> {
  const [sizes, colours] = [numbered(40, "Size "), numbered(50, "Colour ")];
  const variants = sizes.flatMap((size, at) =>
    colours.map((colour, of) => ({
      options: [size, colour],
      sku: `${handle}-${at + 1}-${of + 1}`.toUpperCase(),
      price: { minor: 1_000 + at * 10 + of, currency: "EUR" },
    })),
  );
  expect(variants).toHaveLength(VARIANTS);
  const options = [
    { name: "Size", values: sizes.map((name) => ({ name })) },
    { name: "Colour", values: colours.map((name) => ({ name })) },
  ];
  return admin.createProduct({ handle, title: `Measured ${handle}`, status: "draft", options, variants });
}

/** Milliseconds, by the browser's own clock, until two frames after the first cell is there. */
async function opened(page: Page, href: string): Promise<number> {
  return page.evaluate(
    (to) =>
      new Promise<number>((resolve, reject) => {
        const link = document.querySelector<HTMLAnchorElement>(`a[href="${to}"]`);
        if (!link) return reject(new Error("the product is not in the list"));
        const start = performance.now();
        const painted = () =>
          requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - start)));
        const look = () => {
          if (!document.querySelector("#cell-0-0")) return;
          observer.disconnect();
          painted();
        };
        const observer = new MutationObserver(look);
        observer.observe(document.body, { childList: true, subtree: true });
        link.click();
      }),
    href,
  );
}

test(`a product with ${VARIANTS} variants opens`, async ({ page, admin }) => {
  test.slow();
  const handle = `grid-${Date.now()}`;
  const id = await manyVariants(admin, handle);
  await signIn(page, OWNER, "/admin/products");
  const times: number[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    await open(page, `/admin/products?q=${handle}`);
    await page.locator(`a[href="/admin/products/${id}"]`).waitFor();
    times.push(await opened(page, `/admin/products/${id}`));
    await expect(page.getByLabel("Size 1 / Colour 1: SKU")).toHaveValue(`${handle}-1-1`.toUpperCase());
  }
  const sorted = times.map(Math.round).sort((one, other) => one - other);
  const median = sorted[Math.floor(TIMES / 2)];
  console.log(`${VARIANTS} variants: median ${median} ms of ${sorted.join(", ")}`);
  expect(median).toBeLessThan(MOST_MS);
});
