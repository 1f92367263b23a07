//! Lists of products: a collection, everything, or what a search found. Filters, sort and page stand in the
//! address, so a list can be linked to, and works as a plain form.

use leptos::prelude::*;
use souk_contract::{
    Currency, Facet, FacetValue, Filters, ListProducts, Listing, Money, SearchRequest, Sort,
};
use url::form_urlencoded::{Serializer, byte_serialize};

use super::part::{card, crumbs};
use crate::{
    context::Visit,
    head::{Head, breadcrumbs, plain},
    page::{Asked, Found, Html, Link, Page, Stop},
    ui::{Field, Icon, chip, empty, icon, link_button, pagination, swatch},
};

struct List {
    title: String,
    /// Sanitised HTML about the collection.
    about: String,
    crumbs: Vec<Link>,
    /// Where the filter form goes.
    action: String,
    /// The words of a search; none in a collection.
    words: Option<String>,
    found: Listing,
    sort: Sort,
    /// As typed, in major units.
    price_min: String,
    price_max: String,
    in_stock: bool,
    /// Each chosen filter, and the address without it.
    chips: Vec<Link>,
    prev: Option<String>,
    next: Option<String>,
}

/// Pictures that are on the screen at once, even on a phone.
const EAGER: usize = 2;

fn view(list: &List) -> AnyView {
    let total = list.found.total;
    let many = format!("{total} {}", if total == 1 { "product" } else { "products" });
    let about = (!list.about.is_empty()).then(|| list.about.clone());
    view! {
        <div class="wrap page">
            {crumbs(&list.crumbs)}
            <header class="page__head">
                <h1>{list.title.clone()}</h1>
                {about.map(|about| view! { <div class="lede" inner_html=about></div> })}
            </header>
            <form class="listing" method="get" action=list.action.clone() data-auto="">
                {list.words.clone().map(|words| view! { <input type="hidden" name="q" value=words/> })}
                {filters(list, &many)}
                <div>
                    <div class="listing__bar">
                        <p class="muted num" role="status">{many}</p>
                        {sort(list.sort, list.words.is_some())}
                        {(!list.chips.is_empty()).then(|| chips(list))}
                    </div>
                    {if list.found.cards.is_empty() { nothing(list) } else { products(list) }}
                    {pagination(list.prev.clone(), list.next.clone())}
                </div>
            </form>
        </div>
    }
    .into_any()
}

fn products(list: &List) -> AnyView {
    let cards = list.found.cards.iter().enumerate();
    view! {
        <h2 class="sr-only">"Products"</h2>
        <ul class="products">
            {cards.map(|(index, one)| view! { <li>{card(one, index < EAGER)}</li> }).collect::<Vec<_>>()}
        </ul>
    }
    .into_any()
}

fn nothing(list: &List) -> AnyView {
    let text = match (&list.words, list.chips.is_empty()) {
        (_, false) => "Nothing matches all of these filters. Take one away, or start again.",
        (Some(_), true) => "Nothing was found. Check the spelling, or try fewer or more general words.",
        (None, true) => "There is nothing here yet. Please look in again soon.",
    };
    let away = if list.chips.is_empty() { "/collections/all".to_owned() } else { clear(list) };
    let label = if list.chips.is_empty() { "See everything" } else { "Clear all filters" };
    empty(Icon::Search, "No products", text, Some(link_button("button--quiet", away, label)))
}

/// The list without any filter. Only the words of a search are part of what is listed.
fn clear(list: &List) -> String {
    list.chips.last().map_or_else(|| list.action.clone(), |chip| chip.href.clone())
}

fn chips(list: &List) -> AnyView {
    let Some((last, chosen)) = list.chips.split_last() else { return ().into_any() };
    view! {
        <div class="chips">
            {chosen.iter().map(|link| chip(&link.label, &link.href)).collect::<Vec<_>>()}
            <a class="text-button" href=last.href.clone()>{last.label.clone()}</a>
        </div>
    }
    .into_any()
}

fn sort(chosen: Sort, search: bool) -> AnyView {
    let label = move |sort: Sort| match sort {
        Sort::Featured if search => "Best match",
        Sort::Featured => "Featured",
        Sort::Newest => "Newest",
        Sort::PriceAsc => "Price, low to high",
        Sort::PriceDesc => "Price, high to low",
        Sort::TitleAsc => "Name",
    };
    let options: Vec<AnyView> = Sort::ALL
        .into_iter()
        .map(|sort| {
            // The default leaves no trace in the address.
            let value = if sort == Sort::Featured { "" } else { sort.as_str() };
            let is = sort == chosen;
            view! { <option value=value selected=is prop:selected=is>{label(sort)}</option> }.into_any()
        })
        .collect();
    view! {
        <div class="sort">
            <label class="sr-only" for="sort">"Sort by"</label>
            <span class="select select--small">
                <select class="input" id="sort" name="sort">{options}</select>
                {icon(Icon::Down)}
            </span>
            <button class="button button--quiet button--small no-js-only" type="submit">"Sort"</button>
        </div>
    }
    .into_any()
}

