use leptos::prelude::*;
use souk_contract::{
    AgreedPrice, CartLine, ChangeDraft, Draft, DraftId, DraftLine, DraftState, Error, Resource, VariantId,
};

use super::{customer, picker, place};
use crate::{
    admin::{desk::Desk, form::Form, go, load::Source, parts, place::Place},
    api::admin::drafts,
    draft::money,
    ui::{Tone, alert},
};

/// A draft on the screen, and what its parts need to change it.
#[derive(Clone, Copy)]
pub struct Work {
    pub desk: Desk,
    pub id: DraftId,
    pub draft: Source<Draft>,
    pub may_write: bool,
    /// Of what is changed without a form: lines, codes, delivery.
    form: Form,
}

impl Work {
    pub fn version(self) -> Option<i64> {
        self.draft.get_untracked().map(|draft| draft.version)
    }

    /// Sends a change of what no form holds.
    pub fn change(self, request: ChangeDraft) {
        let call = drafts::change_draft(self.id, request, self.version());
        self.form.send_or(call, move |draft| self.done(draft), move |error| self.refused(error));
    }

    pub fn done(self, draft: Draft) {
        self.draft.set(draft);
    }

    /// What is shown may no longer be so.
    pub fn refused(self, error: Error) -> Option<Error> {
        if matches!(error, Error::Conflict { .. }) {
            self.draft.reload();
        }
        Some(error)
    }

    fn lines(self) -> Vec<DraftLine> {
        let line = |line: &CartLine| DraftLine { variant_id: line.variant_id, quantity: line.quantity };
        self.draft.get_untracked().map_or_else(Vec::new, |draft| draft.cart.lines.iter().map(line).collect())
    }

    fn set_quantity(self, variant: VariantId, quantity: i64) {
        let mut lines = self.lines();
        match lines.iter_mut().find(|line| line.variant_id == variant) {
            Some(line) if line.quantity == quantity => return,
            Some(line) => line.quantity = quantity,
            None => lines.push(DraftLine { variant_id: variant, quantity }),
        }
        lines.retain(|line| line.quantity > 0);
        self.change(ChangeDraft { lines: Some(lines), ..ChangeDraft::default() });
    }

    fn add(self, variant: VariantId) {
        let had = self.lines().iter().find(|line| line.variant_id == variant).map_or(0, |line| line.quantity);
        self.set_quantity(variant, had + 1);
    }
}

pub fn view(desk: Desk, id: DraftId) -> AnyView {
    let draft = Source::new(desk, move || drafts::draft(id)).is_main();
    let may_write = untrack(move || desk.may(Resource::Orders.write()));
    let work = Work { desk, id, draft, may_write, form: Form::new(desk) };
    let filled = customer::Filled::new(desk);
    // As it is on the server, when it comes; what was typed since stays.
    Effect::new(move || {
        if let Some(draft) = draft.get() {
            filled.follow(&draft.cart);
        }
    });
    let title = Memo::new(move |_| {
        let name = draft.get().and_then(|draft| draft.cart.shipping_address).map(|address| address.name);
        name.filter(|name| !name.is_empty())
            .map_or("New order".to_owned(), |name| format!("Order for {name}"))
    });
    let state = Memo::new(move |_| draft.get().map(|draft| (draft.state, draft.order_id)));
    let body = move || match state.get() {
        Some((DraftState::Open, _)) => open(work, filled),
        Some((DraftState::Placed, order)) => {
            let link = order.map(|id| view! { <a href=Place::Order(id).url()>"Open the order"</a> });
            alert(
                Tone::Good,
                Some("This draft has become an order".into()),
                view! { <p>{link}</p> }.into_any(),
            )
        }
        Some((DraftState::Discarded, _)) => away(work),
        None => ().into_any(),
    };
    let acts = move || (state.get()?.0 == DraftState::Open && may_write).then(|| discard(work));
    view! {
        {parts::head(desk, Some((Place::Drafts.url(), "Drafts")), title.into(), acts.into_any())}
        {draft.view(|_| ().into_any())}
        {body}
    }
    .into_any()
}

fn open(work: Work, filled: customer::Filled) -> AnyView {
    let lines = move || work.draft.get().map(|draft| lines(work, &draft));
    let find = work.may_write.then(|| picker::view(work.desk, Callback::new(move |id| work.add(id))));
    let items = view! { {work.form.general()} {find} {lines} };
    view! {
        <div class="columns">
            <div class="columns__main">
                {parts::card("Items", None, items.into_any())}
                {place::view(work)}
            </div>
            <div class="columns__side">{customer::view(work, filled)}</div>
        </div>
    }
    .into_any()
}

