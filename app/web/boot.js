// Starts the app in the browser. The page works without it: links are links, forms are forms.
// The two file names are filled in when the front is built.
const script = new URL("./__SCRIPT__", import.meta.url).href;
const wasm = new URL("./__WASM__", import.meta.url).href;

// The first picture and the text have the line and the processor to themselves. Whoever is quicker than they are
// starts the app with the first touch or key.
function quiet() {
  return new Promise((resolve) => {
    const idle = () => (self.requestIdleCallback ? requestIdleCallback(resolve, { timeout: 500 }) : setTimeout(resolve, 100));
    for (const touched of ["pointerdown", "keydown"]) {
      addEventListener(touched, resolve, { once: true, capture: true, passive: true });
    }
    if (document.readyState === "complete") idle();
    else addEventListener("load", idle, { once: true });
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
