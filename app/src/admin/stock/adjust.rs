//! The dialog that changes what is on the shelf: by some pieces, to a number, or between fit for sale and damaged.

use leptos::{prelude::*, task::spawn_local};
use souk_contract::{
    AdjustStock, DamageStep, Error, FieldError, LevelQuery, Location, LocationId, MoveDamaged, PlaceLevel,
    Resource, SetStock, StockLevel, StockPolicy, VariantId,
};

use crate::{
    admin::{
        desk::Desk,
        dialogs,
        form::{Form, Input, check, select},
        parts,
    },
    api::admin::{inventory, stockroom},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    By,
    To,
    Damage(DamageStep),
}

/// Where each variant lies.
#[derive(Debug, Clone, Default, PartialEq)]
struct Shelves {
    /// Those that are on, the preferred one first.
    places: Vec<Location>,
    levels: Vec<PlaceLevel>,
}

#[derive(Clone, Copy)]
pub struct Adjusting {
    desk: Desk,
    pub may: bool,
    /// Grows with each change.
    pub changes: RwSignal<u32>,
    shown: RwSignal<bool>,
    title: RwSignal<String>,
    level: RwSignal<Option<StockLevel>>,
    shelves: RwSignal<Shelves>,
    /// A location's id.
    place: RwSignal<String>,
    form: Form,
    way: RwSignal<Way>,
    pieces: RwSignal<String>,
    on_hand: RwSignal<String>,
    /// What `on_hand` was filled with; anything else was typed, and stays.
    filled: StoredValue<String>,
    tracked: RwSignal<bool>,
    backorder: RwSignal<bool>,
    reason: RwSignal<String>,
}

impl Adjusting {
    pub fn new(desk: Desk) -> Self {
        let text = || RwSignal::new(String::new());
        let this = Self {
            desk,
            may: untrack(move || desk.may(Resource::Inventory.write())),
            changes: RwSignal::new(0),
            shown: RwSignal::new(false),
            title: text(),
            level: RwSignal::new(None),
            shelves: RwSignal::new(Shelves::default()),
            place: text(),
            form: Form::new(desk),
            way: RwSignal::new(Way::By),
            pieces: text(),
            on_hand: text(),
            filled: StoredValue::new(String::new()),
            tracked: RwSignal::new(true),
            backorder: RwSignal::new(false),
            reason: text(),
        };
        // A number is one place's number.
        Effect::new(move || {
            this.place.track();
            this.shelves.track();
            if let Some(level) = untrack(move || this.here()) {
                this.fill(level.on_hand);
            }
        });
        this
    }

    pub fn open(self, level: &StockLevel, name: &str) {
        self.begin(level, None, name);
    }

    /// As [`open`](Self::open), at a place.
    pub fn open_at(self, variant: VariantId, place: LocationId, name: &str) {
        let name = name.to_owned();
        spawn_local(async move {
            match inventory::levels(vec![variant]).await {
                Ok(levels) => {
                    if let Some(level) = levels.first() {
                        self.begin(level, Some(place), &name);
                    }
                }
                Err(failure) => self.desk.complain(&failure.0),
            }
        });
    }

    /// A scanner has read the variant: one piece, or the number that is typed next. The same code again is a piece more.
    pub fn scanned(self, level: &StockLevel, name: &str) {
        let again = self.shown.get_untracked()
            && self.level.with_untracked(|now| now.as_ref().map(|now| now.variant_id))
                == Some(level.variant_id);
        if again {
            let pieces = self.pieces.with_untracked(|text| text.trim().parse::<i64>().unwrap_or_default());
            self.pieces.set((pieces + 1).to_string());
        } else {
            self.open(level, name);
            self.pieces.set("1".to_owned());
            self.reason.set("Scanned".to_owned());
        }
        parts::select_later("#adjust-delta, #adjust-pieces, #adjust-on-hand");
    }

    /// Whether a change of another variant waits to be saved; it says so.
    pub fn waits(self, variant: VariantId) -> bool {
        let other = self.level.with_untracked(|now| now.as_ref().map(|now| now.variant_id)) != Some(variant);
        let waits = self.shown.get_untracked() && other;
        if waits {
            let text = "Save this change with Enter, or close it with Esc, before the next scan.";
            self.form.error.set(Some(Error::conflict("open", text)));
        }
        waits
    }

