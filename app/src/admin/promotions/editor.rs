use leptos::{prelude::*, task::spawn_local};
use souk_contract::{
    Error, FieldError, GroupPolicy, PromotionId, PromotionInput, PromotionRecord, PromotionState, Resource,
};

use super::{action::Action, codes, conditions::Conditions, fault, state, trial};
use crate::{
    admin::{
        desk::Desk,
        dialogs::Question,
        form::{Form, Input, check, select},
        go,
        load::Source,
        parts,
        place::Place,
        products::clash::{self, Side},
        time,
    },
    api::admin::promotions,
    draft::{
        money,
        promotion::{TEMPLATES, template, told},
    },
};

const WAYS: [(&str, &str); 3] = [
    ("code", "With a code"),
    ("itself", "By itself"),
    ("codes", "With codes made for it, such as for a mailing"),
];
const POLICIES: [(&str, &str); 3] = [
    ("stack", "All of the group apply"),
    ("best_deal", "The one that saves most"),
    ("first", "The one that comes first"),
];

#[derive(Clone, Copy)]
struct Work {
    desk: Desk,
    form: Form,
    title: RwSignal<String>,
    way: RwSignal<String>,
    code: RwSignal<String>,
    action: Action,
    minimum: RwSignal<String>,
    conditions: Conditions,
    sale_items: RwSignal<bool>,
    priority: RwSignal<String>,
    exclusive: RwSignal<bool>,
    group: RwSignal<String>,
    policy: RwSignal<String>,
    starts: RwSignal<String>,
    ends: RwSignal<String>,
    limit: RwSignal<String>,
    per_customer: RwSignal<String>,
    budget: RwSignal<String>,
    /// None: a new one.
    base: RwSignal<Option<PromotionRecord>>,
    sides: RwSignal<Vec<Side>>,
    may_write: bool,
}

pub fn new(desk: Desk) -> AnyView {
    desk.ready.set(true);
    screen(desk, None)
}

pub fn saved(desk: Desk, id: PromotionId) -> AnyView {
    let record: Source<PromotionRecord> = Source::new(desk, move || promotions::promotion(id)).is_main();
    record.view(move |record| screen(desk, Some(record)))
}

fn screen(desk: Desk, record: Option<PromotionRecord>) -> AnyView {
    let text = || RwSignal::new(String::new());
    let form = Form::new(desk);
    let work = Work {
        desk,
        form,
        title: text(),
        way: text(),
        code: text(),
        action: Action::new(desk, form),
        minimum: text(),
        conditions: Conditions::new(desk, form),
        sale_items: RwSignal::new(true),
        priority: text(),
        exclusive: RwSignal::new(false),
        group: text(),
        policy: text(),
        starts: text(),
        ends: text(),
        limit: text(),
        per_customer: text(),
        budget: text(),
        base: RwSignal::new(None),
        sides: RwSignal::new(Vec::new()),
        may_write: untrack(move || desk.may(Resource::Promotions.write())),
    };
    let heading = record.as_ref().map_or_else(|| "New promotion".to_owned(), |one| one.input.title.clone());
    let is_new = record.is_none();
    let begun = template("percent", desk.currency());
    match record {
        Some(record) => work.take(record),
        None => work.show(&begun),
    }
    Effect::new(move || {
        let typed = work.read().ok();
        let clean = work.base.with(|base| match base {
            Some(base) => typed.as_ref() == Some(&base.input),
            None => typed.is_some_and(|typed| {
                TEMPLATES.iter().any(|(name, _)| typed == template(name, desk.currency()))
            }),
        });
        desk.unsaved.set(!clean);
    });
    let known_id = Signal::derive(move || work.base.with(|base| base.as_ref().map(|base| base.id)));
    let back = Some((Place::Promotions.url(), "Promotions"));
    let acts = move || work.base.get().map(|base| acts(work, &base));
    let codes = move || {
        let base = work.base.get().filter(|base| base.input.by_codes)?;
        Some(codes::card(desk, base.id, work.may_write && base.state != PromotionState::Archived))
    };
    view! {
        {parts::head(desk, back, Signal::stored(heading), acts.into_any())}
        {is_new.then(|| templates(work))}
        {fields(work)}
        {trial::card(desk, Callback::new(move |()| work.read().ok()), known_id)}
        {codes}
        {clash::sides(work.sides)}
    }
    .into_any()
}

