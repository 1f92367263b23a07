//! The shop itself: its name, where to write to, what it promises, and who sells.

use leptos::{prelude::*, task::spawn_local};
use souk_contract::{Error, FieldError, Money, PaperSize, Resource, ShopSettings, ShopSettingsInput};

use super::shop_form;
use crate::{
    admin::{
        desk::Desk,
        form::Form,
        load::Source,
        parts,
        products::clash::{self, Side},
        shell,
    },
    api::admin::settings,
    draft::money,
};

const A4: &str = "a4";
const LETTER: &str = "letter";
/// Value and label.
pub(super) const SIZES: [(&str, &str); 3] =
    [("", "As printers of the shop's country have it"), (A4, "A4"), (LETTER, "Letter")];

#[derive(Clone, Copy)]
pub(super) struct Work {
    pub desk: Desk,
    pub form: Form,
    pub name: RwSignal<String>,
    pub email: RwSignal<String>,
    pub phone: RwSignal<String>,
    pub time_zone: RwSignal<String>,
    pub returns: RwSignal<String>,
    pub free: RwSignal<String>,
    pub low: RwSignal<String>,
    pub seller: RwSignal<String>,
    /// A line each.
    pub address: RwSignal<String>,
    pub tax_id: RwSignal<String>,
    pub invoice: RwSignal<String>,
    pub credit_note: RwSignal<String>,
    pub size: RwSignal<String>,
    base: RwSignal<ShopSettings>,
    /// What the last save took away.
    before: RwSignal<Option<ShopSettingsInput>>,
    sides: RwSignal<Vec<Side>>,
    pub may_write: bool,
}

pub fn view(desk: Desk) -> AnyView {
    let head = parts::head(desk, super::back(), Signal::stored("Shop".to_owned()), ().into_any());
    if !untrack(move || desk.may(Resource::Settings.read())) {
        desk.ready.set(true);
        return view! { {head} {shell::hidden("Your role does not allow you to see the shop's settings.")} }
            .into_any();
    }
    let found = Source::new(desk, settings::shop_profile).is_main();
    view! { {head} {found.view(move |found| screen(desk, found))} }.into_any()
}

fn screen(desk: Desk, found: ShopSettings) -> AnyView {
    let text = || RwSignal::new(String::new());
    let work = Work {
        desk,
        form: Form::new(desk),
        name: text(),
        email: text(),
        phone: text(),
        time_zone: text(),
        returns: text(),
        free: text(),
        low: text(),
        seller: text(),
        address: text(),
        tax_id: text(),
        invoice: text(),
        credit_note: text(),
        size: text(),
        base: RwSignal::new(found.clone()),
        before: RwSignal::new(None),
        sides: RwSignal::new(Vec::new()),
        may_write: untrack(move || desk.may(Resource::Settings.write())),
    };
    work.take(found);
    Effect::new(move || {
        let texts = work.base.with(|base| texts(&base.input));
        let same =
            work.fields().iter().zip(&texts).all(|((_, typed), text)| typed.with(|typed| typed == text));
        desk.unsaved.set(!same);
    });
    view! { {shop_form::fields(work)} {clash::sides(work.sides)} }.into_any()
}

/// As they are typed, in the order of [`Work::fields`].
fn texts(input: &ShopSettingsInput) -> [String; 13] {
    [
        input.name.clone(),
        input.email.clone(),
        input.phone.clone(),
        input.time_zone.clone(),
        input.returns_days.to_string(),
        input.free_shipping_over.map_or_else(String::new, |amount| amount.amount()),
        input.low_stock.to_string(),
        input.seller_name.clone(),
        input.seller_address.join("\n"),
        input.tax_id.clone(),
        input.invoice_prefix.clone(),
        input.credit_note_prefix.clone(),
        match input.paper_size {
            None => String::new(),
            Some(PaperSize::A4) => A4.to_owned(),
            Some(PaperSize::Letter) => LETTER.to_owned(),
        },
    ]
}

