//! What a promotion gives, as it is put together in the form.

use leptos::prelude::*;
use souk_contract::{BundlePart, FieldError, LineSelection, Money, PromotionAction, Tier, TierBy, VariantId};

use super::{fault, selection::Selection};
use crate::{
    admin::{
        desk::Desk,
        drafts,
        form::{Form, Input, check, select},
    },
    draft::{
        money,
        promotion::{basis_points, percent},
    },
};

const KINDS: [(&str, &str); 9] = [
    ("percent", "A percentage off"),
    ("fixed", "An amount off"),
    ("fixed_price", "A price for each item"),
    ("buy_get", "Buy some, get some"),
    ("cheapest_free", "The cheapest item free"),
    ("tiers", "More off for more"),
    ("bundle", "A price for a bundle"),
    ("gift", "A gift"),
    ("free_shipping", "Free delivery"),
];

const MOST_ROWS: usize = 10;
const AN_AMOUNT: &str = "An amount such as 12.50.";
const A_NUMBER: &str = "A whole number.";
const A_PERCENTAGE: &str = "A percentage such as 12.5.";

#[derive(Clone, Copy)]
struct Row {
    /// From where, or how many.
    from: RwSignal<String>,
    gives: RwSignal<String>,
    of: Selection,
}

#[derive(Clone, Copy)]
pub struct Action {
    desk: Desk,
    form: Form,
    kind: RwSignal<String>,
    percent: RwSignal<String>,
    amount: RwSignal<String>,
    buy: RwSignal<String>,
    get: RwSignal<String>,
    times: RwSignal<String>,
    by: RwSignal<String>,
    label: RwSignal<String>,
    variant: RwSignal<Option<VariantId>>,
    has_get_of: RwSignal<bool>,
    of: RwSignal<Selection>,
    get_of: RwSignal<Selection>,
    rows: RwSignal<Vec<Row>>,
}

impl Action {
    pub fn new(desk: Desk, form: Form) -> Self {
        let text = |text: &str| RwSignal::new(text.to_owned());
        let all = move || RwSignal::new(Selection::new(desk, form, &LineSelection::default()));
        Self {
            desk,
            form,
            kind: text("percent"),
            percent: text("10"),
            amount: text(""),
            buy: text("2"),
            get: text("1"),
            times: text(""),
            by: text("subtotal"),
            label: text(""),
            variant: RwSignal::new(None),
            has_get_of: RwSignal::new(false),
            of: all(),
            get_of: all(),
            rows: RwSignal::new(Vec::new()),
        }
    }

    fn row(self, from: String, gives: String, of: &LineSelection) -> Row {
        let of = Selection::new(self.desk, self.form, of);
        Row { from: RwSignal::new(from), gives: RwSignal::new(gives), of }
    }

    pub fn set(self, action: &PromotionAction) {
        let choose = |of: &LineSelection| self.of.set(Selection::new(self.desk, self.form, of));
        let kind = match action {
            PromotionAction::Percent { basis_points, of } => {
                self.percent.set(percent(*basis_points));
                choose(of);
                "percent"
            }
            PromotionAction::Fixed { amount, of } => {
                self.amount.set(amount.amount());
                choose(of);
                "fixed"
            }
            PromotionAction::FixedPrice { price, of } => {
                self.amount.set(price.amount());
                choose(of);
                "fixed_price"
            }
            PromotionAction::BuyGet { buy, get, basis_points, of, get_of, times } => {
                self.buy.set(buy.to_string());
                self.get.set(get.to_string());
                self.percent.set(percent(*basis_points));
                self.times.set(times.map(|times| times.to_string()).unwrap_or_default());
                choose(of);
                self.has_get_of.set(get_of.is_some());
                if let Some(get_of) = get_of {
                    self.get_of.set(Selection::new(self.desk, self.form, get_of));
                }
                "buy_get"
            }
            PromotionAction::CheapestFree { at_least, of } => {
                self.buy.set(at_least.to_string());
                choose(of);
                "cheapest_free"
            }
            PromotionAction::Tiers { by, tiers, of } => {
                self.by.set(if *by == TierBy::Subtotal { "subtotal" } else { "quantity" }.to_owned());
                choose(of);
                let row = |tier: &Tier| {
                    let from = match by {
                        TierBy::Subtotal => Money::new(tier.at_least, self.desk.currency()).amount(),
                        TierBy::Quantity => tier.at_least.to_string(),
                    };
                    let gives = match (tier.basis_points, tier.amount) {
                        (Some(points), _) => format!("{} %", percent(points)),
                        (None, amount) => amount.map(|amount| amount.amount()).unwrap_or_default(),
                    };
                    self.row(from, gives, &LineSelection::default())
                };
                self.rows.set(tiers.iter().map(row).collect());
                "tiers"
            }
            PromotionAction::Bundle { parts, price } => {
                self.amount.set(price.amount());
                let row = |part: &BundlePart| self.row(part.quantity.to_string(), String::new(), &part.of);
                self.rows.set(parts.iter().map(row).collect());
                "bundle"
            }
            PromotionAction::Gift { variant_id, quantity, label } => {
                self.variant.set(Some(*variant_id));
                self.buy.set(quantity.to_string());
                self.label.set(label.clone());
                "gift"
            }
            PromotionAction::FreeShipping => "free_shipping",
        };
        self.kind.set(kind.to_owned());
    }