fn filters(list: &List, many: &str) -> AnyView {
    let facets = list.found.facets.iter().filter(|facet| !facet.values.is_empty());
    let chosen = list.chips.len().saturating_sub(1);
    view! {
        <details class="filters">
            <summary class="button button--quiet">
                <span class="cluster when-closed">
                    {icon(Icon::Filter)}"Filter"
                    {(chosen > 0).then(|| view! { <span class="badge">{chosen}</span> })}
                </span>
                <span class="when-open">{icon(Icon::Close)}"Close"</span>
            </summary>
            <div class="filters__panel">
                <h2 class="filters__head">"Filter"</h2>
                <label class="check">
                    <input
                        type="checkbox"
                        name="in_stock"
                        value="1"
                        checked=list.in_stock
                        prop:checked=list.in_stock
                    />
                    <span class="check__label">"In stock only"</span>
                </label>
                {facets.enumerate().map(|(index, one)| facet(one, index < 3)).collect::<Vec<_>>()}
                {list.found.price_range.is_some().then(|| price_range(list))}
                <div class="filters__foot">
                    {(!list.chips.is_empty()).then(|| view! {
                        <a class="button button--quiet" href=clear(list)>"Clear all"</a>
                    })}
                    <button class="button" type="submit">{format!("Show {many}")}</button>
                </div>
            </div>
        </details>
    }
    .into_any()
}

fn facet(facet: &Facet, open: bool) -> AnyView {
    let open = open || facet.values.iter().any(|value| value.selected);
    let name = format!("filter.{}", facet.key);
    view! {
        <details class="facet" open=open>
            <summary class="facet__summary">{facet.label.clone()}{icon(Icon::Down)}</summary>
            <fieldset class="facet__body">
                <legend class="sr-only">{facet.label.clone()}</legend>
                {facet.values.iter().map(|value| choice(&name, value)).collect::<Vec<_>>()}
            </fieldset>
        </details>
    }
    .into_any()
}

fn choice(name: &str, value: &FacetValue) -> AnyView {
    view! {
        <label class="check">
            <input
                type="checkbox"
                name=name.to_owned()
                value=value.value.clone()
                checked=value.selected
                prop:checked=value.selected
            />
            {value.swatch.as_deref().map(swatch)}
            <span class="check__label">{value.value.clone()}</span>
            <span class="check__count">
                {value.count}<span class="sr-only">" products"</span>
            </span>
        </label>
    }
    .into_any()
}

fn price_range(list: &List) -> AnyView {
    let Some(range) = &list.found.price_range else { return ().into_any() };
    let input = |name: &'static str, label: &'static str, value: &str| {
        Field::new(label, name).value(value).inputmode("decimal").autocomplete("off").optional().view()
    };
    view! {
        <details class="facet" open=true>
            <summary class="facet__summary">
                {format!("Price ({})", range.min.currency.symbol())}{icon(Icon::Down)}
            </summary>
            <fieldset class="facet__body">
                <legend class="sr-only">"Price"</legend>
                <div class="form__row">
                    {input("price_min", "From", &list.price_min)}
                    {input("price_max", "To", &list.price_max)}
                </div>
            </fieldset>
        </details>
    }
    .into_any()
}

pub async fn load(visit: &Visit, asked: &Asked, handle: &str) -> Result<Found, Stop> {
    let wish = Wish::of(asked, visit.shop.currency);
    let (title, about, seo) = if handle == "all" {
        ("All products".to_owned(), String::new(), souk_contract::Seo::default())
    } else {
        let collection = visit.services.catalog.collection(&visit.ctx, handle).await?;
        (collection.title, collection.description_html, collection.seo)
    };
    let request = ListProducts {
        collection: Some(handle.to_owned()),
        filters: wish.filters.clone(),
        sort: wish.sort,
        cursor: wish.cursor.clone(),
        limit: None,
    };
    let found = visit.services.catalog.list(&visit.ctx, &request).await?;
    let path = format!("/collections/{}", segment(handle));
    let crumbs = vec![Link::new("Home", "/"), Link::new(&title, &path)];
    let description = seo.description.unwrap_or_else(|| plain(&about));
    let mut head = Head::public(seo.title.as_deref().unwrap_or(&title), &description, &path);
    head.index = wish.is_plain();
    head.image = found.cards.iter().find_map(|card| card.media.as_ref()).map(|media| media.src(1280));
    head.data = vec![breadcrumbs(&visit.shop, &crumbs)];
    Ok(Found { page: wish.list(title, about, crumbs, path, None, found), head })
}

