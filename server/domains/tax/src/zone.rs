//! Where which taxes are taken. Pure functions.

use std::collections::BTreeSet;

use souk_contract::{
    Check, ClassRates, Error, Result, TaxAddress, TaxClassId, TaxPlace, TaxRate, TaxZone, TaxZoneId,
    TaxZoneInput, WHOLE,
};
use souk_kernel::{db::Json, record};

use crate::class::ClassRow;

/// Every country that no zone names.
pub(crate) const EVERYWHERE: &str = "*";
const MAX_PLACES: usize = 500;
const MAX_RATES: usize = 5;

record! {
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) struct ZoneRow {
        pub id: TaxZoneId,
        pub name: String,
        pub is_home: bool,
        pub places: Json<Vec<TaxPlace>>,
        pub rates: Json<Vec<ClassRates>>,
        pub version: i64,
    }
}

impl ZoneRow {
    pub(crate) fn new(id: TaxZoneId, version: i64, input: TaxZoneInput) -> Self {
        let place = |place: TaxPlace| TaxPlace {
            country: place.country,
            region: place.region.trim().to_owned(),
            postal_code: place.postal_code.trim().to_owned(),
        };
        Self {
            id,
            name: input.name.trim().to_owned(),
            is_home: input.is_home,
            places: Json(input.places.into_iter().map(place).collect()),
            rates: Json(input.rates),
            version,
        }
    }

    pub(crate) fn input(&self) -> TaxZoneInput {
        TaxZoneInput {
            name: self.name.clone(),
            is_home: self.is_home,
            places: self.places.0.clone(),
            rates: self.rates.0.clone(),
        }
    }

    pub(crate) fn rates_of(&self, class: TaxClassId) -> Vec<TaxRate> {
        let known = self.rates.0.iter().find(|rates| rates.class_id == class);
        known.map_or_else(Vec::new, |rates| rates.rates.clone())
    }
}

impl From<ZoneRow> for TaxZone {
    fn from(row: ZoneRow) -> Self {
        Self { id: row.id, version: row.version, input: row.input() }
    }
}

/// Without what people write differently: `sw1a 1AA` is `SW1A1AA`.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// How much the place says of the address; none: the address is elsewhere.
fn fits(place: &TaxPlace, address: &TaxAddress) -> Option<(bool, usize, bool)> {
    let is_country = place.country == address.country;
    let (code, region) = (plain(&place.postal_code), plain(&place.region));
    let fits = (is_country || place.country == EVERYWHERE)
        && plain(&address.postal_code).starts_with(&code)
        && (region.is_empty() || region == plain(&address.region));
    fits.then_some((is_country, code.chars().count(), !region.is_empty()))
}

/// The zone that says most of the address.
pub(crate) fn zone_of<'a>(zones: &'a [ZoneRow], address: &TaxAddress) -> Option<&'a ZoneRow> {
    let rank = |zone: &&ZoneRow| zone.places.0.iter().filter_map(|place| fits(place, address)).max();
    zones.iter().filter(|zone| rank(zone).is_some()).max_by_key(rank)
}

pub(crate) fn home(zones: &[ZoneRow]) -> Option<&ZoneRow> {
    zones.iter().find(|zone| zone.is_home)
}

/// Whether it may stand beside the others. `old`: what it was.
pub(crate) fn check(
    (classes, zones): (&[ClassRow], &[ZoneRow]),
    id: Option<TaxZoneId>,
    old: Option<&ZoneRow>,
    input: &TaxZoneInput,
) -> Result<()> {
    let mut check = Check::new();
    check.text(&input.name, "name", 60);
    check.that(!input.places.is_empty(), "places", "required", "At least one country.");
    check.that(input.places.len() <= MAX_PLACES, "places", "too_long", "At most 500 places.");
    let others = zones.iter().filter(|zone| Some(zone.id) != id).flat_map(|zone| &zone.places.0);
    let mut taken: BTreeSet<(String, String, String)> = others.map(key).collect();
    for (index, place) in input.places.iter().enumerate() {
        check_place(&mut check, &format!("places[{index}]"), place);
        let new = taken.insert(key(place));
        let field = format!("places[{index}].country");
        check.that(new, &field, "taken", &format!("{} is in another zone, or here twice.", show(place)));
    }
    check_rates(&mut check, classes, &input.rates);
    check.done()?;
    let name = input.name.trim();
    if zones.iter().any(|zone| zone.name == name && Some(zone.id) != id) {
        return Err(Error::conflict("name_taken", "Another zone has this name."));
    }
    if old.is_some_and(|old| old.is_home) && !input.is_home {
        return Err(home_needed());
    }
    Ok(())
}

fn key(place: &TaxPlace) -> (String, String, String) {
    (place.country.clone(), plain(&place.region), plain(&place.postal_code))
}