fn lines(work: Work, draft: &Draft) -> AnyView {
    if draft.cart.lines.is_empty() {
        return view! { <p class="muted">"Nothing yet: search above, or scan a barcode."</p> }.into_any();
    }
    let row = |(line, totals): (&CartLine, &souk_contract::LineTotals)| {
        let name = view! {
            <span class="named">
                {parts::thumb(line.media.as_ref(), &line.product_title)}
                <span class="two">
                    <span>{title(line)}</span><span class="muted">{line.sku.clone().unwrap_or_default()}</span>
                </span>
            </span>
        };
        parts::row(
            Some(Place::Product(line.product_id).url()),
            name.into_any(),
            vec![
                ("#Price", price(work, line)),
                ("#Quantity", quantity(work, line)),
                ("#Total", totals.total.to_string().into_any()),
                ("Take out", remove(work, line)),
            ],
        )
    };
    let warnings: Vec<AnyView> = draft
        .cart
        .warnings
        .iter()
        .map(|warning| alert(Tone::Warn, None, view! { <p>{warning.message.clone()}</p> }.into_any()))
        .collect();
    let columns = ["Item", "#Price", "#Quantity", "#Total", "Take out"];
    let rows = draft.cart.lines.iter().zip(&draft.cart.totals.lines).map(row).collect();
    view! { <div role="status">{warnings}</div> {parts::table("Items of this draft", &columns, rows)} }
        .into_any()
}

/// `Tea towel – Écru`
fn title(line: &CartLine) -> String {
    match line.variant_title.as_str() {
        "" => line.product_title.clone(),
        options => format!("{} – {options}", line.product_title),
    }
}

/// What was agreed upon; empty for what the catalogue says.
fn price(work: Work, line: &CartLine) -> AnyView {
    let (variant_id, now) = (line.variant_id, line.unit_price);
    if !work.may_write {
        return now.to_string().into_any();
    }
    let changed = move |event| {
        let text = event_target_value(&event);
        let price = match text.trim() {
            "" => None,
            text => match money::parse(text, now.currency) {
                Some(price) if price == now => return,
                Some(price) => Some(price),
                // What can't be read is put back.
                None => return work.draft.reload(),
            },
        };
        let prices = Some(vec![AgreedPrice { variant_id, price }]);
        work.change(ChangeDraft { prices, ..ChangeDraft::default() });
    };
    let usual =
        line.compare_at.map(|usual| view! { <span class="muted">{format!("instead of {usual}")}</span> });
    view! {
        <span class="two">
            <input
                class="input input--number" type="text" inputmode="decimal"
                aria-label=format!("Price of {}", title(line)) prop:value=now.amount() on:change=changed
            />
            {usual}
        </span>
    }
    .into_any()
}

fn quantity(work: Work, line: &CartLine) -> AnyView {
    let (id, count) = (line.variant_id, line.quantity);
    if !work.may_write {
        return count.into_any();
    }
    let changed = move |event| match event_target_value(&event).trim().parse::<i64>() {
        Ok(wanted) => work.set_quantity(id, wanted),
        // What can't be read is put back.
        Err(_) => work.draft.reload(),
    };
    view! {
        <input
            class="input input--number" type="number" min="1" max="999" inputmode="numeric"
            aria-label=format!("Quantity of {}", title(line)) prop:value=count.to_string() on:change=changed
        />
    }
    .into_any()
}

fn remove(work: Work, line: &CartLine) -> AnyView {
    let (id, label) = (line.variant_id, format!("Take out {}", title(line)));
    let out = move |_| work.set_quantity(id, 0);
    let button = work.may_write.then(|| {
        view! { <button type="button" class="text-button" aria-label=label on:click=out>"Take out"</button> }
    });
    button.into_any()
}

fn discard(work: Work) -> AnyView {
    let form = Form::new(work.desk);
    let put_away = move |_| {
        let call = drafts::discard_draft(work.id, work.version());
        let done = move |draft| {
            work.done(draft);
            work.desk.say("The draft is put away.");
        };
        form.send_or(call, done, move |error| {
            if let Some(error) = work.refused(error) {
                work.desk.complain(&error);
            }
            None
        });
    };
    view! {
        <button
            type="button" class="button button--quiet" aria-busy=move || form.busy.get().then_some("true") on:click=put_away
        >
            "Put away"
        </button>
    }
    .into_any()
}

fn away(work: Work) -> AnyView {
    let form = Form::new(work.desk);
    let again = move |_| {
        form.send_or(
            drafts::reopen_draft(work.id),
            move |draft| work.done(draft),
            move |error| {
                work.desk.complain(&error);
                None
            },
        );
    };
    let button = work.may_write.then(|| {
        view! { <p><button type="button" class="text-button" on:click=again>"Take it up again"</button></p> }
    });
    let back = move |_| go::to_place(work.desk, Place::Drafts);
    let body = view! {
        <p>"It is no longer in the list."</p> {button}
        <p><button type="button" class="text-button" on:click=back>"To the drafts"</button></p>
    };
    alert(Tone::Plain, Some("This draft was put away".into()), body.into_any())
}
