//! Whom a promotion is for, as it is put together in the form.

use leptos::prelude::*;
use souk_contract::{Condition, ConditionGroup, ConditionTest, FieldError, Join, LineSelection};

use super::{
    fault,
    selection::{Selection, listed},
};
use crate::{
    admin::{
        desk::Desk,
        form::{Form, Input, check, select},
    },
    draft::{
        money,
        promotion::{clock, minutes},
    },
};

const KINDS: [(&str, &str); 8] = [
    ("subtotal", "The cart has items for"),
    ("quantity", "The cart has so many items"),
    ("signed_in", "The shopper is signed in"),
    ("first_order", "It is a first order"),
    ("orders", "The shopper ordered before, times"),
    ("payment", "It is paid by"),
    ("country", "It is delivered to"),
    ("time", "It is the time"),
];
const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MOST: usize = 10;

#[derive(Clone, Copy)]
struct One {
    not: RwSignal<bool>,
    kind: RwSignal<String>,
    /// An amount, a number or a list.
    value: RwSignal<String>,
    days: StoredValue<[RwSignal<bool>; 7]>,
    from: RwSignal<String>,
    until: RwSignal<String>,
    of: Selection,
}

#[derive(Clone, Copy)]
struct Group {
    join: RwSignal<String>,
    all: RwSignal<Vec<One>>,
}

#[derive(Clone, Copy)]
pub struct Conditions {
    desk: Desk,
    form: Form,
    groups: RwSignal<Vec<Group>>,
}

impl Conditions {
    pub fn new(desk: Desk, form: Form) -> Self {
        Self { desk, form, groups: RwSignal::new(Vec::new()) }
    }

    pub fn set(self, when: &[ConditionGroup]) {
        let group = |group: &ConditionGroup| Group {
            join: RwSignal::new(if group.join == Join::All { "all" } else { "any" }.to_owned()),
            all: RwSignal::new(group.conditions.iter().map(|one| self.one(one)).collect()),
        };
        self.groups.set(when.iter().map(group).collect());
    }

    fn one(self, condition: &Condition) -> One {
        let every = LineSelection::default();
        let (mut on, mut from, mut until) = (Vec::new(), 0, 1440);
        let (kind, value, of) = match &condition.test {
            ConditionTest::Subtotal { amount: at_least, of } => ("subtotal", at_least.amount(), of),
            ConditionTest::Quantity { at_least, of } => ("quantity", at_least.to_string(), of),
            ConditionTest::SignedIn => ("signed_in", String::new(), &every),
            ConditionTest::FirstOrder => ("first_order", String::new(), &every),
            ConditionTest::Orders { at_least } => ("orders", at_least.to_string(), &every),
            ConditionTest::Payment { methods } => ("payment", methods.join(", "), &every),
            ConditionTest::Country { countries } => ("country", countries.join(", "), &every),
            ConditionTest::Time { days, from: start, until: end } => {
                (on, from, until) = (days.clone(), *start, *end);
                ("time", String::new(), &every)
            }
        };
        One {
            not: RwSignal::new(condition.not),
            kind: RwSignal::new(kind.to_owned()),
            value: RwSignal::new(value),
            days: StoredValue::new(std::array::from_fn(|day| RwSignal::new(on.contains(&(day as u8 + 1))))),
            from: RwSignal::new(clock(from)),
            until: RwSignal::new(clock(until)),
            of: Selection::new(self.desk, self.form, of),
        }
    }

    fn fresh(self) -> One {
        self.one(&Condition { not: false, test: ConditionTest::SignedIn })
    }

    /// What is chosen. Tracked.
    pub fn read(self) -> Result<Vec<ConditionGroup>, Vec<FieldError>> {
        let group = |(at, group): (usize, Group)| {
            let conditions = group.all.get().into_iter().enumerate().map(|(index, one)| {
                let test = self.test(one, &format!("when[{at}].conditions[{index}].test"))?;
                Ok(Condition { not: one.not.get(), test })
            });
            Ok(ConditionGroup {
                join: group.join.with(|join| if join == "any" { Join::Any } else { Join::All }),
                conditions: conditions.collect::<Result<_, Vec<FieldError>>>()?,
            })
        };
        self.groups.get().into_iter().enumerate().map(group).collect()
    }

    fn test(self, one: One, at: &str) -> Result<ConditionTest, Vec<FieldError>> {
        let value = one.value.get();
        let number = || value.trim().parse().map_err(|_| fault(format!("{at}.at_least"), "A whole number."));
        let minute = |text: RwSignal<String>, field: &str| {
            text.with(|text| minutes(text))
                .ok_or_else(|| fault(format!("{at}.{field}"), "A time such as 17:30."))
        };
        Ok(match one.kind.get().as_str() {
            "subtotal" => {
                let amount = money::parse(&value, self.desk.currency());
                let wrong = || fault(format!("{at}.amount"), "An amount such as 12.50.");
                ConditionTest::Subtotal { amount: amount.ok_or_else(wrong)?, of: one.of.read() }
            }
            "quantity" => ConditionTest::Quantity { at_least: number()?, of: one.of.read() },
            "first_order" => ConditionTest::FirstOrder,
            "orders" => ConditionTest::Orders { at_least: number()? },
            "payment" => ConditionTest::Payment { methods: listed(&value) },
            "country" => ConditionTest::Country { countries: listed(&value.to_uppercase()) },
            "time" => ConditionTest::Time {
                days: one.days.with_value(|days| {
                    (1_u8..).zip(days).filter(|(_, on)| on.get()).map(|(day, _)| day).collect()
                }),
                from: minute(one.from, "from")?,
                until: minute(one.until, "until")?,
            },
            _ => ConditionTest::SignedIn,
        })
    }

