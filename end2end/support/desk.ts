import { type Page, expect } from "@playwright/test";

import { OWNER } from "./shop.ts";

/** The merchant's screen has its data. */
export const ready = (page: Page): Promise<void> => page.locator("main[data-ready]").waitFor({ state: "attached" });

export async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await ready(page);
}

/** Signs in where `path` leads to. */
export async function signIn(page: Page, who = OWNER, path = "/admin"): Promise<void> {
  await open(page, path);
  await page.getByLabel("Email").fill(who.email);
  await page.getByLabel("Password").fill(who.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
  await ready(page);
}
