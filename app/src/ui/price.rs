//! What a thing costs.

use leptos::prelude::*;
use souk_contract::Money;

use super::button::join;

/// The price, and what it was before a sale. `from`: other variants cost more. `class` is `""` or `price--big`.
pub fn price(now: Money, was: Option<Money>, from: bool, class: &'static str) -> AnyView {
    let mut classes = join("price", class);
    if was.is_some() {
        classes.push_str(" price--sale");
    }
    view! {
        <span class=classes>
            {was.map(|_| view! { <span class="sr-only">"Now "</span> })}
            <span class="price__now">{from.then_some("from ")}{now.to_string()}</span>
            {was.map(|was| view! { <span class="sr-only">"Before "</span><s class="price__was">{was.to_string()}</s> })}
        </span>
    }
    .into_any()
}

/// How much less, in whole percent rounded down; `None` unless it is less by one percent at least.
pub fn percent_off(now: Money, was: Option<Money>) -> Option<i64> {
    let was = was.filter(|was| was.currency == now.currency && was.minor > 0)?;
    let less = was.minor.checked_sub(now.minor)?.checked_mul(100)? / was.minor;
    (less > 0).then_some(less)
}

#[cfg(test)]
mod tests {
    use souk_contract::{Currency, Money};

    use super::percent_off;

    #[test]
    fn promises_no_more_than_it_gives() {
        let eur = |minor| Money::new(minor, Currency::EUR);
        assert_eq!(percent_off(eur(4720), Some(eur(5900))), Some(20));
        // 19.99 % is not 20 %.
        assert_eq!(percent_off(eur(8001), Some(eur(10_000))), Some(19));
        assert_eq!(percent_off(eur(9950), Some(eur(10_000))), None);
        assert_eq!(percent_off(eur(100), Some(eur(50))), None);
        assert_eq!(percent_off(eur(100), Some(eur(0))), None);
        assert_eq!(percent_off(eur(1), Some(eur(i64::MAX))), None);
        assert_eq!(percent_off(eur(100), Some(Money::new(200, Currency::USD))), None);
    }
}
