import { type Page, expect } from "@playwright/test";

import type { Admin } from "./admin.ts";
import type { Visitor } from "./visitor.ts";

interface Scene {
  visitor: Visitor;
  page: Page;
  admin: Admin;
  email: string;
}

/** One kind of page in one state, and the way to it. */
export interface Template {
  name: string;
  /** Answers from 400 on that belong to it. */
  answers?: [number, RegExp][];
  /** Lies over the page: a picture of it is one of the screen. */
  overlay?: boolean;
  show(scene: Scene): Promise<void>;
}

const at = (name: string, path: string, answers?: [number, RegExp][]): Template => ({
  name,
  answers,
  show: ({ visitor }) => visitor.open(path),
});

const ADDRESS = {
  "address[name]": "Ada Byron",
  "address[line1]": "Lindenkaai 8",
  "address[city]": "Berlin",
  "address[postal_code]": "10115",
  "address[country]": "DE",
};

async function fill({ visitor, admin }: Scene): Promise<void> {
  await visitor.put((await admin.variant("enamel-teapot", "Tomato", "0.7 L")).id, 2);
  await visitor.put((await admin.variant("night-train-suitcase", "Sea", "Cabin 34 L")).id);
  await visitor.put((await admin.variant("platform-fountain-pen", "Sea", "Medium")).id);
}

async function readyToPay(scene: Scene): Promise<void> {
  await scene.visitor.put((await scene.admin.variant("stub-pencils", "HB")).id, 2);
  await scene.visitor.open("/checkout");
  await scene.visitor.fillCheckout({ email: scene.email });
}

async function askedByBank(scene: Scene): Promise<void> {
  await readyToPay(scene);
  await scene.page.getByRole("radio", { name: "Test card: its bank asks you to confirm" }).check();
  await scene.visitor.payButton.click();
  await expect(scene.visitor.heading).toHaveText("Test bank");
}

/** Pages that are the same for everyone. */
export const withoutState: Template[] = [
  at("home", "/"),
  at("listing", "/collections/kitchen"),
  at("listing-all", "/collections/all"),
  at("listing-filtered", "/collections/all?in_stock=1&price_max=50&sort=price-asc"),
  at("listing-nothing", "/collections/all?price_min=999999"),
  at("product", "/products/enamel-teapot"),
  at("product-sale", "/products/weekday-skillet"),
  at("product-sold-out", "/products/fondue-set-for-four"),
  at("product-many-variants", "/products/harbour-sofa"),
  at("product-long-name", "/products/lunch-box-with-compartments"),
  at("search", "/search?q=tea"),
  at("search-nothing", "/search?q=qqqqzzzz"),
  {
    name: "suggestions",
    overlay: true,
    show: async ({ visitor, page }) => {
      await visitor.open("/");
      await page.getByRole("combobox", { name: "Search" }).pressSequentially("tea");
      await expect(page.getByRole("option").first()).toBeVisible();
    },
  },
  at("cart-empty", "/cart"),
  at("content-about", "/pages/about"),
  at("content-shipping", "/pages/shipping"),
  at("sign-in", "/account/login"),
  at("register", "/account/register"),
  at("forgot-password", "/account/reset"),
  at("forgot-password-sent", "/account/reset?sent=1"),
  at("new-password", "/account/reset/0123456789"),
  at("not-found", "/products/no-such-thing", [[404, /no-such-thing/]]),
];

/** Pages of somebody who has done something. */
export const withState: Template[] = [
  {
    name: "cart",
    show: async (scene) => {
      await fill(scene);
      await scene.visitor.post("/fn/cart/code", { code: "WELCOME10" });
      await scene.visitor.open("/cart");
    },
  },
  {
    name: "cart-drawer",
    overlay: true,
    show: async (scene) => {
      await fill(scene);
      await scene.visitor.open("/");
      await scene.page.getByRole("link", { name: /^Cart, / }).click();
      await expect(scene.visitor.drawer).toBeVisible();
    },
  },
  {
    name: "checkout",
    show: async (scene) => {
      await fill(scene);
      await scene.visitor.open("/checkout");
    },
  },
  { name: "checkout-ready", show: readyToPay },
  {
    name: "checkout-wrong",
    answers: [[422, /^\/fn\/checkout\/details$/]],
    show: async (scene) => {
      await fill(scene);
      const { visitor, page } = scene;
      await visitor.open("/checkout");
      await visitor.fillDetails({ email: "ada@nowhere", postcode: "nonsense" });
      await expect(page.locator("[aria-invalid=true]").first()).toBeVisible();
    },
  },
  {
    name: "checkout-declined",
    answers: [[409, /^\/fn\/checkout\/place$/]],
    show: async (scene) => {
      await readyToPay(scene);
      await scene.page.getByRole("radio", { name: "Test card: is declined" }).check();
      await scene.visitor.payButton.click();
      await expect(scene.page.getByRole("alert")).toBeVisible();
    },
  },
  {
    name: "bank",
    show: async (scene) => {
      await askedByBank(scene);
      // A bank's page stands on its own.
      await expect(scene.visitor.heading).toHaveText("Test bank");
    },
  },
  {
    name: "bank-asks",
    show: async (scene) => {
      await askedByBank(scene);
      await scene.visitor.open("/checkout");
      await expect(scene.visitor.heading).toHaveText("Your bank has a question");
    },
  },
  {
    name: "bank-refused",
    show: async (scene) => {
      await askedByBank(scene);
      await scene.page.getByRole("button", { name: "Refuse" }).click();
      await expect(scene.visitor.heading).toHaveText("This payment did not go through");
    },
  },
  {
    name: "confirmation",
    show: async (scene) => {
      await readyToPay(scene);
      await scene.visitor.pay();
    },
  },
  {
    name: "confirmation-transfer",
    show: async (scene) => {
      await readyToPay(scene);
      await scene.visitor.pay("Bank transfer");
      await expect(scene.page.getByText("Please transfer the money")).toBeVisible();
    },
  },
  {
    name: "account-new",
    show: async ({ visitor, email }) => {
      await visitor.register(email);
      await visitor.open("/account");
    },
  },
  {
    name: "account-orders",
    show: async (scene) => {
      await scene.visitor.register(scene.email);
      await readyToPay(scene);
      await scene.visitor.pay();
      await scene.visitor.open("/account");
      await expect(scene.page.getByRole("table")).toBeVisible();
    },
  },
  {
    name: "account-addresses",
    show: async ({ visitor, email }) => {
      await visitor.register(email);
      await visitor.post("/fn/account/address", { ...ADDRESS, default: "1" });
      await visitor.post("/fn/account/address", { ...ADDRESS, "address[company]": "A Company With Quite a Long Name" });
      await visitor.open("/account/addresses");
    },
  },
  {
    name: "account-password",
    show: async ({ visitor, email }) => {
      await visitor.register(email);
      await visitor.open("/account/password");
    },
  },
];
