use rand::{Rng as _, rngs::StdRng};
use souk_contract::Address;

use super::{
    pick,
    places::{COUNTRIES, Country},
};

/// A made-up person.
#[derive(Debug, Clone, PartialEq)]
pub struct ScaleCustomer {
    pub name: String,
    /// Unique; in a domain that RFC 2606 keeps for examples.
    pub email: String,
    pub address: Address,
}

pub(super) fn customer(rng: &mut StdRng, index: u32) -> ScaleCustomer {
    let country = &COUNTRIES[rng.random_range(0..COUNTRIES.len())];
    let given = pick(rng, country.given);
    let family = pick(rng, country.family);
    let name = format!("{given} {family}");
    let domain = pick(rng, &["example.com", "example.org", "example.net"]);
    ScaleCustomer {
        email: format!("{}.{}.{index}@{domain}", ascii(given), ascii(family)),
        address: address(rng, country, &name),
        name,
    }
}

fn address(rng: &mut StdRng, country: &Country, name: &str) -> Address {
    let street = pick(rng, country.streets);
    let number = rng.random_range(1..180);
    let (city, pattern) = country.cities[rng.random_range(0..country.cities.len())];
    let postal_code = pattern
        .chars()
        .map(|sign| if sign == '#' { char::from(b'0' + rng.random_range(0..10_u8)) } else { sign })
        .collect();
    Address {
        name: name.to_owned(),
        company: String::new(),
        line1: if country.number_first { format!("{number} {street}") } else { format!("{street} {number}") },
        line2: String::new(),
        city: city.to_owned(),
        region: String::new(),
        postal_code,
        country: country.code.to_owned(),
        phone: String::new(),
    }
}

/// For the part before the @: letters without their marks.
fn ascii(name: &str) -> String {
    name.chars()
        .flat_map(char::to_lowercase)
        .filter_map(|letter| match letter {
            'a'..='z' => Some(letter),
            'ä' | 'å' | 'ą' | 'á' | 'à' => Some('a'),
            'é' | 'è' | 'ë' | 'ę' => Some('e'),
            'í' | 'ı' | 'ï' => Some('i'),
            'ö' | 'ó' | 'ø' => Some('o'),
            'ü' | 'ú' => Some('u'),
            'ß' | 'ś' | 'ş' => Some('s'),
            'ł' => Some('l'),
            'ń' => Some('n'),
            _ => None,
        })
        .collect()
}