    pub fn view(self) -> AnyView {
        let groups = move || {
            self.groups
                .get()
                .into_iter()
                .enumerate()
                .map(|(at, group)| self.group(at, group))
                .collect::<Vec<_>>()
        };
        let more = move |_| {
            let group =
                Group { join: RwSignal::new("all".to_owned()), all: RwSignal::new(vec![self.fresh()]) };
            self.groups.update(|groups| groups.push(group));
        };
        let label = move || {
            if self.groups.with(Vec::is_empty) {
                "Add a condition"
            } else {
                "And another group of conditions"
            }
        };
        let none = move || {
            self.groups
                .with(Vec::is_empty)
                .then(|| view! { <p class="muted">"Everybody gets it, at any time."</p> })
        };
        let is_room = move || self.groups.with(|groups| groups.len() < MOST);
        view! {
            {none}
            <div class="form">{groups}</div>
            <Show when=is_room>
                <p><button type="button" class="text-button" on:click=more>{label}</button></p>
            </Show>
        }
        .into_any()
    }

    fn group(self, at: usize, group: Group) -> AnyView {
        let joins = [("all", "All of these hold"), ("any", "One of these is enough")];
        let joins = joins.map(|(value, label)| (value.to_owned(), label.to_owned())).to_vec();
        let rows = move || {
            let all = group.all.get();
            all.into_iter()
                .enumerate()
                .map(|(index, one)| self.row(at, index, group, one))
                .collect::<Vec<_>>()
        };
        let more = move |_| group.all.update(|all| all.push(self.fresh()));
        let is_room = move || group.all.with(|all| all.len() < MOST);
        let title = format!("Group {}", at + 1);
        view! {
            <fieldset class="form">
                <legend class="field__label">{title.clone()}</legend>
                {select(self.form, format!("{title} joins by"), &format!("group-{at}"), "", joins, group.join)}
                {rows}
                <Show when=is_room>
                    <p><button type="button" class="text-button" on:click=more>"Add a condition to this group"</button></p>
                </Show>
            </fieldset>
        }
        .into_any()
    }

    fn row(self, at: usize, index: usize, group: Group, one: One) -> AnyView {
        let kinds = KINDS.map(|(value, label)| (value.to_owned(), label.to_owned())).to_vec();
        let name = format!("{}.{}", at + 1, index + 1);
        let id = format!("condition-{at}-{index}");
        let out = move |_| {
            group.all.update(|all| {
                all.remove(index);
            });
            if group.all.with_untracked(Vec::is_empty) {
                self.groups.update(|groups| {
                    groups.remove(at);
                });
            }
        };
        let kind = Memo::new(move |_| one.kind.get());
        let (body_id, body_name) = (id.clone(), name.clone());
        let body = move || self.fields(one, &kind.get(), (at, index), &body_id, &body_name);
        view! {
            {select(self.form, format!("Condition {name}"), &format!("{id}-kind"), "", kinds, one.kind)}
            {body}
            <div class="cluster">
                {check("Turned round: it must not hold", one.not)}
                <button type="button" class="text-button" aria-label=format!("Remove condition {name}") on:click=out>"Remove"</button>
            </div>
        }
        .into_any()
    }

    fn fields(self, one: One, kind: &str, (at, index): (usize, usize), id: &str, name: &str) -> AnyView {
        let path = |field: &str| format!("when[{at}].conditions[{index}].test.{field}");
        let input = |label: &str, field: &str, value| {
            Input::new(self.form, format!("{label} {name}"), format!("{id}-{field}"), &path(field), value)
        };
        match kind {
            "subtotal" => view! {
                {input("Amount of", "amount", one.value).inputmode("decimal").view()}
                {one.of.view(&format!("{id}-of"), "Counted")}
            }
            .into_any(),
            "quantity" => view! {
                {input("Pieces of", "at_least", one.value).inputmode("numeric").view()}
                {one.of.view(&format!("{id}-of"), "Counted")}
            }
            .into_any(),
            "orders" => input("Orders of", "at_least", one.value).inputmode("numeric").view(),
            "payment" => input("Ways to pay of", "methods", one.value)
                .hint("Such as bank_transfer; commas between them.")
                .view(),
            "country" => input("Countries of", "countries", one.value).hint("Such as DE, AT.").view(),
            "time" => {
                let days = one.days.get_value();
                let days = DAYS.into_iter().zip(days).map(|(day, on)| check(day, on)).collect::<Vec<_>>();
                view! {
                    <div class="cluster" role="group" aria-label=format!("Days of {name}; none is every day")>{days}</div>
                    <div class="form__row">
                        {input("From, of", "from", one.from).view()}
                        {input("Until, of", "until", one.until).hint("In the shop's time zone; 24:00 is the day's end.").view()}
                    </div>
                }
                .into_any()
            }
            _ => ().into_any(),
        }
    }
}
