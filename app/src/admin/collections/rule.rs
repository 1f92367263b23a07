//! Which products a collection holds, as it is put together in the form.

use std::collections::HashMap;

use leptos::{prelude::*, task::spawn_local};
use souk_contract::{CollectionRule, Currency, FieldError, Money, PlainRule, ProductQuery, ProductRow};

use crate::{
    admin::{
        desk::Desk,
        form::{Form, Input, select},
        load::Source,
    },
    api::admin::{catalog, collections},
    draft::money,
};

const MOST_PARTS: usize = 10;

const MODES: [(&str, &str); 4] = [
    ("manual", "Products chosen by hand"),
    ("all", "Products that fit every rule"),
    ("any", "Products that fit any rule"),
    ("newest", "The newest products"),
];

const KINDS: [(&str, &str); 5] = [
    ("type", "Its type is"),
    ("tag", "It has the tag"),
    ("vendor", "Its vendor is"),
    ("price_at_most", "It costs at most"),
    ("on_sale", "It is on sale"),
];

/// One rule, as it is typed.
#[derive(Clone, Copy)]
struct Part {
    kind: RwSignal<String>,
    value: RwSignal<String>,
}

impl Part {
    fn new(kind: &str, value: String) -> Self {
        Self { kind: RwSignal::new(kind.to_owned()), value: RwSignal::new(value) }
    }

    fn of(rule: &PlainRule, currency: Currency) -> Self {
        match rule {
            PlainRule::Type { equals } => Self::new("type", equals.clone()),
            PlainRule::Tag { equals } => Self::new("tag", equals.clone()),
            PlainRule::Vendor { equals } => Self::new("vendor", equals.clone()),
            PlainRule::PriceAtMost { minor } => {
                Self::new("price_at_most", Money::new(*minor, currency).amount())
            }
            PlainRule::OnSale => Self::new("on_sale", String::new()),
        }
    }
}

#[derive(Clone, Copy)]
pub struct Rule {
    desk: Desk,
    form: Form,
    mode: RwSignal<String>,
    parts: RwSignal<Vec<Part>>,
    /// Handles in their order.
    handles: RwSignal<Vec<String>>,
    /// By handle, as far as they are known.
    titles: RwSignal<HashMap<String, String>>,
    newest: RwSignal<String>,
}

impl Rule {
    pub fn new(desk: Desk, form: Form) -> Self {
        Self {
            desk,
            form,
            mode: RwSignal::new("manual".to_owned()),
            parts: RwSignal::new(vec![Part::new("type", String::new())]),
            handles: RwSignal::new(Vec::new()),
            titles: RwSignal::new(HashMap::new()),
            newest: RwSignal::new("24".to_owned()),
        }
    }

    pub fn set(self, rule: &CollectionRule) {
        let currency = self.desk.currency();
        let many = |mode: &str, rules: &[PlainRule]| {
            self.mode.set(mode.to_owned());
            self.parts.set(rules.iter().map(|rule| Part::of(rule, currency)).collect());
        };
        match rule {
            CollectionRule::Manual { handles } => {
                self.mode.set("manual".to_owned());
                self.handles.set(handles.clone());
                self.ask_titles(handles.clone());
            }
            CollectionRule::Newest { count } => {
                self.mode.set("newest".to_owned());
                self.newest.set(count.to_string());
            }
            CollectionRule::All { rules } => many("all", rules),
            CollectionRule::Any { rules } => many("any", rules),
            one => many("all", &PlainRule::try_from(one.clone()).into_iter().collect::<Vec<_>>()),
        }
    }

    /// Without them the handles stand there.
    fn ask_titles(self, handles: Vec<String>) {
        if handles.is_empty() {
            return;
        }
        spawn_local(async move {
            for some in handles.chunks(200) {
                let Ok(known) = collections::titles(some.to_vec()).await else { return };
                self.titles.try_update(|titles| titles.extend(known));
            }
        });
    }