/// What to begin with.
fn templates(work: Work) -> AnyView {
    let one = |(name, label): (&'static str, &'static str)| {
        let begin = move |_| work.show(&template(name, work.desk.currency()));
        view! { <button type="button" class="button button--quiet" on:click=begin>{label}</button> }
            .into_any()
    };
    let all = TEMPLATES.map(one).into_iter().collect::<Vec<_>>();
    parts::card("Begin with", None, view! { <div class="cluster">{all}</div> }.into_any())
}

impl Work {
    fn take(self, record: PromotionRecord) {
        self.show(&record.input);
        self.base.set(Some(record));
    }

    fn show(self, input: &PromotionInput) {
        let number = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
        let amount =
            |money: Option<souk_contract::Money>| money.map(|money| money.amount()).unwrap_or_default();
        let moment = |moment: Option<souk_contract::Timestamp>| moment.map(time::field).unwrap_or_default();
        let way = match (&input.code, input.by_codes) {
            (Some(_), _) => "code",
            (None, true) => "codes",
            (None, false) => "itself",
        };
        let policy = match input.group_policy {
            GroupPolicy::Stack => "stack",
            GroupPolicy::BestDeal => "best_deal",
            GroupPolicy::First => "first",
        };
        self.title.set(input.title.clone());
        self.way.set(way.to_owned());
        self.code.set(input.code.clone().unwrap_or_default());
        self.action.set(&input.action);
        self.minimum.set(amount(input.minimum));
        self.conditions.set(&input.when);
        self.sale_items.set(input.applies_to_sale_items);
        self.priority.set(input.priority.to_string());
        self.exclusive.set(input.exclusive);
        self.group.set(input.group.clone().unwrap_or_default());
        self.policy.set(policy.to_owned());
        self.starts.set(moment(input.starts_at));
        self.ends.set(moment(input.ends_at));
        self.limit.set(number(input.usage_limit));
        self.per_customer.set(number(input.per_customer));
        self.budget.set(amount(input.budget));
    }

    /// What is typed. Tracked.
    fn read(self) -> Result<PromotionInput, Vec<FieldError>> {
        let typed = |text: RwSignal<String>| text.with(|text| text.trim().to_owned());
        let number = |text: RwSignal<String>, field: &str| match typed(text) {
            text if text.is_empty() => Ok(None),
            text => text.parse().map(Some).map_err(|_| fault(field, "A whole number.")),
        };
        let amount = |text: RwSignal<String>, field: &str| match typed(text) {
            text if text.is_empty() => Ok(None),
            text => {
                let amount = money::parse(&text, self.desk.currency());
                amount.map(Some).ok_or_else(|| fault(field, "An amount such as 12.50."))
            }
        };
        // Fields know minutes only: what was not touched stays what it was.
        let known = |pick: fn(&PromotionInput) -> Option<souk_contract::Timestamp>| {
            self.base.with(|base| base.as_ref().and_then(|base| pick(&base.input)))
        };
        let moment = |text: RwSignal<String>, field: &str, known: Option<souk_contract::Timestamp>| match (
            typed(text),
            known,
        ) {
            (text, _) if text.is_empty() => Ok(None),
            (text, Some(known)) if time::field(known) == text => Ok(Some(known)),
            (text, _) => time::of_field(&text).map(Some).ok_or_else(|| fault(field, "A day and a time.")),
        };
        let way = self.way.get();
        let code = typed(self.code).to_uppercase();
        if way == "code" && code.is_empty() {
            return Err(fault("code", "Please fill this in."));
        }
        let group = typed(self.group);
        Ok(PromotionInput {
            title: typed(self.title),
            code: (way == "code").then_some(code),
            by_codes: way == "codes",
            action: self.action.read()?,
            minimum: amount(self.minimum, "minimum")?,
            when: self.conditions.read()?,
            applies_to_sale_items: self.sale_items.get(),
            priority: number(self.priority, "priority")?.unwrap_or_default(),
            exclusive: self.exclusive.get(),
            group: (!group.is_empty()).then_some(group),
            group_policy: match self.policy.get().as_str() {
                "best_deal" => GroupPolicy::BestDeal,
                "first" => GroupPolicy::First,
                _ => GroupPolicy::Stack,
            },
            starts_at: moment(self.starts, "starts_at", known(|input| input.starts_at))?,
            ends_at: moment(self.ends, "ends_at", known(|input| input.ends_at))?,
            usage_limit: number(self.limit, "usage_limit")?,
            per_customer: number(self.per_customer, "per_customer")?,
            budget: amount(self.budget, "budget")?,
        })
    }

