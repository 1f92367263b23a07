//! What a product comes in, changed: options and values are added, renamed, put in another order and taken away.

use leptos::prelude::*;
use souk_contract::{ChangeOptions, ChangedOption, ChangedValue, ProductInput, ProductOption};

use super::detail::Work;
use crate::{
    admin::{
        dialogs,
        form::{Form, check},
        parts, words,
    },
    api::admin::catalog,
    draft::combinations,
};

const MOST_OPTIONS: usize = 10;

/// In the product's form; the drawer stands beside it, since forms do not stand in each other.
pub fn card(work: Work, open: RwSignal<bool>) -> AnyView {
    let shown = move || {
        let options = work.base.with(|base| base.as_ref().map(|base| base.input.options.clone()));
        let option = |option: &ProductOption| {
            let values: Vec<&str> = option.values.iter().map(|value| value.name.as_str()).collect();
            view! { <div><dt>{option.name.clone()}</dt><dd>{values.join(", ")}</dd></div> }.into_any()
        };
        match options.unwrap_or_default().as_slice() {
            [] => view! { <p class="muted">"It comes in one variant."</p> }.into_any(),
            options => {
                view! { <dl class="facts">{options.iter().map(option).collect::<Vec<_>>()}</dl> }.into_any()
            }
        }
    };
    let act = work.may_write.then(|| {
        view! {
            <button type="button" class="text-button" on:click=move |_| open.set(true)>"Change options"</button>
        }
        .into_any()
    });
    parts::card("Options", act, shown.into_any())
}

pub fn drawer(work: Work, open: RwSignal<bool>) -> AnyView {
    dialogs::drawer("options", Signal::stored("Change options".to_owned()), open, move || {
        let input = work.base.with_untracked(|base| base.as_ref().map(|base| base.input.clone()));
        input.map_or_else(|| ().into_any(), |input| form(work, open, &input))
    })
}

/// What is typed. One signal for all: typing draws nothing anew, adding and taking away does.
type Typed = RwSignal<Vec<ChangedOption>>;

fn form(work: Work, open: RwSignal<bool>, input: &ProductInput) -> AnyView {
    let form = Form::new(work.desk);
    let option = |option: &ProductOption| ChangedOption {
        from: Some(option.name.clone()),
        name: option.name.clone(),
        values: option
            .values
            .iter()
            .map(|value| ChangedValue {
                from: Some(value.name.clone()),
                name: value.name.clone(),
                swatch: value.swatch.clone(),
            })
            .collect(),
    };
    let typed: Typed = RwSignal::new(input.options.iter().map(option).collect());
    let fill = RwSignal::new(true);
    let save = move || {
        let change = ChangeOptions { options: typed.get_untracked(), fill: fill.get_untracked() };
        let version = work.base.with_untracked(|base| base.as_ref().map(|base| base.version));
        form.send(catalog::change_options(work.id, change, version), move |written| {
            open.set(false);
            work.reload();
            let variants = words::count(written.variant_ids.len() as i64, "variant", "variants");
            work.desk.say(format!("The options are changed: {variants} now."));
        });
    };
    let rows = move || typed.with(|all| (0..all.len()).map(|at| row(typed, at)).collect::<Vec<_>>());
    let more = move || {
        let add = move |_| {
            let value = ChangedValue { from: None, name: String::new(), swatch: None };
            let option = ChangedOption { from: None, name: String::new(), values: vec![value] };
            typed.update(|all| all.push(option));
        };
        (typed.with(Vec::len) < MOST_OPTIONS).then(|| {
            view! { <button type="button" class="text-button" on:click=add>"Add an option"</button> }
        })
    };
    let most = move || {
        let values: Vec<Vec<String>> = typed.with(|all| {
            all.iter().map(|one| one.values.iter().map(|value| value.name.clone()).collect()).collect()
        });
        let most = words::count(combinations(&values).len() as i64, "combination", "combinations");
        view! { <p class="muted" role="status">{most}</p> }
    };
    view! {
        <form class="form" on:submit=form.on_submit(save)>
            {form.general()}
            <p class="muted">
                "Variants keep their SKU and stock. Those with a value that you take away are retired; orders keep them. What you changed on the product and did not save is lost."
            </p>
            {rows} <p>{more}</p> {most}
            {check("Make a variant for each combination with a new value", fill)}
            <div class="acts">{form.button("", "Save options")}</div>
        </form>
    }
    .into_any()
}

