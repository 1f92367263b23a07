import { expect } from "@playwright/test";

export interface Money {
  minor: number;
  currency: string;
}

export interface StockLevel {
  on_hand: number;
  available: number;
  allocated: number;
  damaged: number;
  version: number;
}

export interface Mail {
  to: string;
  subject: string;
  text: string;
  html: string;
  template: string;
  created_at: string;
}

export interface Order {
  id: string;
  number: number;
  status: string;
  payment_status: string;
  email: string;
  total: Money;
  item_count: number;
  access_token: string;
}

export interface ProductInput {
  handle: string;
  title: string;
  status: "draft" | "ready" | "published" | "archived";
  variants: { options?: string[]; sku?: string; barcode?: string; price: Money; compare_at?: Money; weight_grams?: number }[];
  [field: string]: unknown;
}

export const eur = (minor: number): Money => ({ minor, currency: "EUR" });

/** What staff see and change, over `/api/admin/v1`; and what programs see of the shop, over `/api/store/v1`. */
const CARD = { payment_method: "test", payment_token: "tok_success" };

export class Admin {
  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  private async call<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const answer = await fetch(`${this.url}/api/${path}`, {
      method,
      headers: {
        ...(path.startsWith("admin/") ? { authorization: `Bearer ${this.token}` } : {}),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} /api/${path}: ${answer.status} ${text}`);
    return { value: (text ? JSON.parse(text) : undefined) as T, etag: answer.headers.get("etag") ?? "" };
  }

  /** The variant of a published product with these option values. */
  async variant(handle: string, ...options: string[]): Promise<{ id: string; product: string; price: Money }> {
    type Product = { id: string; variants: { id: string; options: string[]; price: Money }[] };
    const { value } = await this.call<Product>("GET", `store/v1/products/${handle}`);
    const found = value.variants.find((one) => one.options.join() === options.join());
    if (!found) throw new Error(`${handle} has no variant ${options}`);
    return { id: found.id, product: value.id, price: found.price };
  }

  /** `plan` as the API takes it: selection, actions, run_at, undo_at. */
  async planBulk(plan: { selection: object; actions: object[]; run_at: string; undo_at?: string }): Promise<void> {
    await this.call("POST", "admin/v1/products/bulk/plans", plan);
  }

  /** Of a variant of a product. */
  async sku(product: string, variant: string): Promise<string> {
    type Record = { input: { variants: { sku?: string }[] }; variant_ids: string[] };
    const { value } = await this.call<Record>("GET", `admin/v1/products/${product}`);
    return value.input.variants[value.variant_ids.indexOf(variant)]?.sku ?? "";
  }

  async stock(variant: string): Promise<StockLevel> {
    return (await this.call<StockLevel>("GET", `admin/v1/stock/${variant}`)).value;
  }

  async setStock(variant: string, onHand: number): Promise<void> {
    const { etag } = await this.call("GET", `admin/v1/stock/${variant}`);
    await this.call(
      "PUT",
      `admin/v1/stock/${variant}`,
      { on_hand: onHand, tracked: true, reason: "browser test" },
      { "if-match": etag },
    );
  }

  async createProduct(product: ProductInput): Promise<string> {
    return (await this.call<{ id: string }>("POST", "admin/v1/products", product)).value.id;
  }

  /** Reads, changes and writes a product. */
  async changeProduct(id: string, change: (product: ProductInput) => void): Promise<void> {
    const { value, etag } = await this.call<{ input: ProductInput }>("GET", `admin/v1/products/${id}`);
    change(value.input);
    await this.call("PUT", `admin/v1/products/${id}`, value.input, { "if-match": etag });
  }

  /** Newest first. */
  async mailsTo(address: string): Promise<Mail[]> {
    const { value } = await this.call<{ items: Mail[] }>("GET", "admin/v1/mails?limit=100");
    return value.items.filter((mail) => mail.to === address);
  }

  /** A mail of this kind, once it is there. */
  async mail(address: string, template: string): Promise<Mail> {
    const find = async () => (await this.mailsTo(address)).filter((mail) => mail.template === template);
    await expect.poll(async () => (await find()).length, { message: `${template} to ${address}` }).toBe(1);
    return (await find())[0];
  }

  /** A member with this role, and a token that they set their password with. */
  async invite(email: string, name: string, role: string): Promise<string> {
    return (await this.call<{ token: string }>("POST", "admin/v1/staff", { email, name, role })).value.token;
  }

  /** Sets the password and leaves no session open here. */
  async accept(token: string, password: string): Promise<void> {
    await this.call("POST", "admin/v1/invitations/accept", { token, password });
  }

  /** An order that is paid, without looking: how one buys is tested elsewhere. */
  async buy(email: string, variant: string, quantity = 1, payment: object = CARD): Promise<Order> {
    const { value: cart } = await this.call<{ token: string }>("POST", "store/v1/carts", {});
    const path = `store/v1/carts/${cart.token}`;
    await this.call("POST", `${path}/lines`, { variant_id: variant, quantity });
    const shipping_address = { name: "Ada Byron", line1: "Lindenkaai 8", city: "Berlin", postal_code: "10115", country: "DE" };
    await this.call("PATCH", path, { email, shipping_address });
    const { value: ways } = await this.call<{ id: string }[]>("GET", `${path}/delivery`);
    await this.call("PUT", `${path}/delivery`, { method_id: ways[0].id });
    return (await this.call<Order>("POST", `${path}/complete`, payment)).value;
  }

  /** All that is left of it leaves. */
  async ship(order: string): Promise<void> {
    await this.call("POST", `admin/v1/orders/${order}/fulfillments`, { ship: true });
  }

  /** The order's invoice, made at the first call. */
  async invoice(order: string): Promise<{ name: string; number: number; seller: { name: string; address: string[]; tax_id: string } }> {
    type Invoice = Awaited<ReturnType<Admin["invoice"]>>;
    return (await this.call<Invoice>("POST", `admin/v1/orders/${order}/invoice`)).value;
  }

  /** What the gateway calls the order's payment. */
  async charge(order: string): Promise<string> {
    const { value } = await this.call<{ payments: { gateway_ref: string }[] }>("GET", `admin/v1/orders/${order}`);
    return value.payments[0].gateway_ref;
  }

  /** What a cart with one small thing is offered. */
  async deliveriesTo(country: string): Promise<{ name: string; price: Money }[]> {
    const variant = await this.variant("honest-bucket", "Sea", "8 L");
    const { value: cart } = await this.call<{ token: string }>("POST", "store/v1/carts", {});
    await this.call("POST", `store/v1/carts/${cart.token}/lines`, { variant_id: variant.id, quantity: 1 });
    return (await this.call<{ name: string; price: Money }[]>("GET", `store/v1/carts/${cart.token}/delivery?country=${country}`)).value;
  }

  /** Orders of a shopper, newest first. */
  async ordersOf(address: string): Promise<Order[]> {
    const { value } = await this.call<{ items: Order[] }>("GET", "admin/v1/orders?limit=100");
    return value.items.filter((order) => order.email === address);
  }
}
