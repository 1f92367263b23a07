// What Stripe's script has and localstripe's lacks: a card that becomes a payment method, fields that can be dressed
// anew, and an event with each change.
(() => {
  const made = window.Stripe;
  const listen = Element.prototype.on;
  Element.prototype.on = function (name, handler) {
    listen.call(this, name, (event) => handler(event ?? { error: undefined }));
  };
  Element.prototype.update = () => {};
  window.Stripe = (key) => ({
    ...made(key),
    createPaymentMethod: async ({ type, card }) => {
      const typed = card.value?.card ?? {};
      if (!/^\d{16}$/.test(typed.number ?? "")) {
        return { error: { type: "validation_error", code: "incomplete_number", message: "Your card number is incomplete." } };
      }
      const body = new URLSearchParams({ key, type });
      for (const [name, value] of Object.entries(typed)) body.set(`card[${name}]`, value);
      const answer = await fetch(`${LOCALSTRIPE_BASE_API}/v1/payment_methods`, { method: "POST", body });
      const said = await answer.json();
      return said.error ? { error: said.error } : { paymentMethod: said };
    },
  });
})();
