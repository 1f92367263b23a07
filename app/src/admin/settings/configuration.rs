use leptos::prelude::*;
use souk_contract::{ConfigValue, Resource};

use crate::{
    admin::{desk::Desk, load::Source, parts, shell},
    api::admin::settings,
    ui::{Tone, alert},
};

pub fn view(desk: Desk) -> AnyView {
    let head = parts::head(desk, super::back(), Signal::stored("Configuration".to_owned()), ().into_any());
    if !untrack(move || desk.may(Resource::Settings.read())) {
        desk.ready.set(true);
        return view! { {head} {shell::hidden("Your role does not allow you to see the configuration.")} }
            .into_any();
    }
    let values = Source::new(desk, settings::configuration).is_main();
    let hint = "It is read when the program starts. Change it in souk.toml in the data folder, in a SOUK_… variable, or \
                with a flag, and start the program again; nothing of it is kept here.";
    let body = values.view(|values| sections(&values));
    view! {
        {head}
        <div class="stack stack--l">{alert(Tone::Plain, None, view! { <p>{hint}</p> }.into_any())} {body}</div>
    }
    .into_any()
}

/// One table for each part before the dot.
fn sections(values: &[ConfigValue]) -> AnyView {
    let section =
        |value: &ConfigValue| value.key.split_once('.').map_or("", |(section, _)| section).to_owned();
    let groups = values.chunk_by(|one, next| section(one) == section(next));
    let card = |group: &[ConfigValue]| {
        let name = group.first().map(section).unwrap_or_default();
        let rows = group.iter().map(row).collect();
        let caption = format!("Configuration of {name}");
        parts::card(name, None, parts::table(caption, &["Key", "Value", "From"], rows))
    };
    groups.map(card).collect::<Vec<_>>().into_any()
}

fn row(value: &ConfigValue) -> AnyView {
    let name = value.key.split_once('.').map_or(value.key.as_str(), |(_, name)| name).to_owned();
    parts::row(
        None,
        name.into_any(),
        vec![
            ("Value", view! { <code class="wraps">{value.value.clone()}</code> }.into_any()),
            ("From", value.source.clone().into_any()),
        ],
    )
}
