import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import { type Template, withState, withoutState } from "../support/templates.ts";
import { expect, test } from "../support/test.ts";

/** WCAG's narrowest (a 1280 px screen at 400 %), and a desk. */
const WIDTHS = [320, 1440];

/** What makes a page scroll sideways: nothing, or the elements that reach beyond its edge. */
function stickingOut(page: Page, width: number): Promise<string[]> {
  return page.evaluate((width) => {
    if (document.documentElement.scrollWidth <= width) return [];
    const beyond = [...document.querySelectorAll("body *")].filter(
      (element) => element.getBoundingClientRect().right > width,
    );
    return ["the page", ...beyond.map((element) => element.outerHTML.slice(0, 120))];
  }, width);
}

async function audit(page: Page, name: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
      const found = violations.map(({ id, help, nodes }) => ({
        id,
        help,
        nodes: nodes.map((node) => `${node.html.slice(0, 160)} ${node.failureSummary ?? ""}`),
      }));
      expect.soft(found, `${name}, ${colorScheme}, ${width} px`).toEqual([]);
      expect.soft(await stickingOut(page, width), `${name} does not scroll sideways at ${width} px`).toEqual([]);
    }
  }
}

test.describe("every template: accessible, and fits", () => {
  const check = (template: Template) => {
    test(template.name, async ({ visitor, page, admin, email, strict }) => {
      for (const [status, url] of template.answers ?? []) strict.expectStatus(status, url);
      await template.show({ visitor, page, admin, email });
      await audit(page, template.name);
    });
  };
  withoutState.forEach(check);
  withState.forEach(check);
});
