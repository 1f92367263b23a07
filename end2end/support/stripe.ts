import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

/** A Stripe of the test's own: localstripe behind its shim, see server/providers/stripe. */
export interface LocalStripe {
  url: string;
  /** Variables of a shop that is paid through it. */
  settings: Record<string, string>;
  /** Tells that shop what happens. */
  tell(shop: string): Promise<void>;
  stop(): void;
}

const SIGNED_WITH = "whsec_e2e";

export async function startStripe(): Promise<LocalStripe> {
  const built = process.env.E2E_STRIPE ?? join(dirname(process.env.E2E_BIN ?? ""), "examples", "localstripe");
  if (!existsSync(built)) {
    throw new Error(`${built} is not there: cargo build -p souk-stripe --features testing --example localstripe`);
  }
  const process_ = spawn(built, { stdio: ["pipe", "pipe", "inherit"] });
  const url = await firstLine(process_);
  const settings = {
    SOUK_PAYMENTS__STRIPE__SECRET_KEY: "sk_test_e2e",
    SOUK_PAYMENTS__STRIPE__PUBLISHABLE_KEY: "pk_test_e2e",
    SOUK_PAYMENTS__STRIPE__SIGNING_SECRETS: SIGNED_WITH,
    SOUK_PAYMENTS__STRIPE__API_URL: url,
    SOUK_PAYMENTS__STRIPE__SCRIPT_URL: `${url}/js.stripe.com/v3/`,
  };
  const tell = async (shop: string) => {
    const body = new URLSearchParams({ url: `${shop}/webhooks/payments/stripe`, secret: SIGNED_WITH });
    const answer = await fetch(`${url}/_hook`, { method: "POST", body });
    if (!answer.ok) throw new Error(`the hook: ${answer.status}`);
  };
  // It ends with its standard input.
  return { url, settings, tell, stop: () => void process_.stdin?.end() };
}

function firstLine(process_: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    if (!process_.stdout) return reject(new Error("no output"));
    createInterface(process_.stdout).once("line", resolve);
    process_.once("error", reject);
    process_.once("exit", (code) => reject(new Error(`localstripe ended with ${code}`)));
  });
}