    fn begin(self, level: &StockLevel, place: Option<LocationId>, name: &str) {
        self.form.error.set(None);
        self.title.set(format!("Stock of {name}"));
        // What isn't counted yet can only be set.
        self.way.set(if level.tracked { Way::By } else { Way::To });
        self.pieces.set(String::new());
        self.reason.set(String::new());
        self.on_hand.set(self.filled.get_value());
        self.fill(level.on_hand);
        self.tracked.set(true);
        self.backorder.set(level.policy == StockPolicy::Continue);
        self.shelves.set(Shelves::default());
        self.place.set(place.map(|place| place.to_string()).unwrap_or_default());
        self.level.set(Some(level.clone()));
        self.shown.set(true);
        self.look(level.variant_id);
    }

    fn fill(self, on_hand: i64) {
        let text = on_hand.to_string();
        if self.on_hand.get_untracked() == self.filled.get_value() {
            self.on_hand.set(text.clone());
            self.filled.set_value(text);
        }
    }

    /// Where it lies; the total is shown until then.
    fn look(self, variant: VariantId) {
        let query = LevelQuery { variants: vec![variant], ..LevelQuery::default() };
        spawn_local(async move {
            let (places, levels) = match (stockroom::locations().await, stockroom::place_levels(query).await)
            {
                (Ok(places), Ok(levels)) => (places, levels.items),
                (Err(failure), _) | (_, Err(failure)) => return self.desk.complain(&failure.0),
            };
            if self.level.with_untracked(|level| level.as_ref().map(|level| level.variant_id))
                != Some(variant)
            {
                return;
            }
            let places: Vec<Location> = places.into_iter().filter(|place| place.active).collect();
            let known =
                self.place.with_untracked(|id| places.iter().any(|place| place.id.to_string() == *id));
            if !known {
                self.place.set(places.first().map(|place| place.id.to_string()).unwrap_or_default());
            }
            self.shelves.set(Shelves { places, levels });
        });
    }

    /// The place's level, where there is more than one place to choose from.
    fn here(self) -> Option<PlaceLevel> {
        let (place, level) = (self.place.get(), self.level.get()?);
        self.shelves.with(|shelves| {
            if shelves.places.len() < 2 {
                return None;
            }
            let place = shelves.places.iter().find(|one| one.id.to_string() == place)?.id;
            let known = shelves.levels.iter().find(|level| level.location_id == place).cloned();
            Some(known.unwrap_or(PlaceLevel {
                variant_id: level.variant_id,
                location_id: place,
                on_hand: 0,
                reserved: 0,
                allocated: 0,
                available: 0,
                damaged: 0,
                incoming: 0,
            }))
        })
    }

    pub fn dialog(self) -> AnyView {
        let body = move || self.shown.get().then(|| self.fields());
        dialogs::modal("adjust", self.title.into(), self.shown, body.into_any())
    }

