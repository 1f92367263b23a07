import type { Page } from "@playwright/test";

import { expect, test } from "../support/test.ts";

type Data = Record<string, unknown>;

async function jsonLd(page: Page): Promise<Data[]> {
  const texts = await page.locator('script[type="application/ld+json"]').allTextContents();
  return texts.map((text) => JSON.parse(text) as Data);
}

const of = (data: Data[], type: string) => data.filter((one) => one["@type"] === type);
const meta = (page: Page, name: string) => page.locator(`meta[name="${name}"], meta[property="${name}"]`);

// What search engines read: no script has run.
test.use({ javaScriptEnabled: false });

test("the front page says who and where", async ({ page, baseURL }) => {
  await page.goto("/");
  await expect(page.locator('link[rel="canonical"]')).toHaveAttribute("href", `${baseURL}/`);
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await expect(meta(page, "description")).toHaveAttribute("content", /.{40,}/);
  await expect(meta(page, "og:title")).toHaveAttribute("content", await page.title());
  await expect(meta(page, "og:url")).toHaveAttribute("content", `${baseURL}/`);
  await expect(meta(page, "robots")).toHaveCount(0);
  const data = await jsonLd(page);
  expect(of(data, "Organization")).toMatchObject([{ name: "Kettle & Kite", url: `${baseURL}/` }]);
  expect(of(data, "WebSite")).toMatchObject([
    {
      url: `${baseURL}/`,
      potentialAction: {
        "@type": "SearchAction",
        target: { urlTemplate: `${baseURL}/search?q={search_term_string}` },
        "query-input": "required name=search_term_string",
      },
    },
  ]);
});

