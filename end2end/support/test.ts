import { randomBytes } from "node:crypto";

import { type BrowserContext, test as base, expect } from "@playwright/test";

import { Admin } from "./admin.ts";
import { Visitor } from "./visitor.ts";

export { expect };

/** Fails a test for what nobody should ever see in a browser's console. */
export class Strict {
  readonly problems: string[] = [];
  private readonly statuses: [number, RegExp][] = [];
  private readonly messages: RegExp[] = [];

  /** This answer is what the test is about: a wrong code, a page that isn't there. */
  expectStatus(status: number, url: RegExp): void {
    this.statuses.push([status, url]);
  }

  /** This message is what the test is about. */
  expectMessage(text: RegExp): void {
    this.messages.push(text);
  }

  watch(context: BrowserContext): void {
    context.on("console", (message) => {
      if (message.type() !== "error" && message.type() !== "warning") return;
      const text = message.text();
      // Said for every answer from 400 on; those are looked at as answers, below.
      if (text.startsWith("Failed to load resource: the server responded with a status of")) return;
      const at = message.location().url;
      if (!this.messages.some((one) => one.test(text))) this.problems.push(`console ${message.type()}: ${text} (${at})`);
    });
    context.on("weberror", (error) => {
      const text = String(error.error().stack ?? error.error());
      if (!this.messages.some((one) => one.test(text))) this.problems.push(`page error: ${text}`);
    });
    context.on("requestfailed", (request) => {
      const reason = request.failure()?.errorText ?? "";
      // A page was left while something of it was still on its way.
      if (reason === "net::ERR_ABORTED") return;
      // With scripts off, Chromium says so of each script. Of a real violation it also writes to the console.
      if (reason === "csp" && request.resourceType() === "script") return;
      const text = `request failed: ${reason} ${request.url()}`;
      if (!this.messages.some((one) => one.test(text))) this.problems.push(text);
    });
    context.on("response", (response) => {
      const status = response.status();
      if (status < 400) return;
      const path = response.url().replace(/^https?:\/\/[^/]+/, "");
      if (!this.statuses.some(([expected, url]) => expected === status && url.test(path))) {
        this.problems.push(`answer ${status}: ${response.request().method()} ${path}`);
      }
    });
    context.on("dialog", (dialog) => {
      this.problems.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }
}

interface Fixtures {
  strict: Strict;
  /** The default page's visitor. */
  visitor: Visitor;
  /** A mail address that no other test has. */
  email: string;
}

export const test = base.extend<Fixtures, { admin: Admin }>({
  baseURL: async ({}, use) => {
    const url = process.env.E2E_URL;
    if (!url) throw new Error("the shop was not started");
    await use(url);
  },
  strict: [
    async ({ context, javaScriptEnabled }, use) => {
      const strict = new Strict();
      // Nobody takes what was fetched ahead for the script.
      if (javaScriptEnabled === false) strict.expectMessage(/\.wasm was preloaded using link preload but not used/);
      strict.watch(context);
      await use(strict);
      expect(strict.problems, "the browser's console and network stay clean").toEqual([]);
    },
    { auto: true },
  ],
  visitor: async ({ page, javaScriptEnabled }, use) => use(new Visitor(page, javaScriptEnabled !== false)),
  email: async ({}, use) => use(`buyer+${randomBytes(6).toString("hex")}@example.com`),
  admin: [
    async ({}, use) => {
      const [url, token] = [process.env.E2E_URL, process.env.E2E_STAFF_TOKEN];
      if (!url || !token) throw new Error("the shop was not started");
      await use(new Admin(url, token));
    },
    { scope: "worker" },
  ],
});
