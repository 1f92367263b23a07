import { defineConfig, devices } from "@playwright/test";

/** Chromium's path; unset: Playwright's own. */
const executablePath = process.env.E2E_CHROMIUM;
/** The folder for `make screenshots`; only then is there such a project. */
const pictures = process.env.E2E_SCREENSHOTS;
/** Set by `npm run lighthouse`. */
const measured = process.env.E2E_LIGHTHOUSE;
/** Set to measure how fast screens open. */
const timed = process.env.E2E_MEASURE;
/** The desktop app's binary, set by `cargo xtask desktop-test`. */
const desktop = process.env.E2E_DESKTOP;

export default defineConfig({
  outputDir: "test-results",
  // The desktop's test stops its shop and starts it again: it has one of its own.
  globalSetup: desktop ? undefined : "./support/setup.ts",
  fullyParallel: true,
  workers: 2,
  retries: process.env.CI ? 2 : 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  globalTimeout: 40 * 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    ...devices["Desktop Chrome"],
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
    timezoneId: "UTC",
    // Motion is decoration here: nothing may depend on it, and nothing has to wait for it.
    contextOptions: { reducedMotion: "reduce" },
    launchOptions: { executablePath, args: ["--no-sandbox"] },
    actionTimeout: 10_000,
    navigationTimeout: 20_000,
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
  },
  projects: [
    ...(desktop ? [{ name: "desktop", testDir: "desktop" }] : [{ name: "shop", testDir: "tests" }]),
    // What is set for the whole shop: after all others, one at a time.
    ...(desktop ? [] : [{ name: "alone", testDir: "alone", dependencies: ["shop"], fullyParallel: false, workers: 1 }]),
    ...(pictures ? [{ name: "screenshots", testDir: "screenshots", testMatch: "*.shot.ts" }] : []),
    ...(timed ? [{ name: "measure", testDir: "measure", testMatch: "*.measure.ts" }] : []),
    ...(measured ? [{ name: "lighthouse", testDir: "lighthouse", testMatch: "*.lighthouse.ts" }] : []),
  ],
});