test("a product's offers are its variants", async ({ page, baseURL, admin }) => {
  await page.goto("/products/april-umbrella");
  const url = `${baseURL}/products/april-umbrella`;
  await expect(page.locator('link[rel="canonical"]')).toHaveAttribute("href", url);
  await expect(meta(page, "og:type")).toHaveAttribute("content", "product");
  const picture = (await meta(page, "og:image").getAttribute("content")) ?? "";
  expect((await page.request.get(picture)).headers()["content-type"]).toMatch(/^image\//);

  const data = await jsonLd(page);
  const [product] = of(data, "Product") as { offers: Data[]; image: string[] }[];
  expect(product).toMatchObject({ name: await page.locator("h1").innerText(), url, brand: { "@type": "Brand" } });
  expect(product.image.length).toBeGreaterThan(0);
  expect(product.offers).toHaveLength(4);
  const plum = await admin.variant("april-umbrella", "Plum");
  const offer = (colour: string) => product.offers.find((one) => one.name === colour);
  expect(offer("Plum")).toMatchObject({
    "@type": "Offer",
    price: (plum.price.minor / 100).toFixed(2),
    priceCurrency: "EUR",
    availability: "https://schema.org/InStock",
    url: `${url}?variant=${plum.id}`,
    gtin: expect.stringMatching(/^\d{8,14}$/),
    sku: expect.any(String),
  });
  expect(offer("Marigold")).toMatchObject({ availability: "https://schema.org/OutOfStock" });
  for (const { url: link } of product.offers) expect((await page.request.get(String(link))).status()).toBe(200);

  const [crumbs] = of(data, "BreadcrumbList") as { itemListElement: Data[] }[];
  expect(crumbs.itemListElement.map((one) => one.position)).toEqual([1, 2, 3]);
  for (const { item } of crumbs.itemListElement) {
    expect((await page.request.get(String(item))).status(), String(item)).toBe(200);
  }
  // A variant's own address is the same page to a search engine.
  await page.goto(`/products/april-umbrella?variant=${plum.id}`);
  await expect(page.locator('link[rel="canonical"]')).toHaveAttribute("href", url);
});

test("lists have one address, and what is chosen from them none", async ({ page, baseURL }) => {
  await page.goto("/collections/kitchen");
  await expect(page.locator('link[rel="canonical"]')).toHaveAttribute("href", `${baseURL}/collections/kitchen`);
  await expect(meta(page, "robots")).toHaveCount(0);
  for (const path of ["/collections/kitchen?in_stock=1", "/search?q=tea", "/cart", "/account/login"]) {
    await page.goto(path);
    await expect(meta(page, "robots"), path).toHaveAttribute("content", /noindex/);
  }
});

test("robots.txt leads to a sitemap whose addresses all answer", async ({ request, baseURL, page }) => {
  const robots = await (await request.get("/robots.txt")).text();
  for (const path of ["/cart", "/checkout", "/account", "/orders/", "/api/", "/fn/"]) {
    expect(robots).toContain(`Disallow: ${path}\n`);
  }
  const [, sitemap] = /^Sitemap: (.+)$/m.exec(robots) ?? [];
  expect(sitemap).toBe(`${baseURL}/sitemap.xml`);

  await page.goto("/");
  // The browser's own parser: what isn't XML has a <parsererror> in it.
  const locations = async (url: string, root: string) => {
    const answer = await request.get(url);
    expect(answer.headers()["content-type"]).toContain("xml");
    return page.evaluate(
      ([text, wanted]) => {
        const document = new DOMParser().parseFromString(text, "application/xml");
        if (document.documentElement.localName !== wanted) throw new Error(text);
        return [...document.getElementsByTagName("loc")].map((loc) => loc.textContent ?? "");
      },
      [await answer.text(), root],
    );
  };
  const urls: string[] = [];
  for (const part of await locations(sitemap, "sitemapindex")) urls.push(...(await locations(part, "urlset")));
  expect(new Set(urls).size).toBe(urls.length);
  for (const path of ["/", "/products/enamel-teapot", "/collections/kitchen", "/pages/about"]) {
    expect(urls).toContain(`${baseURL}${path}`);
  }
  const answers = await Promise.all(urls.map(async (url) => [url, (await request.get(url, { maxRedirects: 0 })).status()]));
  expect(answers.filter(([, status]) => status !== 200)).toEqual([]);
});

test("addresses that lead nowhere say so", async ({ request }) => {
  for (const path of [
    "/products/no-such-thing",
    "/collections/no-such-list",
    "/pages/no-such-page",
    "/orders/no-such-order",
    "/no/such/path",
    "/media/none.webp",
    "/pkg/none.js",
    "/%2e%2e/%2e%2e/etc/passwd",
  ]) {
    expect((await request.get(path)).status(), path).toBe(404);
  }
  const api = await request.get("/api/store/v1/products/no-such-thing");
  expect(api.status()).toBe(404);
  expect(api.headers()["content-type"]).toContain("application/problem+json");
});

test("after a new handle the old address leads to the new one", async ({ request, admin, page, email }) => {
  const stem = email.replace(/[^a-z0-9]/g, "-");
  const id = await admin.createProduct({
    handle: `old-${stem}`,
    title: "Renamed Thing",
    status: "published",
    variants: [{ price: { minor: 900, currency: "EUR" } }],
  });
  expect((await request.get(`/products/old-${stem}`, { maxRedirects: 0 })).status()).toBe(200);
  await admin.changeProduct(id, (product) => {
    product.handle = `new-${stem}`;
  });
  const moved = await request.get(`/products/old-${stem}`, { maxRedirects: 0 });
  expect(moved.status()).toBe(301);
  expect(moved.headers().location).toBe(`/products/new-${stem}`);
  await page.goto(`/products/old-${stem}`);
  await expect(page).toHaveURL(new RegExp(`/products/new-${stem}$`));
  await expect(page.locator("h1")).toHaveText("Renamed Thing");

  for (const [from, to] of [
    ["/collections", "/collections/all"],
    ["/products", "/collections/all"],
    ["/collections/kitchen/products/enamel-teapot", "/products/enamel-teapot"],
    ["/products/enamel-teapot/", "/products/enamel-teapot"],
  ]) {
    const answer = await request.get(from, { maxRedirects: 0 });
    expect([answer.status(), answer.headers().location], from).toEqual([301, to]);
  }
});

test("pages say what a browser may do", async ({ request }) => {
  for (const path of ["/", "/products/enamel-teapot", "/cart", "/no/such/path", "/account/login"]) {
    const headers = (await request.get(path)).headers();
    const policy = headers["content-security-policy"];
    expect(policy, path).toContain("default-src 'none'");
    // Descriptions may show pictures of other places, over TLS; nothing else comes from anywhere else.
    const rest = policy.replace("img-src 'self' data: https:;", "");
    expect(rest, path).not.toMatch(/'unsafe-inline'|'unsafe-eval'|\*|https?:/);
    expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "x-frame-options": "DENY" });
  }
});