    /// What is chosen. Tracked.
    pub fn read(self) -> Result<PromotionAction, Vec<FieldError>> {
        let of = move || self.of.get().read();
        let amount = |field: &str| {
            let typed = self.amount.with(|text| money::parse(text, self.desk.currency()));
            typed.ok_or_else(|| fault(format!("action.{field}"), AN_AMOUNT))
        };
        let points = || {
            self.percent
                .with(|text| basis_points(text))
                .ok_or_else(|| fault("action.basis_points", A_PERCENTAGE))
        };
        Ok(match self.kind.get().as_str() {
            "percent" => PromotionAction::Percent { basis_points: points()?, of: of() },
            "fixed" => PromotionAction::Fixed { amount: amount("amount")?, of: of() },
            "fixed_price" => PromotionAction::FixedPrice { price: amount("price")?, of: of() },
            "buy_get" => PromotionAction::BuyGet {
                buy: number(self.buy, "buy")?,
                get: number(self.get, "get")?,
                basis_points: points()?,
                of: of(),
                get_of: self.has_get_of.get().then(|| self.get_of.get().read()),
                times: match self.times.with(|text| text.trim().is_empty()) {
                    true => None,
                    false => Some(number(self.times, "times")?),
                },
            },
            "cheapest_free" => {
                PromotionAction::CheapestFree { at_least: number(self.buy, "at_least")?, of: of() }
            }
            "tiers" => {
                let by =
                    self.by.with(|by| if by == "quantity" { TierBy::Quantity } else { TierBy::Subtotal });
                let rows = self.rows.get();
                let tiers = rows.iter().enumerate().map(|(index, row)| self.tier(by, index, row));
                PromotionAction::Tiers { by, tiers: tiers.collect::<Result<_, _>>()?, of: of() }
            }
            "bundle" => {
                let rows = self.rows.get();
                let part = |(index, row): (usize, &Row)| {
                    let quantity = number(row.from, &format!("parts[{index}].quantity"))?;
                    Ok(BundlePart { quantity, of: row.of.read() })
                };
                let parts = rows.iter().enumerate().map(part).collect::<Result<_, Vec<FieldError>>>()?;
                PromotionAction::Bundle { parts, price: amount("price")? }
            }
            "gift" => PromotionAction::Gift {
                variant_id: self
                    .variant
                    .get()
                    .ok_or_else(|| fault("action.variant_id", "Choose the gift."))?,
                quantity: number(self.buy, "quantity")?,
                label: self.label.with(|label| label.trim().to_owned()),
            },
            _ => PromotionAction::FreeShipping,
        })
    }

    fn tier(self, by: TierBy, index: usize, row: &Row) -> Result<Tier, Vec<FieldError>> {
        let currency = self.desk.currency();
        let path = format!("action.tiers[{index}].at_least");
        let at_least = match by {
            TierBy::Subtotal => {
                let typed = row.from.with(|text| money::parse(text, currency));
                typed.ok_or_else(|| fault(path, AN_AMOUNT))?.minor
            }
            TierBy::Quantity => number(row.from, &format!("tiers[{index}].at_least"))?,
        };
        let gives = row.gives.get();
        let is_percent = gives.trim().ends_with('%');
        let points = is_percent.then(|| basis_points(&gives)).flatten();
        let amount = (!is_percent).then(|| money::parse(&gives, currency)).flatten();
        if points.is_none() && amount.is_none() {
            return Err(fault(format!("action.tiers[{index}]"), "10 %, or an amount such as 12.50."));
        }
        Ok(Tier { at_least, basis_points: points, amount })
    }

    pub fn view(self) -> AnyView {
        let kinds = KINDS.map(|(value, label)| (value.to_owned(), label.to_owned())).to_vec();
        let kind = Memo::new(move |_| self.kind.get());
        let body = move || self.fields(&kind.get());
        view! {
            <div class="form">
                {select(self.form, "Gives", "promotion-kind", "action", kinds, self.kind)}
                {body}
            </div>
        }
        .into_any()
    }