fn row(typed: Typed, at: usize) -> AnyView {
    let (name, count, values) = typed.with_untracked(|all| {
        let option = all.get(at).cloned();
        let (name, values) = option.map(|option| (option.name, option.values)).unwrap_or_default();
        (name, all.len(), values.len())
    });
    let change = move |act: fn(&mut Vec<ChangedOption>, usize)| {
        move |_| {
            typed.update(|all| {
                if at < all.len() {
                    act(all, at)
                }
            })
        }
    };
    let rename = move |event| {
        typed.update_untracked(|all| {
            if let Some(option) = all.get_mut(at) {
                option.name = event_target_value(&event);
            }
        });
    };
    let add = move |_| {
        typed.update(|all| {
            if let Some(option) = all.get_mut(at) {
                option.values.push(ChangedValue { from: None, name: String::new(), swatch: None });
            }
        });
    };
    let number = at + 1;
    let up = (at > 0).then(|| {
        let label = format!("Put option {number} further up");
        view! {
            <button type="button" class="button button--small button--quiet" aria-label=label on:click=change(|all, at| all.swap(at - 1, at))>"Up"</button>
        }
    });
    let down = (at + 1 < count).then(|| {
        let label = format!("Put option {number} further down");
        view! {
            <button type="button" class="button button--small button--quiet" aria-label=label on:click=change(|all, at| all.swap(at, at + 1))>"Down"</button>
        }
    });
    let away = format!("Take option {number} away");
    view! {
        <fieldset class="form">
            <legend class="field__label">{format!("Option {number}")}</legend>
            <div class="acts">
                <input class="input" aria-label=format!("Name of option {number}") prop:value=name on:input=rename/>
                {up} {down}
                <button type="button" class="button button--small button--quiet" aria-label=away on:click=change(|all, at| drop(all.remove(at)))>"Take away"</button>
            </div>
            {(0..values).map(|which| value(typed, at, which, values)).collect::<Vec<_>>()}
            <p><button type="button" class="text-button" on:click=add>"Add a value"</button></p>
        </fieldset>
    }
    .into_any()
}

fn value(typed: Typed, at: usize, which: usize, count: usize) -> AnyView {
    let name = typed.with_untracked(|all| {
        all.get(at).and_then(|option| option.values.get(which)).map(|value| value.name.clone())
    });
    let change = move |act: fn(&mut Vec<ChangedValue>, usize)| {
        move |_| {
            typed.update(|all| {
                let values = all.get_mut(at).map(|option| &mut option.values);
                if let Some(values) = values.filter(|values| which < values.len()) {
                    act(values, which);
                }
            });
        }
    };
    let rename = move |event| {
        typed.update_untracked(|all| {
            if let Some(value) = all.get_mut(at).and_then(|option| option.values.get_mut(which)) {
                value.name = event_target_value(&event);
            }
        });
    };
    let (option, number) = (at + 1, which + 1);
    let label = move |act: &str| format!("{act} value {number} of option {option}");
    let up = (which > 0).then(|| {
        view! {
            <button type="button" class="button button--small button--quiet" aria-label=label("Put further up:") on:click=change(|all, at| all.swap(at - 1, at))>"Up"</button>
        }
    });
    let down = (which + 1 < count).then(|| {
        view! {
            <button type="button" class="button button--small button--quiet" aria-label=label("Put further down:") on:click=change(|all, at| all.swap(at, at + 1))>"Down"</button>
        }
    });
    let away = (count > 1).then(|| {
        view! {
            <button type="button" class="button button--small button--quiet" aria-label=label("Take away:") on:click=change(|all, at| drop(all.remove(at)))>"Take away"</button>
        }
    });
    view! {
        <div class="acts">
            <input class="input" aria-label=format!("Value {number} of option {option}") prop:value=name.unwrap_or_default() on:input=rename/>
            {up} {down} {away}
        </div>
    }
    .into_any()
}