    fn save(self) {
        let input = match untrack(move || self.read()) {
            Ok(input) => input,
            Err(faults) => return self.form.refuse(faults),
        };
        let known = self.base.with_untracked(|base| base.as_ref().map(|base| (base.id, base.version)));
        let (id, version) = (known.map(|(id, _)| id), known.map(|(_, version)| version));
        let kept = move |record: PromotionRecord| {
            self.desk.unsaved.set(false);
            self.desk.say("The promotion is saved.");
            match id {
                Some(_) => self.take(record),
                None => go::to_place(self.desk, Place::Promotion(record.id)),
            }
        };
        self.form.send_or(promotions::write_promotion(id, input, version), kept, move |error| {
            match (error, id) {
                (Error::Conflict { code, .. }, Some(id)) if code == "stale_version" => {
                    self.compare(id);
                    None
                }
                (other, _) => Some(other),
            }
        });
    }

    /// Somebody else saved: whose it shall be.
    fn compare(self, id: PromotionId) {
        spawn_local(async move {
            match promotions::promotion(id).await {
                Ok(theirs) => self.decide(theirs),
                Err(failure) => self.desk.complain(&failure.0),
            }
        });
    }

    fn decide(self, theirs: PromotionRecord) {
        let currency = self.desk.currency();
        let mut sides = Vec::new();
        if self.title.get_untracked().trim() != theirs.input.title {
            sides.push(Side::text("Name", self.title, theirs.input.title.clone()));
        }
        let mine = untrack(move || self.read()).ok();
        let theirs_said = told(&theirs.input, currency);
        let input = theirs.input.clone();
        sides.push(Side {
            label: "What it does",
            mine: mine.map(|mine| told(&mine, currency)).unwrap_or_default(),
            theirs: theirs_said,
            take: Callback::new(move |()| self.show(&input)),
        });
        self.base.set(Some(theirs));
        self.sides.set(sides);
    }
}

fn options(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(value, label)| ((*value).to_owned(), (*label).to_owned())).collect()
}

