import type { Page } from "@playwright/test";

import { eur } from "../support/admin.ts";
import { expect, test } from "../support/test.ts";

declare global {
  interface Window {
    ran?: string[];
  }
}

/** Each would leave a trace in `window.ran`, or open a dialog, if any of it ran. */
const PAYLOADS = [
  "<script>(window.ran??=[]).push('script')</script>",
  "<img src=x onerror=\"(window.ran??=[]).push('img')\">",
  "\"><svg onload=\"(window.ran??=[]).push('svg')\">",
  "</script><script>(window.ran??=[]).push('break')</script>",
  "</title><script>(window.ran??=[]).push('title')</script>",
  "' autofocus onfocus='(window.ran??=[]).push(1)' x='",
  "\" autofocus onfocus=\"alert(1)\" x=\"",
  "</textarea></select><iframe srcdoc=\"<script>alert(1)</script>\">",
  "<a href=\"javascript:alert(1)\">press</a>",
  "<math><mi xlink:href=\"data:x,<script>alert(1)</script>\">",
  "<style>*{display:none}</style>",
  "<!-- --!><script>alert(1)</script> -->",
  "\u2028alert(1)\u2029${alert(1)}{{constructor.constructor('alert(1)')()}}",
];

/** Nothing of it ran, and nothing of it is there to run. */
async function inert(page: Page): Promise<void> {
  const found = await page.evaluate(() => {
    const elements = [...document.querySelectorAll("*")];
    const handlers = elements.filter((element) => [...element.attributes].some(({ name }) => /^on/i.test(name)));
    const schemes = elements.filter((element) =>
      ["href", "src", "action", "formaction", "xlink:href"].some((name) =>
        /^\s*(javascript|vbscript|data:text)/i.test(element.getAttribute(name) ?? ""),
      ),
    );
    const frames = elements.filter((element) => /^(iframe|object|embed|base|style|math)$/i.test(element.localName));
    const scripts = [...document.scripts].filter((script) => !script.type.endsWith("json") && !script.src);
    return {
      ran: window.ran ?? [],
      there: [...handlers, ...schemes, ...frames, ...scripts].map((element) => element.outerHTML.slice(0, 200)),
    };
  });
  expect(found).toEqual({ ran: [], there: [] });
}

test("a product whose every text is hostile is shown as text", async ({ visitor, page, admin, email }) => {
  const title = `Hostile ${PAYLOADS[0]} ${PAYLOADS[5]}`;
  const handle = `hostile-${email.replace(/[^a-z0-9]/g, "-")}`;
  await admin.createProduct({
    handle,
    title,
    description_html: `<p>An honest sentence.</p>${PAYLOADS.join("\n")}<p>Another one.</p>`,
    vendor: PAYLOADS[1],
    product_type: PAYLOADS[2],
    tags: PAYLOADS.slice(0, 6),
    status: "published",
    seo: { title: `${PAYLOADS[4]} title`, description: `${PAYLOADS[3]} ${PAYLOADS[6]}` },
    options: [
      {
        name: `Kind ${PAYLOADS[2]}`,
        values: PAYLOADS.map((name, at) => ({ name: `${at} ${name}`, ...(at === 0 ? { swatch: "#ff0000" } : {}) })),
      },
    ],
    variants: PAYLOADS.map((name, at) => ({ options: [`${at} ${name}`], sku: `X${at}${PAYLOADS[0]}`, price: eur(1000) })),
  });

  await visitor.open(`/products/${handle}`);
  await expect(visitor.heading).toHaveText(title);
  await expect(page.locator(".prose")).toContainText("An honest sentence.");
  await expect(page.locator(".prose")).toContainText("Another one.");
  await inert(page);
  await visitor.add();
  await expect(visitor.drawer).toContainText(title);
  await inert(page);

  for (const path of ["/collections/all?sort=newest", "/cart", "/"]) {
    await visitor.open(path);
    await inert(page);
  }
  // Searched for, suggested, and found.
  await expect(async () => {
    await visitor.open("/");
    await page.getByRole("combobox", { name: "Search" }).pressSequentially("hostile");
    await expect(page.getByRole("option").filter({ hasText: "Hostile" }).first()).toBeVisible({ timeout: 2000 });
  }).toPass();
  await inert(page);
  await page.getByRole("combobox", { name: "Search" }).press("Enter");
  await expect(visitor.heading).toContainText("hostile");
  await inert(page);

  await visitor.open("/checkout");
  await visitor.fillCheckout({ email });
  await visitor.pay();
  await expect(page.locator(".panel")).toContainText(title);
  await inert(page);

  await test.step("and so in the mail about it", async () => {
    const { html } = await admin.mail(email, "order_confirmation");
    // A mail program without any policy of its own.
    await page.goto("about:blank");
    await page.setContent(html);
    await inertMail(page);
    await expect(page.locator("body")).toContainText(title);
  });

  await admin.setStock((await admin.variant(handle, `0 ${PAYLOADS[0]}`)).id, 0);
});

