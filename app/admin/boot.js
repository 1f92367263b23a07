// Starts the merchant's screens. The two file names are filled in when the front is built.
const script = new URL("./__SCRIPT__", import.meta.url).href;
const wasm = new URL("./__WASM__", import.meta.url).href;

async function load(attempt) {
  // A browser may remember that a module failed to load: the second attempt has an address of its own.
  const { default: init, start } = await import(attempt ? `${script}?retry=${attempt}` : script);
  await init({ module_or_path: fetch(wasm) });
  return start;
}

load(0)
  .catch(() => new Promise((resolve) => setTimeout(resolve, 1500)).then(() => load(1)))
  .then((start) => start())
  .catch((error) => {
    console.error("The admin did not start:", error);
    document.getElementById("admin-failed")?.removeAttribute("hidden");
  });
