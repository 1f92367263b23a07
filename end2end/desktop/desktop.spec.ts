import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "@playwright/test";

import { Admin } from "../support/admin.ts";
import { OWNER, type Shop, startShop } from "../support/shop.ts";
import { Window } from "./window.ts";

let shop: Shop;
let admin: Admin;
let window: Window;
let home: string;
const app = process.env.E2E_DESKTOP ?? "";
/** A folder to put pictures of the screen into; they take ImageMagick. */
const pictures = process.env.E2E_PICTURES;
const picture = async (name: string) => (pictures ? window.picture(join(pictures, `${name}.png`)) : undefined);

/** As they were read while the server was there. */
let seen: Awaited<ReturnType<Admin["ordersOf"]>> = [];

test.describe.configure({ mode: "serial", timeout: 180_000 });

test.beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "souk-desktop-"));
  shop = await startShop(process.env.E2E_BIN ?? "", join(home, "server.log"), false);
  admin = new Admin(shop.url, shop.token);
  window = await Window.open(app, home);
});

test.afterEach(async ({}, info) => {
  if (info.status !== info.expectedStatus) await picture("failed");
});

test.afterAll(async () => {
  await window?.close();
  await shop?.stop();
  rmSync(home, { recursive: true, force: true });
});

test("a shop is added by its address, and its screens ask who is there", async () => {
  await window.sees("Where is your shop?");
  await picture("1-shops");
  await window.fill("Address of the shop", "http://shop.example");
  await window.button("Open this shop");
  await window.sees("It begins with https://");
  await window.fill("Address of the shop", shop.url);
  await window.button("Open this shop");
  await window.sees("Password");
  await window.fill("Email", OWNER.email);
  await window.fill("Password", "not this one");
  await window.button("Sign in");
  await window.sees("This mail address and password don't match.");
  await picture("2-sign-in");
  await window.fill("Password", OWNER.password);
  await window.button("Sign in");
  await window.sees("Waiting for you");
  await picture("3-home");
  // No cookie anywhere, and the window can ask the app for nothing but what it needs.
  expect(await window.script<string>("return document.cookie")).toBe("");
  const refused = await window.later<string>(
    "return await window.__TAURI__.core.invoke('plugin:window|close', { label: 'main' }).then(() => 'allowed', String)",
  );
  expect(refused).toContain("not allowed");
});

test("an order arrives while one looks, and is fulfilled", async () => {
  const variant = await admin.variant("honest-bucket", "Sea", "8 L");
  await window.link("Orders");
  await window.sees("Awaiting payment");
  const order = await admin.buy("live@example.com", variant.id, 2);
  const placed = Date.now();
  await window.sees(`#${order.number}`);
  console.log(`order #${order.number} was on the screen ${Date.now() - placed} ms after it was placed`);
  await picture("4-order-arrived");
  await window.link(`#${order.number}`);
  await window.sees("live@example.com");
  await window.button("Ship");
  await window.sees("The parcel is on its way.");
  await picture("5-order-shipped");
  const shipped = await admin.ordersOf("live@example.com");
  seen = shipped;
  expect(shipped[0]).toMatchObject({ number: order.number, fulfillment_status: "fulfilled" });
});

test("stock is adjusted", async () => {
  const variant = await admin.variant("honest-bucket", "Sea", "8 L");
  const before = await admin.stock(variant.id);
  await window.link("Inventory");
  await window.fill("Search inventory", "bucket");
  await window.click("//main//tbody//th[contains(., 'ucket')]");
  await window.click("//button[@aria-label='Adjust Sea / 8 L']");
  await window.fill("Pieces more or fewer", "5");
  await window.fill("Reason", "found behind the shelf");
  await window.button("Save stock");
  await window.sees("The stock is changed.");
  expect((await admin.stock(variant.id)).on_hand).toBe(before.on_hand + 5);
  await picture("6-stock");
});

test("papers go to the system's viewer", async () => {
  const [order] = await admin.ordersOf("live@example.com");
  await window.link("Orders");
  await window.link(`#${order.number}`);
  for (const [button, file] of [["Invoice", /^invoice-.*pdf$/], ["Receipt", /^receipt-\d+\.pdf$/]] as const) {
    await window.button(button);
    const paper = await window.viewed(file);
    expect(paper.subarray(0, 5).toString()).toBe("%PDF-");
  }
  // Whoever sent something else in its place would open nothing.
  const refused = await window.later<string>(
    "return await window.__TAURI__.core.invoke('open_paper', new TextEncoder().encode('#!/bin/sh'), { headers: { name: 'x.sh' } }).then(() => 'opened', String)",
  );
  expect(refused).toContain("no PDF");
  // A page of the shop's own is no screen: the browser shows it.
  await window.link("As the customer sees it");
  expect((await window.viewed(/^links$/)).toString()).toContain(`${shop.url}/orders/`);
});