    fn fields(self, kind: &str) -> AnyView {
        let form = self.form;
        let input = |label: &'static str, id: &str, path: &str, value| {
            Input::new(form, label, format!("promotion-{id}"), &format!("action.{path}"), value)
        };
        let percent =
            || input("Percent off", "percent", "basis_points", self.percent).inputmode("decimal").view();
        let amount = |label, path| input(label, "amount", path, self.amount).inputmode("decimal").view();
        let number = |label, id, path, value| input(label, id, path, value).inputmode("numeric").view();
        let of = move || view! { {move || self.of.get().view("promotion-of", "Counts for")} }.into_any();
        match kind {
            "percent" => view! { {percent()} {of()} }.into_any(),
            "fixed" => view! { {amount("Amount off", "amount")} {of()} }.into_any(),
            "fixed_price" => view! { {amount("Price of each", "price")} {of()} }.into_any(),
            "buy_get" => {
                let other = move || {
                    self.has_get_of
                        .get()
                        .then(|| self.get_of.get().view("promotion-get-of", "Items that cost less"))
                };
                view! {
                    <div class="form__row">
                        {number("Buy", "buy", "buy", self.buy)}
                        {number("Get", "get", "get", self.get)}
                        {percent()}
                        {input("Times in one order", "times", "times", self.times).inputmode("numeric").optional().view()}
                    </div>
                    {of()}
                    {check("Other items than those that are bought", self.has_get_of)}
                    {other}
                }
                .into_any()
            }
            "cheapest_free" => {
                view! { {number("From so many pieces", "buy", "at_least", self.buy)} {of()} }.into_any()
            }
            "tiers" => {
                let by = [("subtotal", "What is spent"), ("quantity", "Pieces")];
                let by = by.map(|(value, label)| (value.to_owned(), label.to_owned())).to_vec();
                view! { {select(form, "By", "promotion-by", "action.by", by, self.by)} {self.rows(false)} {of()} }
                    .into_any()
            }
            "bundle" => view! { {amount("Price of the bundle", "price")} {self.rows(true)} }.into_any(),
            "gift" => {
                let chosen = move || match self.variant.get() {
                    Some(_) => "The gift is chosen; another takes its place.",
                    None => "No gift is chosen yet.",
                };
                view! {
                    <p class="muted" role="status">{chosen}</p>
                    {drafts::picker(self.desk, Callback::new(move |id| self.variant.set(Some(id))))}
                    <div class="form__row">
                        {number("Pieces", "buy", "quantity", self.buy)}
                        {input("What shoppers call it", "gift-label", "label", self.label).view()}
                    </div>
                }
                .into_any()
            }
            _ => ().into_any(),
        }
    }

    /// Tiers, or the parts of a bundle.
    fn rows(self, is_bundle: bool) -> AnyView {
        let row = move |(index, row): (usize, Row)| {
            let (form, number) = (self.form, index + 1);
            let field = |label: &str, id: &str, path: String, value| {
                Input::new(form, format!("{label} {number}"), format!("promotion-{id}-{index}"), &path, value)
                    .view()
            };
            let out = move |_| {
                self.rows.update(|rows| {
                    rows.remove(index);
                });
            };
            let fields = if is_bundle {
                view! {
                    {field("Pieces of part", "part", format!("action.parts[{index}].quantity"), row.from)}
                    {row.of.view(&format!("promotion-part-of-{index}"), "Part")}
                }
                .into_any()
            } else {
                view! {
                    <div class="form__row">
                        {field("From, tier", "from", format!("action.tiers[{index}].at_least"), row.from)}
                        {field("Off, tier", "gives", format!("action.tiers[{index}]"), row.gives)}
                    </div>
                }
                .into_any()
            };
            let label = format!("Remove {} {number}", if is_bundle { "part" } else { "tier" });
            view! { {fields} <p><button type="button" class="text-button" aria-label=label on:click=out>"Remove"</button></p> }
                .into_any()
        };
        let rows = move || self.rows.get().into_iter().enumerate().map(row).collect::<Vec<_>>();
        let more = move |_| {
            let new = self.row(
                if is_bundle { "1" } else { "" }.to_owned(),
                String::new(),
                &LineSelection::default(),
            );
            self.rows.update(|rows| rows.push(new));
        };
        let is_room = move || self.rows.with(|rows| rows.len() < MOST_ROWS);
        let label = if is_bundle { "Add a part" } else { "Add a tier" };
        view! {
            <div class="form">{rows}</div>
            <Show when=is_room>
                <p><button type="button" class="text-button" on:click=more>{label}</button></p>
            </Show>
        }
        .into_any()
    }
}

fn number(text: RwSignal<String>, field: &str) -> Result<i64, Vec<FieldError>> {
    text.with(|text| text.trim().parse().ok()).ok_or_else(|| fault(format!("action.{field}"), A_NUMBER))
}
