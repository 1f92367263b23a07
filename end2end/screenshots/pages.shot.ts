import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { withState, withoutState } from "../support/templates.ts";
import { test } from "../support/test.ts";

const folder = process.env.E2E_SCREENSHOTS ?? "screenshots";
const WIDTHS = [390, 1440];

/** Every page at two widths, light and dark: `<page>-<width>-<scheme>.png`. */
for (const template of [...withoutState, ...withState]) {
  test(template.name, async ({ visitor, page, admin, email, strict }) => {
    mkdirSync(folder, { recursive: true });
    for (const [status, url] of template.answers ?? []) strict.expectStatus(status, url);
    await template.show({ visitor, page, admin, email });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: width < 800 ? 844 : 900 });
        // Pictures below the fold load when they come into view.
        await page.evaluate(async () => {
          for (const image of document.images) image.loading = "eager";
          await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
          await document.fonts.ready;
          scrollTo(0, 0);
        });
        const path = join(folder, `${template.name}-${width}-${colorScheme}.png`);
        await page.screenshot({ path, fullPage: !template.overlay });
      }
    }
  });
}

test("menu and filters on a phone", async ({ visitor, page }) => {
  mkdirSync(folder, { recursive: true });
  await page.setViewportSize({ width: 390, height: 844 });
  for (const [name, path, summary] of [
    ["menu", "/", "details.menu > summary"],
    ["filters", "/collections/all", "details.filters > summary"],
  ]) {
    await visitor.open(path);
    await page.locator(summary).click();
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(folder, `${name}-390-${colorScheme}.png`) });
    }
  }
});