test("papers and exports are saved where one says", async () => {
  const written = (path: string) => expect.poll(() => existsSync(path) && readFileSync(path, "utf8"), { message: path });
  const [order] = await admin.ordersOf("live@example.com");
  await window.link("Orders");
  await window.link(`#${order.number}`);
  const invoice = join(home, "kept-invoice.pdf");
  await window.click("//button[@aria-label='Save Invoice']");
  await window.saveAs(invoice);
  await written(invoice).toMatch(/^%PDF-/);
  await window.link("Products");
  await window.button("Export CSV");
  const table = join(home, "kept-products.csv");
  await window.saveAs(table);
  await written(table).toContain("honest-bucket");
});

test("a scanner finds the variant, and labels are printed", async () => {
  const variant = await admin.variant("honest-bucket", "Sea", "8 L");
  const before = await admin.stock(variant.id);
  const code = await admin.sku(variant.product, variant.id);
  await window.link("Inventory");
  await window.sees("Counts");
  // A busy machine may type too slowly for a scanner.
  await expect(async () => {
    await window.scan(code);
    await window.sees("Stock of Sea / 8 L", 4_000);
  }).toPass({ timeout: 30_000 });
  await picture("6-scanned");
  await window.keys("4\n", 90);
  await window.sees("The stock is changed.");
  expect((await admin.stock(variant.id)).on_hand).toBe(before.on_hand + 4);
  await window.button("Labels");
  await window.sees("Print labels");
  await picture("6-labels");
  await window.click("//button[starts-with(normalize-space(), 'Print ')]");
  expect((await window.viewed(/^labels\.pdf$/)).subarray(0, 5).toString()).toBe("%PDF-");
  await window.click("//dialog[@open]//button[@aria-label='Close']");
});

test("a file that is dropped on the window is imported", async () => {
  await window.link("Orders");
  await window.sees("live@example.com");
  // WebKit takes no files in an event that a script made: they are put there afterwards.
  await window.script(
    `const data = new DataTransfer();
     data.items.add(new File(["Handle,Title,Variant Price\\nbowl,Bowl,4.50\\n"], "table.csv", { type: "text/csv" }));
     for (const type of ["dragover", "drop"]) {
       const event = new Event(type, { bubbles: true, cancelable: true });
       Object.defineProperty(event, "dataTransfer", { value: data });
       document.querySelector("main").dispatchEvent(event);
     }`,
  );
  await window.sees("table.csv");
  await window.sees("Every column was recognised.");
  await picture("6-import");
});

test("charts are drawn", async () => {
  await window.link("Home");
  await window.sees("Sales of the last 28 days");
  await expect.poll(() => window.script("return document.querySelectorAll('.chart__canvas canvas, .chart__canvas svg').length"), { timeout: 20_000 }).toBeGreaterThan(0);
  await window.seesNot("The chart could not be drawn");
  await picture("6-chart");
});

test("a link opens its order", async () => {
  const [order] = await admin.ordersOf("live@example.com");
  // A second start hands its link to the first, and ends.
  await window.startAgain(app, `souk://order/${order.number}`);
  await window.sees(`#${order.number}`);
  await window.sees("live@example.com");
});

test("the server stops: what was seen stays, with its age; it comes back by itself", async () => {
  await window.link("Orders");
  await window.sees("live@example.com");
  await shop.pause();
  const stopped = Date.now();
  await window.sees("The shop is out of reach.");
  console.log(`said so ${Date.now() - stopped} ms after the server was gone`);
  await window.sees("Seen a moment ago.");
  await window.sees("live@example.com");
  await picture("7-out-of-reach");
  // An order that was looked at before opens, and can't be changed.
  const [order] = seen;
  await window.link(`#${order.number}`);
  await window.sees("History");
  await window.sees("The shop is out of reach.");
  await picture("8-order-from-memory");
  await window.link("Inventory");
  await window.sees("Inventory");
  await window.link("Orders");
  await window.sees("live@example.com");

  await shop.resume();
  const back = Date.now();
  await window.seesNot("The shop is out of reach.");
  console.log(`back ${Date.now() - back} ms after the server was`);
  const variant = await admin.variant("honest-bucket", "Sea", "8 L");
  const next = await admin.buy("back@example.com", variant.id, 1);
  await window.sees(`#${next.number}`);
  await picture("9-back");
});

test("the keyring keeps the token, until one signs out", async () => {
  await window.close();
  window = await Window.open(app, home);
  await window.sees("Waiting for you");
  await window.button("Sign out");
  await window.sees("Password");
  await window.close();
  window = await Window.open(app, home);
  await window.sees("Password");
  await window.button("Other shops");
  await window.sees(shop.url.replace("http://", ""));
  await picture("10-switcher");
});
