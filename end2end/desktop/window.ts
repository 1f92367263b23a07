import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";

import { expect } from "@playwright/test";

import { freePort } from "../support/shop.ts";

/** What the W3C calls the key of an element's reference. */
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
const WAIT = 20_000;

/** Processes that this one started, and those that they did. */
function descendants(pid: number): number[] {
  const list = (id: number): number[] => {
    try {
      return readFileSync(`/proc/${id}/task/${id}/children`, "utf8").split(" ").filter(Boolean).map(Number);
    } catch {
      return [];
    }
  };
  return list(pid).flatMap((child) => [child, ...descendants(child)]);
}

/** Where the system's viewer puts what it is given. */
const opened = (home: string): string => `${home}/opened`;

/** A viewer for a machine that has none: it keeps the file. */
function viewer(home: string): void {
  mkdirSync(`${home}/bin`, { recursive: true });
  mkdirSync(opened(home), { recursive: true });
  const script = '#!/bin/sh\nif [ -f "$1" ]; then cp "$1" "$SOUK_TEST_OPENED/"; else printf "%s\\n" "$1" >>"$SOUK_TEST_OPENED/links"; fi\n';
  writeFileSync(`${home}/bin/xdg-open`, script);
  chmodSync(`${home}/bin/xdg-open`, 0o755);
}

