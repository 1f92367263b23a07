import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { plainPicture } from "./pictures.ts";

const run = promisify(execFile);

/** A shop of its own: a fresh data folder with the demo shop in it, on a free port of this machine. */
export interface Shop {
  url: string;
  /** Of a staff member who may do everything. */
  token: string;
  /** Its data folder. */
  data: string;
  /** What the server wrote so far. */
  log(): string;
  stop(): Promise<void>;
  /** Ends the server and keeps its data. */
  pause(): Promise<void>;
  /** Starts it again at the same address. */
  resume(): Promise<void>;
}

/**
 * Where the tests differ from a real shop's settings, and why. Every key is one of `souk.default.toml`.
 */
export function settings(url: string): Record<string, string> {
  return {
    // Links in mail, canonical addresses and the check against other sites' forms are about this address.
    SOUK_SHOP__BASE_URL: url,
    // All tests come from one address: the limits are tested in Rust, with clocks that can be moved.
    SOUK_HTTP__SIGN_IN_PER_MINUTE: "0",
    SOUK_HTTP__REGISTER_PER_MINUTE: "0",
    SOUK_HTTP__RESET_PER_MINUTE: "0",
    SOUK_HTTP__CHECKOUT_PER_MINUTE: "0",
    // Systems that stock is fetched from are played by the tests, on this machine.
    SOUK_FETCH__ALLOW: "127.0.0.1",
    SOUK_FETCH__PORTS: ["80", "443", ...SOURCES].join(","),
    SOUK_LOG__LEVEL: "warn",
    SOUK_LOG__FORMAT: "text",
  };
}

/** Ports at which tests play another system. */
export const SOURCES = [18471, 18472, 18473, 18474];

/** The staff member who signs in to the admin. */
export const OWNER = { email: "e2e@example.com", password: "a long enough one" };

const SEED_MINUTES = 10;
const START_SECONDS = 30;
const STOP_SECONDS = 20;

/**
 * Starts `binary`; `logFile` gets what it says. Drawing the demo shop's own pictures takes minutes: only who looks at
 * them (`drawn`) waits for that, and for two months of orders; everybody else sees plain ones. `more`: further settings.
 */
export async function startShop(binary: string, logFile: string, drawn: boolean, more: Record<string, string> = {}): Promise<Shop> {
  const data = mkdtempSync(join(tmpdir(), "souk-e2e-"));
  const listen = `127.0.0.1:${await freePort()}`;
  const url = `http://${listen}`;
  const env = { ...process.env, ...settings(url), ...more };
  const remove = () => rmSync(data, { recursive: true, force: true });
  try {
    const seed = ["seed", "--data-dir", data, ...(drawn ? ["--orders", "240"] : ["--no-images"])];
    await run(binary, seed, { env, timeout: SEED_MINUTES * 60_000 });
    const staff = ["staff", "create", "--email", OWNER.email, "--name", "Browser tests", "--role", "owner"];
    const { stdout } = await run(binary, [...staff, "--data-dir", data], { env });
    await setPassword(binary, ["--data-dir", data, "--email", OWNER.email], env);
    const log = createWriteStream(logFile);
    const serve = () => {
      const started = spawn(binary, ["serve", "--data-dir", data, "--listen", listen], {
        env,
        stdio: ["ignore", "pipe", "pipe"],
      });
      started.stdout.pipe(log, { end: false });
      started.stderr.pipe(log, { end: false });
      return started;
    };
    let server = serve();
    const pause = () => ended(server);
    const resume = async () => {
      server = serve();
      await ready(url, server);
    };
    const stop = async () => {
      await ended(server);
      log.end();
      remove();
    };
    try {
      await ready(url, server);
      if (!drawn) await storePictures(url, stdout.trim());
    } catch (error) {
      await stop();
      throw new Error(`${error}\n${readFileSync(logFile, "utf8")}`);
    }
    return { url, token: stdout.trim(), data, stop, pause, resume, log: () => readFileSync(logFile, "utf8") };
  } catch (error) {
    remove();
    throw error;
  }
}

/** It is read from standard input: an argument would stand in the list of processes. */
async function setPassword(binary: string, args: string[], env: NodeJS.ProcessEnv): Promise<void> {
  const setting = run(binary, ["staff", "password", ...args], { env });
  setting.child.stdin?.end(`${OWNER.password}\n`);
  await setting;
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port is free")),
      );
    });
  });
}

async function ready(url: string, server: ChildProcess): Promise<void> {
  const until = Date.now() + START_SECONDS * 1000;
  while (Date.now() < until) {
    if (server.exitCode !== null) throw new Error(`souk ended with ${server.exitCode}`);
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`souk is not ready after ${START_SECONDS} s`);
}

/** Gives every picture that the catalogue waits for a file. */
export async function storePictures(url: string, token: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${url}/api/admin/v1/media/pending?limit=1000`, { headers });
  if (!answer.ok) throw new Error(`pending pictures: ${answer.status} ${await answer.text()}`);
  const pending = (await answer.json()) as { id: string }[];
  for (const [index, { id }] of pending.entries()) {
    const stored = await fetch(`${url}/api/admin/v1/media/${id}`, {
      method: "PUT",
      headers: { ...headers, "content-type": "application/octet-stream" },
      body: new Uint8Array(plainPicture(index)),
    });
    if (!stored.ok) throw new Error(`picture ${id}: ${stored.status} ${await stored.text()}`);
  }
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  await new Promise<void>((resolve) => {
    const hurry = setTimeout(() => server.kill("SIGKILL"), STOP_SECONDS * 1000);
    server.once("exit", () => {
      clearTimeout(hurry);
      resolve();
    });
    server.kill("SIGTERM");
  });
}
