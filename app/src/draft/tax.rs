//! Rates and places of a tax zone, as they are typed.

use souk_contract::{TaxPlace, TaxShare, WHOLE, percent};

/// `19`, `8.1`, `9,975`: millionths, with at most four decimals of a percent.
pub fn rate(text: &str) -> Option<u32> {
    let text = text.trim().trim_end_matches('%').trim_end().replace(',', ".");
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(decimals) || decimals.len() > 4 || whole.len() > 3 {
        return None;
    }
    let millionths: u32 = format!("{whole}{decimals:0<4}").parse().ok()?;
    (millionths <= WHOLE).then_some(millionths)
}

/// What [`rate`] reads.
pub fn shown_rate(millionths: u32) -> String {
    percent(millionths).trim_end_matches(" %").to_owned()
}

/// One a line, or with commas between: `DE`, `CA-QC`, `ES:35`, `*`.
pub fn places(text: &str) -> Vec<TaxPlace> {
    let all = text.split(['\n', ',']).map(str::trim).filter(|text| !text.is_empty());
    all.map(place).collect()
}

fn place(text: &str) -> TaxPlace {
    let (area, postal_code) = text.split_once(':').unwrap_or((text, ""));
    let (country, region) = area.split_once('-').unwrap_or((area, ""));
    TaxPlace {
        country: country.trim().to_uppercase(),
        region: region.trim().to_owned(),
        postal_code: postal_code.trim().to_owned(),
    }
}

/// What [`places`] reads.
pub fn shown_place(place: &TaxPlace) -> String {
    let part = |sign: char, text: &str| if text.is_empty() { String::new() } else { format!("{sign}{text}") };
    format!("{}{}{}", place.country, part('-', &place.region), part(':', &place.postal_code))
}

/// `VAT 19 % on 10.00 €`
pub fn of_rate(share: &TaxShare) -> String {
    format!("{} {} on {}", share.name, percent(share.millionths), share.base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_as_people_write_them() {
        let read = ["19", " 8.1 % ", "9,975", "0", "100", "0.0001"].map(rate);
        assert_eq!(read.map(Option::unwrap), [190_000, 81_000, 99_750, 0, 1_000_000, 1]);
        for wrong in ["", "%", "-1", "100.0001", "1.23456", "19 percent", ".5", "1.2.3"] {
            assert_eq!(rate(wrong), None, "{wrong}");
        }
        for millionths in [0, 1, 81_000, 99_750, 1_000_000] {
            assert_eq!(rate(&shown_rate(millionths)), Some(millionths));
        }
    }

    #[test]
    fn places_are_read_as_they_are_shown() {
        let text = "DE, at\nCA-New Brunswick\n ES:35 ,CA-QC:H2,*,";
        let shown: Vec<String> = places(text).iter().map(shown_place).collect();
        assert_eq!(shown, ["DE", "AT", "CA-New Brunswick", "ES:35", "CA-QC:H2", "*"]);
        assert_eq!(places(&shown.join("\n")), places(text));
    }
}
