// Fields for a card that a gateway's own script puts into the checkout. What is typed there never reaches the shop: it
// becomes a token, which goes along with the form. Loaded with the checkout's document where such a way to pay is set up.
const BLOCK = "[data-card-fields]";
const SCRIPT_GONE =
  "The fields for your card could not be loaded. Please check your connection, or choose another way to pay.";

/** The gateway's script, once it is there. */
let script;
/** One for the document, whatever becomes of its blocks. */
let stripe;
/** The card in each block. */
const known = new WeakMap();
/** Blocks whose script could not be had: it is asked for again when somebody wants it, not by itself. */
const gone = new WeakSet();
let busy = false;

function load(address) {
  script ??= new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = address;
    element.onload = () => (window.Stripe ? resolve(window.Stripe) : reject(new Error("no Stripe")));
    element.onerror = () => reject(new Error(address));
    document.head.append(element);
  });
  // It may be there the next time.
  script.catch(() => (script = undefined));
  return script;
}

/** As the shop's own fields look, in this light. */
function look(block) {
  const place = getComputedStyle(block.querySelector("[data-mount]"));
  const token = (name) => place.getPropertyValue(name).trim();
  return {
    base: {
      color: token("--ink"),
      iconColor: token("--ink-soft"),
      fontFamily: "system-ui, sans-serif",
      // Smaller, phones would zoom in.
      fontSize: "16px",
      "::placeholder": { color: token("--ink-soft") },
    },
    invalid: { color: token("--danger"), iconColor: token("--danger") },
  };
}

function say(block, text) {
  block.querySelector("[data-error]").textContent = text;
  block.querySelector("[data-mount]").toggleAttribute("data-wrong", Boolean(text));
}

const isChosen = (block) =>
  block.closest("form")?.querySelector('input[name="pay"]:checked')?.value === block.dataset.cardFields;

/** The fields of a block, made the first time they are wanted. */
function mount(block) {
  let made = known.get(block);
  if (!made) {
    gone.delete(block);
    made = load(block.dataset.script).then((Stripe) => {
      stripe ??= Stripe(block.dataset.key);
      const card = stripe.elements({ locale: document.documentElement.lang }).create("card", { style: look(block) });
      card.mount(block.querySelector("[data-mount]"));
      card.on("change", ({ error }) => say(block, error?.message ?? ""));
      return card;
    });
    known.set(block, made);
    made.then(
      () => say(block, ""),
      () => {
        known.delete(block);
        gone.add(block);
        say(block, SCRIPT_GONE);
      },
    );
  }
  return made;
}

/** Shows the fields below the way to pay that they belong to, while it is chosen. */
function show(again) {
  for (const block of document.querySelectorAll(BLOCK)) {
    const choice = block.closest("form").querySelector(`input[value="${block.dataset.cardFields}"]`)?.closest("label");
    if (choice && choice.nextElementSibling !== block) choice.after(block);
    const chosen = isChosen(block);
    block.hidden = !chosen;
    if (chosen && (again || !gone.has(block))) mount(block).catch(() => {});
  }
}

async function enter(form, block, button) {
  if (busy) return;
  busy = true;
  button?.setAttribute("aria-busy", "true");
  const token = block.querySelector("[name=token]");
  try {
    const card = await mount(block);
    const { paymentMethod, error } = await stripe.createPaymentMethod({ type: "card", card });
    say(block, error?.message ?? "");
    token.value = paymentMethod?.id ?? "";
  } catch {
    say(block, SCRIPT_GONE);
  }
  button?.removeAttribute("aria-busy");
  busy = false;
  if (token.value) form.requestSubmit(button?.isConnected ? button : null);
  else block.scrollIntoView({ block: "center" });
}

// Before anybody else hears of it.
addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    const block = form.querySelector(BLOCK);
    if (!block || !isChosen(block)) return;
    const token = block.querySelector("[name=token]");
    if (token.value) {
      // It serves for one try: the next one asks for another.
      setTimeout(() => (token.value = ""));
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    enter(form, block, event.submitter);
  },
  true,
);
addEventListener("change", (event) => event.target.name === "pay" && show(true));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  for (const block of document.querySelectorAll(BLOCK)) {
    known.get(block)?.then((card) => card.update({ style: look(block) }), () => {});
  }
});
// The page may be replaced by itself with other forms, or left and come back to, without another document.
new MutationObserver(() => show(false)).observe(document.body, { childList: true, subtree: true });
show(false);
