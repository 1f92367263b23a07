//! The fields of the shop, and what is typed into them.

use leptos::prelude::*;
use souk_contract::{Currency, FieldError, PaperSize, ShopSettingsInput};

use super::shop::Work;
use crate::{
    admin::{
        form::{Input, select},
        parts,
    },
    draft::money,
};

const A4: &str = "a4";
const LETTER: &str = "letter";
/// Value and label.
const SIZES: [(&str, &str); 3] =
    [("", "As printers of the shop's country have it"), (A4, "A4"), (LETTER, "Letter")];
pub const PAPER: &str = "Paper";

#[derive(Debug, Clone, Copy, PartialEq)]
enum Shape {
    Needed(&'static str),
    Optional(&'static str),
    Lines,
}

use Shape::{Lines, Needed, Optional};

/// A line to type.
pub struct Field {
    pub label: &'static str,
    /// As the server calls it.
    path: &'static str,
    hint: &'static str,
    shape: Shape,
}

const fn field(label: &'static str, path: &'static str, hint: &'static str, shape: Shape) -> Field {
    Field { label, path, hint, shape }
}

/// A card's title, what it is about, and its rows.
type Card = (&'static str, &'static str, &'static [&'static [Field]]);

const CARDS: [Card; 3] = [
    (
        "Name and contact",
        "",
        &[
            &[
                field("Name", "name", "On pages, in mails, and on packing slips.", Needed("text")),
                field(
                    "Mail address",
                    "email",
                    "Where customers write to. Mails come from it, or their answers go to it.",
                    Needed("email"),
                ),
            ],
            &[
                field("Phone", "phone", "Below every page.", Optional("tel")),
                field(
                    "Time zone",
                    "time_zone",
                    "Such as Europe/Berlin: when a promotion's hours begin.",
                    Needed("text"),
                ),
            ],
        ],
    ),
    (
        "What pages promise",
        "",
        &[&[
            field("Days to return", "returns_days", "0: nothing is promised.", Needed("numeric")),
            field(
                "Free delivery over",
                "free_shipping_over",
                "It is only said: what delivery costs stands in Delivery.",
                Optional("decimal"),
            ),
            field(
                "Few pieces",
                "low_stock",
                "So many or fewer are shown as only a few left.",
                Needed("numeric"),
            ),
        ]],
    ),
    (
        "Papers",
        "What stands on invoices and credit notes from now on. Those that were issued stay as they are.",
        &[
            &[
                field(
                    "Seller",
                    "seller_name",
                    "As the law wants it. Empty: the shop's name.",
                    Optional("text"),
                ),
                field("Tax number", "tax_id", "VAT identification, or another.", Optional("text")),
            ],
            &[field("Address", "seller_address", "Street, place, country: at most 8 lines.", Lines)],
            &[
                field(
                    "Before an invoice's number",
                    "invoice_prefix",
                    "Such as INV-. Numbers go on without gaps.",
                    Optional("text"),
                ),
                field(
                    "Before a credit note's number",
                    "credit_note_prefix",
                    "Never what invoices have or had.",
                    Optional("text"),
                ),
            ],
        ],
    ),
];

/// In the order of [`texts`], which ends with the paper's size.
pub fn all() -> impl Iterator<Item = &'static Field> {
    CARDS.iter().flat_map(|(_, _, rows)| rows.iter().copied().flatten())
}

/// As they are typed.
pub fn texts(input: ShopSettingsInput) -> Vec<String> {
    let size = match input.paper_size {
        None => "",
        Some(PaperSize::A4) => A4,
        Some(PaperSize::Letter) => LETTER,
    };
    vec![
        input.name,
        input.email,
        input.phone,
        input.time_zone,
        input.returns_days.to_string(),
        input.free_shipping_over.map_or_else(String::new, |amount| amount.amount()),
        input.low_stock.to_string(),
        input.seller_name,
        input.tax_id,
        input.seller_address.join("\n"),
        input.invoice_prefix,
        input.credit_note_prefix,
        size.to_owned(),
    ]
}