    /// What is chosen. Tracked.
    pub fn read(self) -> Result<CollectionRule, Vec<FieldError>> {
        let fault = |field: &str, message: &str| {
            vec![FieldError { field: field.to_owned(), code: "invalid".into(), message: message.into() }]
        };
        let mode = self.mode.get();
        match mode.as_str() {
            "manual" => return Ok(CollectionRule::Manual { handles: self.handles.get() }),
            "newest" => {
                let count = self.newest.with(|text| text.trim().parse().ok());
                return count
                    .map(|count| CollectionRule::Newest { count })
                    .ok_or_else(|| fault("rule.count", "A whole number."));
            }
            _ => {}
        }
        let parts = self.parts.get();
        let is_single = parts.len() == 1;
        let mut rules = Vec::new();
        for (index, part) in parts.into_iter().enumerate() {
            let value = part.value.with(|value| value.trim().to_owned());
            rules.push(match part.kind.get().as_str() {
                "type" => PlainRule::Type { equals: value },
                "tag" => PlainRule::Tag { equals: value },
                "vendor" => PlainRule::Vendor { equals: value },
                "price_at_most" => match money::parse(&value, self.desk.currency()) {
                    Some(money) => PlainRule::PriceAtMost { minor: money.minor },
                    None => return Err(fault(&path(is_single, index, "minor"), "An amount such as 12.50.")),
                },
                _ => PlainRule::OnSale,
            });
        }
        Ok(match (rules.len(), mode.as_str()) {
            (1, _) => rules.remove(0).into(),
            (_, "all") => CollectionRule::All { rules },
            _ => CollectionRule::Any { rules },
        })
    }

    pub fn view(self) -> AnyView {
        let modes = MODES.map(|(value, label)| (value.to_owned(), label.to_owned())).to_vec();
        let body = move || match self.mode.get().as_str() {
            "manual" => self.by_hand(),
            "newest" => Input::new(self.form, "How many", "collection-newest", "rule.count", self.newest)
                .inputmode("numeric")
                .view(),
            _ => self.by_rules(),
        };
        view! {
            <div class="form">
                {select(self.form, "Holds", "collection-mode", "rule", modes, self.mode)}
                {body}
            </div>
        }
        .into_any()
    }

    fn by_rules(self) -> AnyView {
        let rows = move || {
            let parts = self.parts.get();
            let is_single = parts.len() == 1;
            parts
                .into_iter()
                .enumerate()
                .map(|(index, part)| self.part(is_single, index, part))
                .collect::<Vec<_>>()
        };
        let more = move |_| self.parts.update(|parts| parts.push(Part::new("tag", String::new())));
        let is_room = move || self.parts.with(|parts| parts.len() < MOST_PARTS);
        view! {
            <div class="form">{rows}</div>
            <Show when=is_room>
                <p><button type="button" class="text-button" on:click=more>"Add a rule"</button></p>
            </Show>
        }
        .into_any()
    }

    fn part(self, is_single: bool, index: usize, part: Part) -> AnyView {
        let kinds = KINDS.map(|(value, label)| (value.to_owned(), label.to_owned())).to_vec();
        let (number, form) = (index + 1, self.form);
        let value = move || {
            let (label, field) = match part.kind.get().as_str() {
                "on_sale" => return ().into_any(),
                "price_at_most" => (format!("Amount of rule {number}"), "minor"),
                _ => (format!("Value of rule {number}"), "equals"),
            };
            let field = path(is_single, index, field);
            Input::new(form, label, format!("rule-value-{index}"), &field, part.value).view()
        };
        let out = move |_| {
            self.parts.update(|parts| {
                parts.remove(index);
            });
        };
        let kind =
            select(form, format!("Rule {number}"), &format!("rule-kind-{index}"), "", kinds, part.kind);
        let remove = (!is_single).then(|| {
            view! {
                <button type="button" class="text-button" aria-label=format!("Remove rule {number}") on:click=out>
                    "Remove"
                </button>
            }
        });
        view! { <div class="form__row">{kind} {value}</div> {remove} }.into_any()
    }