fn fields(work: Work) -> AnyView {
    let form = work.form;
    let input = |label: &'static str, id: &str, path: &str, value| {
        Input::new(form, label, format!("promotion-{id}"), path, value)
    };
    let way = Memo::new(move |_| work.way.get());
    let code = move || {
        (way.get() == "code").then(|| {
            Input::new(form, "Code", "promotion-code", "code", work.code)
                .hint("Capitals or not, as shoppers type it.")
                .view()
        })
    };
    let about = view! {
        <div class="form">
            {input("Name", "title", "title", work.title).hint("Shoppers read it beside what it took off.").view()}
            {select(form, "Shoppers get it", "promotion-way", "by_codes", options(&WAYS), work.way)}
            {code}
        </div>
    };
    let conditions = view! {
        <div class="form">
            {input("For carts from", "minimum", "minimum", work.minimum).inputmode("decimal").optional().view()}
            {check("Sale items count too", work.sale_items)}
            {work.conditions.view()}
        </div>
    };
    let together = view! {
        <div class="form">
            <div class="form__row">
                {input("Priority", "priority", "priority", work.priority).inputmode("numeric").hint("Lower goes first.").view()}
                {input("Group", "group", "group", work.group).optional().view()}
                {select(form, "Of a group", "promotion-policy", "group_policy", options(&POLICIES), work.policy)}
            </div>
            {check("Never with another promotion", work.exclusive)}
        </div>
    };
    let limits = view! {
        <div class="form">
            <div class="form__row">
                {input("Starts", "starts", "starts_at", work.starts).kind("datetime-local").optional().view()}
                {input("Ends", "ends", "ends_at", work.ends).kind("datetime-local").optional().view()}
            </div>
            <div class="form__row">
                {input("Orders in all", "limit", "usage_limit", work.limit).inputmode("numeric").optional().view()}
                {input("Orders of one customer", "per-customer", "per_customer", work.per_customer).inputmode("numeric")
                    .optional().hint("Who has to be signed in.").view()}
                {input("Budget", "budget", "budget", work.budget).inputmode("decimal").optional()
                    .hint("What it may take off in all.").view()}
            </div>
        </div>
    };
    let said = move || match work.read() {
        Ok(input) => told(&input, work.desk.currency()),
        Err(faults) => faults.into_iter().map(|fault| fault.message).collect::<Vec<_>>().join(" "),
    };
    let is_over = move || {
        work.base.with(|base| base.as_ref().is_some_and(|base| base.state == PromotionState::Archived))
    };
    let save = move || {
        (work.may_write && !is_over())
            .then(|| view! { <div class="acts">{form.button("", "Save promotion")}</div> })
    };
    view! {
        <form class="form stack stack--l" novalidate=true on:submit=form.on_submit(move || work.save())>
            {form.general()}
            {parts::card("In words", None, view! { <p role="status">{said}</p> }.into_any())}
            {parts::card("About", None, about.into_any())}
            {parts::card("What it gives", None, work.action.view())}
            {parts::card("Who gets it", None, conditions.into_any())}
            {parts::card("How often and when", None, limits.into_any())}
            {parts::card("With other promotions", None, together.into_any())}
            {save}
        </form>
    }
    .into_any()
}

fn acts(work: Work, base: &PromotionRecord) -> AnyView {
    let (id, version) = (base.id, base.version);
    let go_to = move |next: PromotionState, said: &'static str| {
        work.form.send(
            promotions::move_promotion(id, next, Some(version)),
            move |record: PromotionRecord| {
                // Only the state is new: what is typed stays.
                work.base.set(Some(record));
                work.desk.say(said);
            },
        );
    };
    let archive = move |_| {
        work.desk.ask(Question {
            title: "Archive this promotion?".into(),
            text: "It ends for good. Orders that used it keep what they got.".into(),
            yes: "Archive it".into(),
            no: "Keep it".into(),
            act: Callback::new(move |()| go_to(PromotionState::Archived, "The promotion is archived.")),
        });
    };
    let act = |label: &'static str, next: PromotionState, said: &'static str| {
        view! { <button type="button" class="button button--quiet" on:click=move |_| go_to(next, said)>{label}</button> }
    };
    let next = match base.state {
        PromotionState::Draft => Some(act("Start", PromotionState::Active, "The promotion is at work.")),
        PromotionState::Active => Some(act("Pause", PromotionState::Paused, "The promotion is paused.")),
        PromotionState::Paused => Some(act("Go on", PromotionState::Active, "The promotion is at work.")),
        PromotionState::Archived => None,
    };
    let archive = (base.state != PromotionState::Archived).then(|| {
        view! { <button type="button" class="button button--quiet" on:click=archive>"Archive"</button> }
    });
    let uses = crate::admin::words::count(base.used, "order", "orders");
    view! {
        {state(base.state)}
        <span class="muted">{format!("{uses}, {} taken off", base.spent)}</span>
        {work.may_write.then(|| view! { {next} {archive} })}
    }
    .into_any()
}