/** As above, but mails have their styles inside. */
async function inertMail(page: Page): Promise<void> {
  const found = await page.evaluate(() => ({
    ran: window.ran ?? [],
    there: [...document.querySelectorAll("script, iframe, object, embed, img[src=x], svg, math")].length,
    handlers: [...document.querySelectorAll("*")].filter((element) =>
      [...element.attributes].some(({ name }) => /^on/i.test(name)),
    ).length,
  }));
  expect(found).toEqual({ ran: [], there: 0, handlers: 0 });
}

test("what shoppers type is text wherever it is shown again", async ({ visitor, page, admin, email }) => {
  const name = `${PAYLOADS[1]}`.slice(0, 100);
  const line1 = `${PAYLOADS[5]} 8`;
  await visitor.register(email, name);
  await visitor.post("/fn/account/address", {
    "address[name]": name,
    "address[company]": PAYLOADS[0],
    "address[line1]": line1,
    "address[line2]": PAYLOADS[6],
    "address[city]": PAYLOADS[8],
    "address[region]": "",
    "address[postal_code]": "10115",
    "address[country]": "DE",
    "address[phone]": "",
    default: "1",
  });
  for (const path of ["/account", "/account/addresses"]) {
    await visitor.open(path);
    await inert(page);
  }
  await expect(page.locator("address")).toContainText(name);
  await expect(page.locator("address")).toContainText(line1);

  await visitor.put((await admin.variant("brass-compass")).id);
  await visitor.open("/checkout");
  await page.getByRole("button", { name: "Use", exact: true }).click();
  await page.getByRole("radio", { name: /^Standard/ }).check();
  await inert(page);
  await visitor.pay();
  await expect(page.locator(".order__facts").first()).toContainText(line1);
  await inert(page);

  for (const template of ["order_confirmation", "welcome"]) {
    const { html, subject } = await admin.mail(email, template);
    expect(subject).not.toMatch(/[\r\n]/);
    await page.goto("about:blank");
    await page.setContent(html);
    await inertMail(page);
  }
});

test("what stands in an address is text", async ({ visitor, page, strict }) => {
  strict.expectStatus(404, /./);
  strict.expectStatus(422, /./);
  for (const payload of PAYLOADS) {
    const word = encodeURIComponent(payload.slice(0, 150));
    await visitor.open(`/search?q=${word}`);
    await inert(page);
  }
  const word = encodeURIComponent(PAYLOADS[2]);
  for (const path of [
    `/products/${word}`,
    `/collections/all?filter.colour=${word}&price_min=${word}&sort=${word}`,
    `/account/login?next=${encodeURIComponent("javascript:alert(1)")}`,
    `/account/login?next=${encodeURIComponent("//evil.example/")}`,
    `/account/reset/${word}`,
    `/orders/${word}`,
  ]) {
    await visitor.open(path);
    await inert(page);
  }
  await visitor.open(`/account/login?next=${encodeURIComponent("//evil.example/")}`);
  await expect(page.locator('input[name="next"]')).toHaveValue(/^(|\/account)$/);
});