/// The other way; the server trims.
pub fn read(typed: Vec<String>, currency: Currency) -> Result<ShopSettingsInput, Vec<FieldError>> {
    let [
        name,
        email,
        phone,
        time_zone,
        returns,
        free,
        low,
        seller_name,
        tax_id,
        address,
        invoice_prefix,
        credit_note_prefix,
        size,
    ] = <[String; 13]>::try_from(typed).unwrap_or_default();
    let (returns_days, low_stock) = (returns.trim().parse().ok(), low.trim().parse().ok());
    let free_shipping_over = money::parse(&free, currency);
    let faults = [
        (returns_days.is_none(), "returns_days", "A whole number of days, or 0."),
        (
            free_shipping_over.is_none() && !free.trim().is_empty(),
            "free_shipping_over",
            "An amount such as 60.00, or nothing.",
        ),
        (low_stock.is_none(), "low_stock", "A whole number of pieces, or 0."),
    ];
    let faults = faults.into_iter().filter(|(wrong, ..)| *wrong).map(|(_, field, message)| FieldError {
        field: field.to_owned(),
        code: "invalid".to_owned(),
        message: message.to_owned(),
    });
    let faults: Vec<FieldError> = faults.collect();
    let (Some(returns_days), Some(low_stock), true) = (returns_days, low_stock, faults.is_empty()) else {
        return Err(faults);
    };
    Ok(ShopSettingsInput {
        name,
        email,
        phone,
        returns_days,
        free_shipping_over,
        low_stock,
        time_zone,
        seller_name,
        seller_address: address.lines().map(str::to_owned).collect(),
        tax_id,
        invoice_prefix,
        credit_note_prefix,
        paper_size: match size.as_str() {
            A4 => Some(PaperSize::A4),
            LETTER => Some(PaperSize::Letter),
            _ => None,
        },
    })
}

pub fn fields(work: Work) -> AnyView {
    let form = work.form;
    let typed = work.typed.get_value();
    let size = typed.last().copied();
    let mut typed = typed.into_iter();
    let mut card = |(title, about, rows): Card, more: Option<AnyView>| {
        let mut input = |field: &'static Field| {
            let value = typed.next()?;
            let input = Input::new(form, field.label, format!("shop-{}", field.path), field.path, value);
            let input = input.hint(field.hint);
            let input = match field.shape {
                Lines => input.rows(3).optional(),
                Needed(kind) => shaped(input, kind),
                Optional(kind) => shaped(input, kind).optional(),
            };
            Some(input.view())
        };
        let rows: Vec<AnyView> = rows
            .iter()
            .map(|row| {
                let inputs: Vec<AnyView> = row.iter().filter_map(&mut input).collect();
                let class = if inputs.len() > 1 { "form__row" } else { "" };
                view! { <div class=class>{inputs}</div> }.into_any()
            })
            .collect();
        let about = (!about.is_empty()).then(|| view! { <p class="muted">{about}</p> });
        parts::card(title, None, view! { <div class="form">{about}{rows}{more}</div> }.into_any())
    };
    let sizes = SIZES.map(|(value, label)| (value.to_owned(), label.to_owned())).to_vec();
    let [shop, promises, papers] = CARDS;
    let cards = [
        card(shop, None),
        card(promises, None),
        card(papers, size.map(|size| select(form, PAPER, "shop-paper_size", "paper_size", sizes, size))),
    ];
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
            {form.general()} {Vec::from(cards)} {acts}
        </form>
    }
    .into_any()
}

/// By what a phone's keyboard shows.
fn shaped(input: Input, kind: &'static str) -> Input {
    if matches!(kind, "numeric" | "decimal") { input.inputmode(kind) } else { input.kind(kind) }
}
