//! The fields of the shop.

use leptos::prelude::*;

use super::shop::{SIZES, Work};
use crate::admin::{
    form::{Input, select},
    parts,
};

pub fn fields(work: Work) -> AnyView {
    let form = work.form;
    let acts = work.may_write.then(|| {
        view! {
            <div class="acts">
                {form.button("", "Save shop")}
                <Show when=move || work.can_undo()>
                    <button type="button" class="button button--quiet" on:click=move |_| work.undo()>
                        "Undo the last change"
                    </button>
                </Show>
            </div>
        }
    });
    view! {
        <form class="form stack stack--l" novalidate=true on:submit=form.on_submit(move || work.save())>
            {form.general()}
            {parts::card("Shop", None, about(work))}
            {parts::card("What pages promise", None, promises(work))}
            {parts::card("Papers", None, papers(work))}
            {acts}
        </form>
    }
    .into_any()
}

fn about(work: Work) -> AnyView {
    let form = work.form;
    view! {
        <div class="form">
            {Input::new(form, "Name", "shop-name", "name", work.name)
                .hint("On pages, in mails, and on packing slips.").view()}
            <div class="form__row">
                {Input::new(form, "Mail address", "shop-email", "email", work.email).kind("email")
                    .hint("Where customers write to. Mails come from it, or their answers go to it.").view()}
                {Input::new(form, "Phone", "shop-phone", "phone", work.phone).kind("tel").optional()
                    .hint("Below every page.").view()}
            </div>
            {Input::new(form, "Time zone", "shop-zone", "time_zone", work.time_zone)
                .hint("Such as Europe/Berlin: when a promotion's hours begin.").view()}
        </div>
    }
    .into_any()
}

fn promises(work: Work) -> AnyView {
    let form = work.form;
    view! {
        <div class="form">
            <div class="form__row">
                {Input::new(form, "Days to return", "shop-returns", "returns_days", work.returns)
                    .inputmode("numeric").hint("0: nothing is promised.").view()}
                {Input::new(form, "Free delivery over", "shop-free", "free_shipping_over", work.free)
                    .inputmode("decimal").optional()
                    .hint("It is only said: what delivery costs stands in Delivery.").view()}
            </div>
            {Input::new(form, "Few pieces", "shop-low", "low_stock", work.low)
                .inputmode("numeric").hint("So many or fewer are shown as only a few left.").view()}
        </div>
    }
    .into_any()
}

fn papers(work: Work) -> AnyView {
    let form = work.form;
    let sizes = SIZES.map(|(value, label)| (value.to_owned(), label.to_owned())).to_vec();
    view! {
        <div class="form">
            <p class="muted">
                "What stands on invoices and credit notes from now on. Those that were issued stay as they are."
            </p>
            <div class="form__row">
                {Input::new(form, "Seller", "shop-seller", "seller_name", work.seller).optional()
                    .hint("As the law wants it. Empty: the shop's name.").view()}
                {Input::new(form, "Tax number", "shop-tax-id", "tax_id", work.tax_id).optional().view()}
            </div>
            {Input::new(form, "Address", "shop-address", "seller_address", work.address).rows(3).optional()
                .hint("Street, place, country: at most 8 lines.").view()}
            <div class="form__row">
                {Input::new(form, "Before an invoice's number", "shop-invoice", "invoice_prefix", work.invoice)
                    .optional().hint("Such as INV-. Numbers go on without gaps.").view()}
                {Input::new(
                    form, "Before a credit note's number", "shop-credit-note", "credit_note_prefix", work.credit_note,
                ).optional().hint("Never what invoices have or had.").view()}
            </div>
            {select(form, "Paper", "shop-paper", "paper_size", sizes, work.size)}
        </div>
    }
    .into_any()
}