    fn by_hand(self) -> AnyView {
        let rows = move || {
            let handles = self.handles.get();
            let last = handles.len().saturating_sub(1);
            handles
                .into_iter()
                .enumerate()
                .map(|(index, handle)| self.chosen(index, last, handle))
                .collect::<Vec<_>>()
        };
        let none = move || {
            self.handles
                .with(Vec::is_empty)
                .then(|| view! { <p class="muted">"Nothing chosen yet: look for products below."</p> })
        };
        view! {
            {none}
            <ol class="chosen-list" aria-label="Chosen products">{rows}</ol>
            {self.finder()}
        }
        .into_any()
    }

    fn chosen(self, index: usize, last: usize, handle: String) -> AnyView {
        let name = self.titles.with(|titles| titles.get(&handle).cloned()).unwrap_or(handle);
        let swap = move |other: usize| {
            self.handles.update(|handles| handles.swap(index, other));
        };
        let out = move |_| {
            self.handles.update(|handles| {
                handles.remove(index);
            });
        };
        let (up, down, away) =
            (format!("Move {name} up"), format!("Move {name} down"), format!("Take {name} out"));
        view! {
            <li class="chosen-list__one">
                <span class="chosen-list__name">{name}</span>
                <button type="button" class="text-button" aria-label=up disabled=index == 0 on:click=move |_| swap(index - 1)>"Up"</button>
                <button type="button" class="text-button" aria-label=down disabled=index == last on:click=move |_| swap(index + 1)>"Down"</button>
                <button type="button" class="text-button" aria-label=away on:click=out>"Remove"</button>
            </li>
        }
        .into_any()
    }

    fn finder(self) -> AnyView {
        let text = RwSignal::new(String::new());
        let ask = move || {
            let wanted = text.get().trim().to_owned();
            async move {
                if wanted.is_empty() {
                    return Ok(Vec::new());
                }
                let query = ProductQuery { text: Some(wanted), limit: Some(8), ..ProductQuery::default() };
                Ok(catalog::find_products(query).await?.items)
            }
        };
        let found: Source<Vec<ProductRow>> = Source::new(self.desk, ask);
        let hit = move |product: ProductRow| {
            let handle = product.handle.clone();
            let is_in = move || self.handles.with(|handles| handles.contains(&handle));
            let handle = product.handle;
            let title = product.title.clone();
            let add = move |_| {
                self.titles.update(|titles| {
                    titles.insert(handle.clone(), title.clone());
                });
                self.handles.update(|handles| {
                    if !handles.contains(&handle) {
                        handles.push(handle.clone());
                    }
                });
            };
            view! {
                <li>
                    <button type="button" class="text-button" disabled=is_in on:click=add>
                        "Add " {product.title}
                    </button>
                </li>
            }
        };
        let list = move |all: Vec<ProductRow>| {
            view! { <ul class="picker__list" aria-label="Products to add">{all.into_iter().map(hit).collect::<Vec<_>>()}</ul> }
                .into_any()
        };
        view! {
            {Input::new(self.form, "Find a product to add", "collection-find", "", text).optional().view()}
            {found.view(list)}
        }
        .into_any()
    }
}

/// As the server names it: a single rule stands by itself.
fn path(is_single: bool, index: usize, field: &str) -> String {
    if is_single { format!("rule.{field}") } else { format!("rule.rules[{index}].{field}") }
}

/// In words.
pub fn told(rule: &CollectionRule, currency: Currency) -> String {
    let joined = |rules: &[PlainRule], word: &str| {
        rules.iter().map(|rule| told(&rule.clone().into(), currency)).collect::<Vec<_>>().join(word)
    };
    match rule {
        CollectionRule::Manual { handles } => handles.join(", "),
        CollectionRule::Type { equals } => format!("type {equals}"),
        CollectionRule::Tag { equals } => format!("tag {equals}"),
        CollectionRule::Vendor { equals } => format!("vendor {equals}"),
        CollectionRule::OnSale => "on sale".to_owned(),
        CollectionRule::PriceAtMost { minor } => format!("at most {}", Money::new(*minor, currency)),
        CollectionRule::Newest { count } => format!("the newest {count}"),
        CollectionRule::All { rules } => joined(rules, " and "),
        CollectionRule::Any { rules } => joined(rules, " or "),
    }
}