impl Work {
    /// In the order of the screen.
    fn fields(self) -> [(&'static str, RwSignal<String>); 13] {
        [
            ("Name", self.name),
            ("Mail address", self.email),
            ("Phone", self.phone),
            ("Time zone", self.time_zone),
            ("Days to return", self.returns),
            ("Free delivery over", self.free),
            ("Few pieces", self.low),
            ("Seller", self.seller),
            ("Address", self.address),
            ("Tax number", self.tax_id),
            ("Before an invoice's number", self.invoice),
            ("Before a credit note's number", self.credit_note),
            ("Paper", self.size),
        ]
    }

    fn take(self, found: ShopSettings) {
        for ((_, typed), text) in self.fields().into_iter().zip(texts(&found.input)) {
            typed.set(text);
        }
        self.base.set(found);
    }

    fn read(self) -> Result<ShopSettingsInput, Vec<FieldError>> {
        let mut faults = Vec::new();
        let mut wrong = |field: &str, message: &str| {
            faults.push(FieldError { field: field.into(), code: "invalid".into(), message: message.into() });
        };
        let text = |typed: RwSignal<String>| typed.with_untracked(|text| text.trim().to_owned());
        let returns_days = text(self.returns).parse().unwrap_or_else(|_| {
            wrong("returns_days", "A whole number of days, or 0.");
            0
        });
        let low_stock = text(self.low).parse().unwrap_or_else(|_| {
            wrong("low_stock", "A whole number of pieces, or 0.");
            0
        });
        let free = text(self.free);
        let free_shipping_over: Option<Money> = money::parse(&free, self.desk.currency());
        if free_shipping_over.is_none() && !free.is_empty() {
            wrong("free_shipping_over", "An amount such as 60.00, or nothing.");
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let lines = text(self.address);
        Ok(ShopSettingsInput {
            name: text(self.name),
            email: text(self.email),
            phone: text(self.phone),
            returns_days,
            free_shipping_over,
            low_stock,
            time_zone: text(self.time_zone),
            seller_name: text(self.seller),
            seller_address: lines
                .lines()
                .map(str::trim)
                .filter(|line| !line.is_empty())
                .map(str::to_owned)
                .collect(),
            tax_id: text(self.tax_id),
            // Either may end with a blank.
            invoice_prefix: self.invoice.get_untracked(),
            credit_note_prefix: self.credit_note.get_untracked(),
            paper_size: match self.size.get_untracked().as_str() {
                A4 => Some(PaperSize::A4),
                LETTER => Some(PaperSize::Letter),
                _ => None,
            },
        })
    }

    pub fn save(self) {
        match self.read() {
            Ok(input) => self.send(input, "The shop's settings are saved."),
            Err(faults) => self.form.refuse(faults),
        }
    }

    pub fn can_undo(self) -> bool {
        self.before.with(Option::is_some)
    }

    pub fn undo(self) {
        if let Some(before) = self.before.get_untracked() {
            self.send(before, "The shop's settings are as they were before.");
        }
    }

    fn send(self, input: ShopSettingsInput, said: &'static str) {
        let old = self.base.get_untracked();
        let call = settings::write_shop_profile(input, Some(old.version));
        let kept = move |found: ShopSettings| {
            let undone = self.before.with_untracked(|before| before.as_ref() == Some(&found.input));
            self.before.set((!undone && found.version != old.version).then_some(old.input));
            self.desk.shop.update(|shop| shop.name.clone_from(&found.input.name));
            self.desk.set_title("Shop");
            self.take(found);
            self.desk.say(said);
        };
        self.form.send_or(call, kept, move |error| match error {
            Error::Conflict { code, .. } if code == "stale_version" => {
                self.compare();
                None
            }
            other => Some(other),
        });
    }

    /// Somebody else saved: field by field, whose it shall be.
    fn compare(self) {
        spawn_local(async move {
            match settings::shop_profile().await {
                Ok(theirs) => {
                    let rows = self.fields().into_iter().zip(texts(&theirs.input));
                    let differs =
                        |mine: RwSignal<String>, theirs: &str| mine.with_untracked(|mine| mine != theirs);
                    let sides = rows.filter(|((_, mine), theirs)| differs(*mine, theirs));
                    let sides =
                        sides.map(|((label, mine), theirs)| Side::text(label, mine, theirs)).collect();
                    // What an undo would bring back was theirs to change meanwhile.
                    self.before.set(None);
                    self.base.set(theirs);
                    self.sides.set(sides);
                }
                Err(failure) => self.desk.complain(&failure.0),
            }
        });
    }
}