fn show(place: &TaxPlace) -> String {
    let parts = [&place.country, &place.region, &place.postal_code];
    parts.into_iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" ")
}

fn check_place(check: &mut Check, at: &str, place: &TaxPlace) {
    let code = place.country.len() == 2 && place.country.bytes().all(|byte| byte.is_ascii_uppercase());
    let everywhere = place.country == EVERYWHERE;
    let message = "An ISO 3166-1 alpha-2 code such as DE, or * for every other country.";
    check.that(code || everywhere, &format!("{at}.country"), "invalid", message);
    let alone = !everywhere || (place.region.is_empty() && place.postal_code.is_empty());
    check.that(alone, &format!("{at}.region"), "invalid", "Every other country has no parts.");
    check.short(&place.region, &format!("{at}.region"), 60);
    check.short(&place.postal_code, &format!("{at}.postal_code"), 20);
}

fn check_rates(check: &mut Check, classes: &[ClassRow], rates: &[ClassRates]) {
    for (index, of_class) in rates.iter().enumerate() {
        let field = format!("rates[{index}].class_id");
        let known = classes.iter().any(|class| class.id == of_class.class_id);
        check.that(known, &field, "invalid", "This class is not there.");
        let once = rates[..index].iter().all(|before| before.class_id != of_class.class_id);
        check.that(once, &field, "taken", "Each class once.");
        let few = of_class.rates.len() <= MAX_RATES;
        check.that(few, &format!("rates[{index}].rates"), "too_long", "At most five taxes.");
        for (number, rate) in of_class.rates.iter().enumerate() {
            let at = format!("rates[{index}].rates[{number}]");
            check.text(&rate.name, &format!("{at}.name"), 40);
            check.that(
                rate.millionths <= WHOLE,
                &format!("{at}.millionths"),
                "out_of_range",
                "At most 100 %.",
            );
            let follows = number > 0 || !rate.compound;
            check.that(follows, &format!("{at}.compound"), "invalid", "There is no tax before it.");
        }
    }
}

pub(crate) fn home_needed() -> Error {
    Error::conflict("home_needed", "Prices are those of one zone: make another the home zone first.")
}

pub(crate) fn found(zones: &[ZoneRow], id: TaxZoneId, if_version: Option<i64>) -> Result<ZoneRow> {
    let row = zones.iter().find(|row| row.id == id).ok_or_else(|| Error::not_found("tax zone"))?;
    if if_version.is_some_and(|version| version != row.version) {
        return Err(Error::conflict("stale_version", "Somebody else changed this zone meanwhile."));
    }
    Ok(row.clone())
}

#[cfg(test)]
mod tests {
    use souk_contract::Id;
    use uuid::Uuid;

    use super::*;

    fn zone(name: &str, places: &[(&str, &str, &str)]) -> ZoneRow {
        let place = |(country, region, code): &(&str, &str, &str)| TaxPlace {
            country: (*country).to_owned(),
            region: (*region).to_owned(),
            postal_code: (*code).to_owned(),
        };
        let input = TaxZoneInput {
            name: name.to_owned(),
            is_home: false,
            places: places.iter().map(place).collect(),
            rates: Vec::new(),
        };
        ZoneRow::new(Id::new(Uuid::nil()), 1, input)
    }

    fn to(country: &str, region: &str, postal_code: &str) -> TaxAddress {
        TaxAddress { country: country.into(), region: region.into(), postal_code: postal_code.into() }
    }

    #[test]
    fn the_place_that_says_most_wins() {
        let zones = [
            zone("World", &[("*", "", "")]),
            zone("Spain", &[("ES", "", "")]),
            // The Canaries are outside the VAT area: Directive 2006/112/EC, Art. 6.
            zone("Canaries", &[("ES", "", "35"), ("ES", "", "38")]),
            zone("Canada", &[("CA", "", "")]),
            zone("Quebec", &[("CA", "QC", ""), ("CA", "Québec", "")]),
            zone("Montreal", &[("CA", "", "H2")]),
        ];
        let name = |address: TaxAddress| zone_of(&zones, &address).map(|zone| zone.name.as_str());
        assert_eq!(name(to("ES", "", "28001")), Some("Spain"));
        assert_eq!(name(to("ES", "", "35 001")), Some("Canaries"));
        assert_eq!(name(to("CA", "ON", "M5V")), Some("Canada"));
        assert_eq!(name(to("CA", " qc ", "G1R")), Some("Quebec"));
        assert_eq!(name(to("CA", "québec", "g1r")), Some("Quebec"));
        assert_eq!(name(to("CA", "QC", "h2x 1y4")), Some("Montreal"));
        assert_eq!(name(to("JP", "", "")), Some("World"));
        assert_eq!(zone_of(&zones[1..], &to("JP", "", "")).map(|zone| zone.name.as_str()), None);
    }
}