pub async fn search(visit: &Visit, asked: &Asked) -> Result<Found, Stop> {
    let wish = Wish::of(asked, visit.shop.currency);
    let words = asked.first("q").unwrap_or_default().trim().to_owned();
    let request = SearchRequest {
        q: words.clone(),
        filters: wish.filters.clone(),
        sort: wish.sort,
        cursor: wish.cursor.clone(),
        limit: None,
    };
    let found = visit.services.search.search(&visit.ctx, &request).await?;
    let title = if words.is_empty() { "Search".to_owned() } else { format!("Results for “{words}”") };
    let crumbs = vec![Link::new("Home", "/"), Link::new("Search", "/search")];
    let head = Head::private(&title);
    Ok(Found {
        page: wish.list(title, String::new(), crumbs, "/search".to_owned(), Some(words), found),
        head,
    })
}

/// What the query of a list's address asks for.
struct Wish {
    filters: Filters,
    price_min: String,
    price_max: String,
    sort: Sort,
    cursor: Option<String>,
    currency: Currency,
}

impl Wish {
    fn of(asked: &Asked, currency: Currency) -> Self {
        let mut filters = Filters { in_stock: asked.first("in_stock").is_some(), ..Filters::default() };
        for (name, value) in &asked.query {
            if let Some(key) = name.strip_prefix("filter.").filter(|_| !value.is_empty()) {
                let values = filters.facets.entry(key.to_owned()).or_default();
                if !values.contains(value) {
                    values.push(value.clone());
                }
            }
        }
        let typed = |name: &str| asked.first(name).unwrap_or_default().trim().to_owned();
        let (price_min, price_max) = (typed("price_min"), typed("price_max"));
        filters.price_min = minor(&price_min, currency);
        filters.price_max = minor(&price_max, currency);
        Self {
            filters,
            price_min,
            price_max,
            sort: asked.first("sort").and_then(Sort::parse).unwrap_or_default(),
            cursor: asked.first("after").map(str::to_owned),
            currency,
        }
    }

    /// The address that search engines shall know: nothing chosen, the first page.
    fn is_plain(&self) -> bool {
        self.filters.is_empty() && self.sort == Sort::default() && self.cursor.is_none()
    }

    fn list(
        self,
        title: String,
        about: String,
        crumbs: Vec<Link>,
        action: String,
        words: Option<String>,
        found: Listing,
    ) -> Page {
        let address = |filters: &Filters, cursor: Option<&str>| {
            self.address(&action, words.as_deref(), filters, cursor)
        };
        let chips = self.chips(|filters| address(filters, None), &found);
        let prev = found.prev.as_deref().map(|cursor| address(&self.filters, Some(cursor)));
        let next = found.next.as_deref().map(|cursor| address(&self.filters, Some(cursor)));
        let list = List {
            title,
            about,
            crumbs,
            chips,
            prev,
            next,
            in_stock: self.filters.in_stock,
            sort: self.sort,
            price_min: self.price_min,
            price_max: self.price_max,
            action,
            words,
            found,
        };
        Page::Still(Html::draw(|| view(&list)))
    }

    /// One for each choice, and at last one that clears them all.
    fn chips(&self, address: impl Fn(&Filters) -> String, found: &Listing) -> Vec<Link> {
        let mut chips = Vec::new();
        let without = |change: &dyn Fn(&mut Filters)| {
            let mut filters = self.filters.clone();
            change(&mut filters);
            address(&filters)
        };
        for (key, values) in &self.filters.facets {
            let label = found.facets.iter().find(|facet| facet.key == *key).map(|facet| facet.label.as_str());
            for value in values {
                let href = without(&|filters| {
                    if let Some(values) = filters.facets.get_mut(key) {
                        values.retain(|one| one != value);
                    }
                });
                let text = match label {
                    Some(label) => format!("{label}: {value}"),
                    None => value.clone(),
                };
                chips.push(Link::new(text, href));
            }
        }
        if let Some(minor) = self.filters.price_min {
            let text = format!("From {}", Money::new(minor, self.currency));
            chips.push(Link::new(text, without(&|filters| filters.price_min = None)));
        }
        if let Some(minor) = self.filters.price_max {
            let text = format!("Up to {}", Money::new(minor, self.currency));
            chips.push(Link::new(text, without(&|filters| filters.price_max = None)));
        }
        if self.filters.in_stock {
            chips.push(Link::new("In stock", without(&|filters| filters.in_stock = false)));
        }
        if !chips.is_empty() {
            chips.push(Link::new("Clear all", address(&Filters::default())));
        }
        chips
    }