    fn fields(self) -> AnyView {
        let now = move || {
            let total = self.level.get()?;
            let (on_hand, available, damaged) =
                self.here().map_or((total.on_hand, total.available, total.damaged), |here| {
                    (here.on_hand, here.available, here.damaged)
                });
            let broken = if damaged == 0 { String::new() } else { format!(" {damaged} damaged.") };
            Some(format!("{on_hand} on hand, {available} available.{broken}"))
        };
        let form = self.form;
        let places = move || {
            let places = self.shelves.with(|shelves| shelves.places.clone());
            let options: Vec<_> =
                places.into_iter().map(|place| (place.id.to_string(), place.name)).collect();
            (options.len() > 1)
                .then(|| select(form, "Location", "adjust-place", "location_id", options, self.place))
        };
        let amount = move || match self.way.get() {
            Way::To => view! {
                {Input::new(form, "On hand", "adjust-on-hand", "on_hand", self.on_hand)
                    .kind("number").inputmode("numeric").scan().view()}
                {check("Count this variant", self.tracked)}
                {check("Sell it also when nothing is left", self.backorder)}
            }
            .into_any(),
            Way::By => Input::new(form, "Pieces more or fewer", "adjust-delta", "delta", self.pieces)
                .kind("number")
                .inputmode("numeric")
                .hint("5 came in; −2 broke: write -2.")
                .autofocus()
                .scan()
                .view(),
            Way::Damage(_) => Input::new(form, "Pieces", "adjust-pieces", "quantity", self.pieces)
                .kind("number")
                .inputmode("numeric")
                .scan()
                .view(),
        };
        let way = move |label: &'static str, way: Way| {
            view! {
                <label class="check">
                    <input
                        type="radio" name="adjust-way" prop:checked=move || self.way.get() == way
                        on:change=move |_| self.way.set(way)
                    />
                    <span class="check__label">{label}</span>
                </label>
            }
            .into_any()
        };
        view! {
            <form class="form" novalidate=true on:submit=form.on_submit(move || self.send())>
                {form.general()}
                <p class="muted">{now}</p>
                {places}
                <fieldset class="cluster">
                    <legend class="sr-only">"How"</legend>
                    {way("By some pieces", Way::By)} {way("Set a number", Way::To)}
                    {way("Mark as damaged", Way::Damage(DamageStep::Mark))}
                    {way("Fit for sale again", Way::Damage(DamageStep::Restore))}
                    {way("Write off damaged", Way::Damage(DamageStep::WriteOff))}
                </fieldset>
                {amount}
                {Input::new(form, "Reason", "adjust-reason", "reason", self.reason).hint("It stands in the ledger.").view()}
                <div class="acts">{form.button("", "Save stock")}</div>
            </form>
        }
        .into_any()
    }

    fn send(self) {
        let Some(level) = self.level.get_untracked() else { return };
        let (path, text) = match self.way.get_untracked() {
            Way::To => ("on_hand", self.on_hand.get_untracked()),
            Way::By => ("delta", self.pieces.get_untracked()),
            Way::Damage(_) => ("quantity", self.pieces.get_untracked()),
        };
        let Ok(number) = text.trim().parse::<i64>() else {
            let message = "A whole number of pieces.".to_owned();
            return self.form.refuse(vec![FieldError {
                field: path.into(),
                code: "invalid".into(),
                message,
            }]);
        };
        let reason = self.reason.get_untracked().trim().to_owned();
        let done = move || {
            self.shown.set(false);
            self.changes.update(|changes| *changes += 1);
            self.desk.say("The stock is changed.");
        };
        let otherwise = move |error: Error| self.refused(error);
        let variant_id = level.variant_id;
        let location_id = self.place.with_untracked(|place| place.parse().ok());
        match self.way.get_untracked() {
            Way::To => {
                let backorder = self.backorder.get_untracked();
                let item = SetStock {
                    variant_id,
                    location_id,
                    on_hand: number,
                    tracked: self.tracked.get_untracked(),
                    policy: if backorder { StockPolicy::Continue } else { StockPolicy::Deny },
                    if_version: Some(level.version),
                };
                self.form.send_or(inventory::set_stock(vec![item], reason), move |_| done(), otherwise);
            }
            Way::By => {
                // Some pieces more are some pieces more, whatever else happened meanwhile.
                let request =
                    AdjustStock { variant_id, location_id, delta: number, reason, if_version: None };
                self.form.send_or(inventory::adjust_stock(request), move |_| done(), otherwise);
            }
            Way::Damage(step) => {
                let request = MoveDamaged { variant_id, location_id, step, quantity: number, reason };
                self.form.send_or(stockroom::move_damaged(request), move |_| done(), otherwise);
            }
        }
    }

    /// What was counted may have been sold since: the numbers are shown anew, what was typed stays.
    fn refused(self, error: Error) -> Option<Error> {
        if matches!(&error, Error::Conflict { code, .. } if code == "stale_version")
            && let Some(level) = self.level.get_untracked()
        {
            self.changes.update(|changes| *changes += 1);
            spawn_local(async move {
                match inventory::levels(vec![level.variant_id]).await {
                    Ok(levels) => self.level.set(levels.into_iter().next()),
                    Err(failure) => self.desk.complain(&failure.0),
                }
            });
        }
        Some(error)
    }
}