/** Whether the process is there and has not ended. */
function runs(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

/** The desktop app's real window, driven over WebDriver: tauri-driver in front of WebKit's own driver. */
export class Window {
  private session = "";

  private constructor(
    private readonly url: string,
    private readonly driver: ChildProcess,
    private readonly env: NodeJS.ProcessEnv,
    private readonly home: string,
  ) {}

  /** Starts the app; `home` is where it keeps what it keeps. */
  static async open(app: string, home: string): Promise<Window> {
    const [port, native] = [await freePort(), await freePort()];
    viewer(home);
    const env = {
      ...process.env,
      PATH: `${home}/bin:${process.env.PATH}`,
      SOUK_TEST_OPENED: opened(home),
      HOME: home,
      XDG_CONFIG_HOME: `${home}/config`,
      XDG_DATA_HOME: `${home}/data`,
      XDG_CACHE_HOME: `${home}/cache`,
      ...(process.env.E2E_DARK ? { GTK_THEME: "Adwaita:dark" } : {}),
      // No screen reader, no graphics card.
      NO_AT_BRIDGE: "1",
      WEBKIT_DISABLE_COMPOSITING_MODE: "1",
      WEBKIT_DISABLE_DMABUF_RENDERER: "1",
      LIBGL_ALWAYS_SOFTWARE: "1",
    };
    const driver = spawn("tauri-driver", ["--port", `${port}`, "--native-port", `${native}`], {
      env,
      stdio: ["ignore", "inherit", "inherit"],
    });
    const window = new Window(`http://127.0.0.1:${port}`, driver, env, home);
    await expect.poll(() => fetch(`${window.url}/status`).then(() => true, () => false), { timeout: WAIT }).toBe(true);
    const capabilities = { alwaysMatch: { "tauri:options": { application: app } } };
    const { sessionId } = await window.call<{ sessionId: string }>("POST", "/session", { capabilities });
    window.session = `/session/${sessionId}`;
    return window;
  }

  async close(): Promise<void> {
    // Ending, the driver at times answers nobody any more, or leaves the app behind, which a second one would wake.
    const started = descendants(this.driver.pid ?? 0);
    await this.call("DELETE", this.session, undefined, 5_000).catch(() => undefined);
    for (const pid of [this.driver.pid ?? 0, ...started]) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has ended.
      }
    }
    await expect.poll(() => started.filter(runs), { timeout: WAIT }).toEqual([]);
  }

  /** Starts the app once more beside the running one, which takes over what it was started with. */
  async startAgain(app: string, link: string): Promise<void> {
    const second = spawn(app, [link], { env: this.env, stdio: "inherit" });
    await new Promise((resolve, reject) => second.once("exit", resolve).once("error", reject));
  }

  private async call<T>(method: string, path: string, body?: unknown, patience = WAIT): Promise<T> {
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers: { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(patience),
    });
    const { value } = (await answer.json()) as { value: T & { message?: string } };
    if (!answer.ok) throw new Error(`${method} ${path}: ${JSON.stringify(value)}`);
    return value;
  }

  /** A value that a script of the window returns. */
  script<T>(text: string, ...args: unknown[]): Promise<T> {
    return this.call("POST", `${this.session}/execute/sync`, { script: text, args });
  }

  /** As [`script`], for one that ends with a promise. */
  later<T>(text: string, ...args: unknown[]): Promise<T> {
    const script = `const done = arguments[arguments.length - 1]; (async () => { ${text} })().then(done, (e) => done(String(e)));`;
    return this.call("POST", `${this.session}/execute/async`, { script, args });
  }

  private async find(xpath: string): Promise<string> {
    const found = async () => {
      const all = await this.call<Record<string, string>[]>("POST", `${this.session}/elements`, { using: "xpath", value: xpath });
      for (const one of all) {
        const id = one[ELEMENT];
        if (await this.call<boolean>("GET", `${this.session}/element/${id}/displayed`)) return id;
      }
      return "";
    };
    let id = "";
    await expect.poll(async () => (id = await found().catch(() => "")), { message: xpath, timeout: WAIT }).not.toBe("");
    return id;
  }

  async click(xpath: string): Promise<void> {
    // What was found may be drawn anew before it is clicked.
    await expect(async () => {
      const id = await this.find(xpath);
      await this.call("POST", `${this.session}/element/${id}/click`, {});
    }).toPass({ timeout: WAIT });
  }

  button = (name: string): Promise<void> => this.click(`//button[normalize-space()="${name}"]`);
  link = (name: string): Promise<void> => this.click(`//a[normalize-space()="${name}"]`);

  /** Types into the field with this label, in place of what is there. */
  async fill(label: string, text: string): Promise<void> {
    const id = await this.find(`//*[@id=//label[normalize-space()="${label}"]/@for or @aria-label="${label}"]`);
    await this.call("POST", `${this.session}/element/${id}/clear`, {});
    await this.call("POST", `${this.session}/element/${id}/value`, { text });
  }

  /** Presses keys wherever the focus is, with this many milliseconds between two. */
  async keys(text: string, pause: number): Promise<void> {
    const one = (value: string) => [
      { type: "keyDown", value },
      { type: "keyUp", value },
      ...(pause ? [{ type: "pause", duration: pause }] : []),
    ];
    // What WebDriver calls Enter.
    const actions = [...text].flatMap((letter) => one(letter === "\n" ? "\uE007" : letter));
    await this.call("POST", `${this.session}/actions`, { actions: [{ type: "key", id: "keyboard", actions }] }, 60_000);
  }

  /** A code and Enter, as fast as it goes. */
  scan = (code: string): Promise<void> => this.keys(`${code}\n`, 0);

  /** The content of a file that the system's viewer was given, once it has it. */
  async viewed(name: RegExp): Promise<Buffer> {
    const find = () => readdirSync(opened(this.home)).find((file) => name.test(file));
    await expect.poll(find, { message: `the viewer to be given ${name}`, timeout: WAIT }).toBeTruthy();
    return readFileSync(`${opened(this.home)}/${find()}`);
  }

  /** Answers the system's dialog for a place to save to. */
  async saveAs(path: string): Promise<void> {
    const run = async (...args: string[]) => (await promisify(execFile)("xdotool", args)).stdout.trim();
    const dialog = () => run("search", "--onlyvisible", "--name", "^Save File$").catch(() => "");
    let id = "";
    await expect.poll(async () => (id = await dialog()), { message: "the save dialog", timeout: WAIT }).not.toBe("");
    await run("windowfocus", "--sync", id);
    await run("key", "ctrl+a");
    await run("type", "--delay", "20", path);
    await run("key", "Return");
    await expect.poll(dialog, { message: "the save dialog to close", timeout: WAIT }).toBe("");
  }

  text = (): Promise<string> => this.script<string>("return document.body.innerText");

  /** Waits until this can be read somewhere. */
  async sees(text: string | RegExp, timeout = WAIT): Promise<void> {
    const poll = expect.poll(() => this.text().catch(() => ""), { message: `to see ${text}`, timeout });
    await (typeof text === "string" ? poll.toContain(text) : poll.toMatch(text));
  }

  async seesNot(text: string, timeout = WAIT): Promise<void> {
    await expect.poll(() => this.text().catch(() => text), { message: `not to see ${text}`, timeout }).not.toContain(text);
  }

  /** What stands on the screen: WebKit's own pictures never come without a graphics card. */
  async picture(file: string): Promise<void> {
    mkdirSync(dirname(file), { recursive: true });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await promisify(execFile)("import", ["-window", "root", file]);
  }
}