    fn address(&self, path: &str, words: Option<&str>, filters: &Filters, cursor: Option<&str>) -> String {
        let mut query = Serializer::new(String::new());
        if let Some(words) = words {
            query.append_pair("q", words);
        }
        for (key, values) in &filters.facets {
            for value in values {
                query.append_pair(&format!("filter.{key}"), value);
            }
        }
        let amount = |minor: i64| Money::new(minor, self.currency).amount();
        if let Some(minor) = filters.price_min {
            query.append_pair("price_min", &amount(minor));
        }
        if let Some(minor) = filters.price_max {
            query.append_pair("price_max", &amount(minor));
        }
        if filters.in_stock {
            query.append_pair("in_stock", "1");
        }
        if self.sort != Sort::default() {
            query.append_pair("sort", self.sort.as_str());
        }
        if let Some(cursor) = cursor {
            query.append_pair("after", cursor);
        }
        let query = query.finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }
}

/// A handle as it stands in a path.
fn segment(handle: &str) -> String {
    byte_serialize(handle.as_bytes()).collect::<String>().replace('+', "%20")
}

/// Major units as people type them, with a comma or a point; none where it isn't a number.
fn minor(text: &str, currency: Currency) -> Option<i64> {
    let digits = currency.digits() as usize;
    let text = text.replace(',', ".");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !number(whole) || !number(fraction) || whole.len() + fraction.len() == 0 {
        return None;
    }
    let fraction: String = fraction.chars().chain(std::iter::repeat('0')).take(digits).collect();
    format!("0{whole}{fraction}").parse().ok()
}

#[cfg(test)]
mod tests {
    use souk_contract::{Currency, Facet, Listing, Sort};

    use super::{Wish, minor, segment};
    use crate::page::Asked;

    fn wish(query: &str) -> Wish {
        Wish::of(&Asked::new(&format!("/collections/all?{query}")), Currency::EUR)
    }

    #[test]
    fn each_chip_leads_to_the_list_without_it() {
        let wish =
            wish("filter.option.size=M&filter.option.size=L&filter.vendor=A%26B&price_max=20&sort=price-asc");
        let found = Listing {
            cards: vec![],
            facets: vec![Facet { key: "option.size".into(), label: "Size".into(), values: vec![] }],
            price_range: None,
            total: 0,
            next: None,
            prev: None,
        };
        let chips = wish.chips(|filters| wish.address("/collections/all", None, filters, None), &found);
        let chips: Vec<String> = chips.iter().map(|chip| format!("{} {}", chip.label, chip.href)).collect();
        insta::assert_snapshot!(chips.join("\n"), @r"
        Size: M /collections/all?filter.option.size=L&filter.vendor=A%26B&price_max=20.00&sort=price-asc
        Size: L /collections/all?filter.option.size=M&filter.vendor=A%26B&price_max=20.00&sort=price-asc
        A&B /collections/all?filter.option.size=M&filter.option.size=L&price_max=20.00&sort=price-asc
        Up to €20.00 /collections/all?filter.option.size=M&filter.option.size=L&filter.vendor=A%26B&sort=price-asc
        Clear all /collections/all?sort=price-asc
        ");
    }

    #[test]
    fn only_the_bare_address_is_for_search_engines() {
        assert!(wish("").is_plain());
        assert!(wish("sort=nonsense&filter.vendor=&price_min=").is_plain());
        for query in ["sort=newest", "after=x", "in_stock=1", "filter.vendor=A", "price_min=1"] {
            assert!(!wish(query).is_plain(), "{query}");
        }
    }

    #[test]
    fn a_page_keeps_what_was_chosen() {
        let wish = wish("in_stock=1&after=old");
        let address = wish.address("/search", Some("tea pot"), &wish.filters, Some("n/1"));
        assert_eq!(address, "/search?q=tea+pot&in_stock=1&after=n%2F1");
        assert_eq!(wish.sort, Sort::Featured);
    }

    #[test]
    fn prices_as_people_type_them() {
        assert_eq!(minor("12", Currency::EUR), Some(1200));
        assert_eq!(minor("12,5", Currency::EUR), Some(1250));
        assert_eq!(minor(".5", Currency::KWD), Some(500));
        assert_eq!(minor("500.9", Currency::JPY), Some(500));
        assert_eq!(minor("cheap", Currency::EUR), None);
        assert_eq!(minor("-1", Currency::EUR), None);
        assert_eq!(minor("", Currency::EUR), None);
    }

    #[test]
    fn a_handle_stays_one_segment() {
        assert_eq!(segment("tea & cups/à"), "tea%20%26%20cups%2F%C3%A0");
    }
}
