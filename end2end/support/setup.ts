import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { startShop } from "./shop.ts";

/** Starts the shop that all tests share; the answer stops it. */
export default async function setup(): Promise<() => Promise<void>> {
  if (process.env.E2E_URL && process.env.E2E_STAFF_TOKEN) {
    // A shop that runs already, for writing tests: started with the settings in shop.ts.
    return async () => {};
  }
  const binary = process.env.E2E_BIN;
  if (!binary) throw new Error("E2E_BIN is not set: `cargo xtask e2e` builds the shop and sets it");
  const looked = Boolean(process.env.E2E_SCREENSHOTS || process.env.E2E_LIGHTHOUSE);
  const results = fileURLToPath(new URL("../test-results", import.meta.url));
  mkdirSync(results, { recursive: true });
  const shop = await startShop(binary, join(results, "server.log"), looked);
  process.env.E2E_URL = shop.url;
  process.env.E2E_STAFF_TOKEN = shop.token;
  process.env.E2E_DATA = shop.data;
  return async () => {
    await shop.stop();
    const faults = shop.log().split("\n").filter((line) => /panicked|\bERROR\b/.test(line));
    if (faults.length > 0) throw new Error(`The server failed inside:\n${faults.join("\n")}`);
  };
}
