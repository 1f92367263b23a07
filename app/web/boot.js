// Starts the app in the browser. The page works without it: links are links, forms are forms.
// The two file names are filled in when the front is built.
const script = new URL("./__SCRIPT__", import.meta.url).href;
const wasm = new URL("./__WASM__", import.meta.url).href;

// Text and pictures have the line and the processor to themselves until the page has stood still for a moment. Whoever
// is quicker starts the app with the first sign of wanting something.
const QUIET_MS = 1000;
const SIGNS = ["pointermove", "pointerdown", "touchstart", "keydown", "focusin", "scroll"];

function quiet() {
  return new Promise((resolve) => {
    const start = () => {
      for (const sign of SIGNS) removeEventListener(sign, start, true);
      resolve();
    };
    for (const sign of SIGNS) addEventListener(sign, start, { capture: true, passive: true });
    const wait = () => setTimeout(start, QUIET_MS);
    if (document.readyState === "complete") wait();
    else addEventListener("load", wait, { once: true });
  });
}

async function load(attempt) {
  // A browser may remember that a module failed to load: the second attempt has an address of its own.
  const { default: init, hydrate } = await import(attempt ? `${script}?retry=${attempt}` : script);
  await init({ module_or_path: fetch(wasm) });
  return hydrate;
}

quiet()
  .then(() => load(0))
  .catch(() => new Promise((resolve) => setTimeout(resolve, 1500)).then(() => load(1)))
  .then((hydrate) => {
    hydrate();
    document.documentElement.dataset.hydrated = "true";
  })
  .catch((error) => console.error("The page stays as the server sent it:", error));
