import { type Locator, type Page, expect } from "@playwright/test";

export interface Buyer {
  email: string;
  name?: string;
  line1?: string;
  postcode?: string;
}

export const PASSWORD = "correct horse battery";

/** Somebody in the shop, with or without scripts. */
export class Visitor {
  constructor(
    readonly page: Page,
    readonly scripts: boolean,
  ) {}

  /** Goes to an address as if it were typed. */
  async open(path: string): Promise<void> {
    await this.page.goto(path);
    await this.hydrated();
  }

  /** The page answers by itself now. */
  async hydrated(): Promise<void> {
    if (this.scripts) await this.page.locator("html[data-hydrated]").waitFor({ state: "attached" });
  }

  get heading(): Locator {
    return this.page.locator("main h1");
  }

  get drawer(): Locator {
    return this.page.getByRole("dialog");
  }

  /** On a product's page. Without values: the only variant. */
  async choose(...values: string[]): Promise<void> {
    if (values.length === 0) return;
    if (!this.scripts) {
      const list = this.page.getByLabel("Choose");
      const option = list.locator("option").filter({ hasText: values.join(" / ") });
      await list.selectOption((await option.getAttribute("value")) ?? "");
      return;
    }
    for (const value of values) {
      await this.page.locator(".options label.pill", { has: this.page.locator(`input[value="${value}"]`) }).click();
    }
  }

  /** Puts what the product's page shows into the cart and waits until it is in there. */
  async add(quantity = 1): Promise<void> {
    if (quantity !== 1) await this.page.locator("#buy").getByRole("spinbutton").fill(String(quantity));
    await this.page.locator("#buy").getByRole("button", { name: "Add to cart" }).click();
    if (this.scripts) await expect(this.drawer).toBeVisible();
    else await expect(this.page).toHaveURL(/\/cart$/);
  }

  /** The same without looking: what is in the cart is not what such a test is about. */
  async put(variant: string, quantity = 1): Promise<void> {
    await this.post("/fn/cart/add", { variant_id: variant, quantity: String(quantity) });
  }

  /** An account, signed in. */
  async register(email: string, name = "Ada Byron"): Promise<void> {
    await this.post("/fn/account/register", { email, name, password: PASSWORD });
  }

  /** Sends a form of the shop; cookies are the browser's. */
  async post(action: string, form: Record<string, string>): Promise<void> {
    const answer = await this.page.request.post(action, { form, headers: { accept: "application/json" } });
    expect(answer.ok(), `${action}: ${answer.status()} ${await answer.text()}`).toBe(true);
  }

  async buyOne(handle: string, ...values: string[]): Promise<void> {
    await this.open(`/products/${handle}`);
    await this.choose(...values);
    await this.add();
  }

  /** Sends contact and address of an open checkout. */
  async fillDetails(buyer: Buyer): Promise<void> {
    const { page } = this;
    await page.getByLabel("E-mail").fill(buyer.email);
    await page.getByLabel("Full name").first().fill(buyer.name ?? "Ada Byron");
    await page.getByLabel("Street and number").first().fill(buyer.line1 ?? "Lindenkaai 8");
    await page.getByLabel("Postcode").first().fill(buyer.postcode ?? "10115");
    await page.getByLabel("City").first().fill("Berlin");
    await page.getByLabel("Country").first().selectOption("DE");
    await page.getByRole("button", { name: "Save and show delivery" }).click();
  }

  /** From an open checkout to the point where only "Pay" is left. */
  async fillCheckout(buyer: Buyer, delivery = "Standard"): Promise<void> {
    const { page } = this;
    await this.fillDetails(buyer);
    const way = page.getByRole("radio", { name: new RegExp(`^${delivery}`) });
    await expect(way).toBeVisible();
    await way.check();
    if (!this.scripts) await page.getByRole("button", { name: "Choose" }).click();
    await expect(this.payButton).toBeVisible();
  }

  get payButton(): Locator {
    return this.page.getByRole("button", { name: /^Pay / });
  }

  /** Pays as chosen and waits for the confirmation. */
  async pay(method = "Test card: succeeds"): Promise<void> {
    await this.page.getByRole("radio", { name: method }).check();
    await this.payButton.click();
    await this.confirmed();
  }

  async confirmed(): Promise<void> {
    await expect(this.page).toHaveURL(/\/orders\/[^/]+$/);
    await expect(this.heading).toHaveText(/^Thank you/);
  }

  /** Number of the order whose confirmation is shown. */
  async orderNumber(): Promise<number> {
    return Number(await this.page.locator(".thanks .num").innerText());
  }

  /** The row of the sums with this label, as text such as `€12.30`. */
  sum(label: string, within: Locator = this.page.getByRole("main")): Locator {
    return within
      .locator(".totals__row")
      .filter({ has: this.page.getByRole("term").getByText(label, { exact: true }) })
      .locator("dd");
  }

  /** Lines of the cart's own page. */
  get lines(): Locator {
    return this.page.getByRole("main").locator(".line");
  }
}

/** `€1,234.50` in minor units. */
export function minor(text: string): number {
  const digits = text.replace(/[^\d.]/g, "");
  if (!/^\d+\.\d\d$/.test(digits)) throw new Error(`${text} is no amount`);
  return Number(digits.replace(".", ""));
}
