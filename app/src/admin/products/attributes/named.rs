//! Groups and templates: a name, and what is in them in its order.

use leptos::prelude::*;
use souk_contract::{
    AttributeGroup, AttributeGroupInput, ProductModel, ProductTemplate, ProductTemplateInput,
};

use super::{One, Work, remove_button};
use crate::{
    admin::form::{Form, Input, select},
    api::admin::attributes,
};

pub fn group(work: Work, one: Option<AttributeGroup>) -> AnyView {
    let form = Form::new(work.desk);
    let name = RwSignal::new(one.as_ref().map(|one| one.name.clone()).unwrap_or_default());
    let chosen = RwSignal::new(one.as_ref().map(|one| one.attributes.clone()).unwrap_or_default());
    let known = one.as_ref().map(|one| (one.id, one.version));
    let save = move || {
        let input = AttributeGroupInput { name: name.get_untracked(), attributes: chosen.get_untracked() };
        let call = attributes::put_group(known.map(|(id, _)| id), input, known.map(|(_, version)| version));
        form.send(call, move |_| work.saved());
    };
    let all =
        all(work, |model| model.attributes.iter().map(|one| (one.code.clone(), one.name.clone())).collect());
    let remove = one.map(|one| remove_button(work, One::Group(Some(one))));
    view! {
        <form class="form" novalidate=true on:submit=form.on_submit(save)>
            {form.general()}
            {Input::new(form, "Name", "group-name", "name", name).autofocus().view()}
            {members(form, "Attributes", "attribute", all, chosen)}
            <div class="acts">{form.button("", "Save group")}{remove}</div>
        </form>
    }
    .into_any()
}

pub fn template(work: Work, one: Option<ProductTemplate>) -> AnyView {
    let form = Form::new(work.desk);
    let name = RwSignal::new(one.as_ref().map(|one| one.name.clone()).unwrap_or_default());
    let groups = one.iter().flat_map(|one| one.groups.iter().map(ToString::to_string));
    let chosen = RwSignal::new(groups.collect::<Vec<String>>());
    let known = one.as_ref().map(|one| (one.id, one.version));
    let save = move || {
        let groups = chosen.with_untracked(|all| all.iter().filter_map(|id| id.parse().ok()).collect());
        let input = ProductTemplateInput { name: name.get_untracked(), groups };
        let call =
            attributes::put_template(known.map(|(id, _)| id), input, known.map(|(_, version)| version));
        form.send(call, move |_| work.saved());
    };
    let all =
        all(work, |model| model.groups.iter().map(|one| (one.id.to_string(), one.name.clone())).collect());
    let remove = one.map(|one| remove_button(work, One::Template(Some(one))));
    view! {
        <form class="form" novalidate=true on:submit=form.on_submit(save)>
            {form.general()}
            {Input::new(form, "Name", "template-name", "name", name).autofocus().view()}
            {members(form, "Groups", "group", all, chosen)}
            <div class="acts">{form.button("", "Save template")}{remove}</div>
        </form>
    }
    .into_any()
}

type Choices = Vec<(String, String)>;

fn all(work: Work, read: fn(&ProductModel) -> Choices) -> Choices {
    work.model.get_untracked().as_ref().map(read).unwrap_or_default()
}

/// What is chosen of all, in an order of choice.
fn members(
    form: Form,
    legend: &'static str,
    noun: &'static str,
    all: Choices,
    chosen: RwSignal<Vec<String>>,
) -> AnyView {
    let next = RwSignal::new(String::new());
    let names = StoredValue::new(all);
    let name = move |key: &str| {
        names
            .with_value(|all| all.iter().find(|(known, _)| known == key).map(|(_, name)| name.clone()))
            .unwrap_or_else(|| key.to_owned())
    };
    let row = move |(at, key): (usize, String)| {
        let name = name(&key);
        let act = move |label: &'static str, about: String, act: fn(&mut Vec<String>, usize)| {
            let click = move |_| {
                chosen.update(|all| {
                    if at < all.len() {
                        act(all, at);
                    }
                })
            };
            view! {
                <button type="button" class="button button--small button--quiet" aria-label=about on:click=click>{label}</button>
            }
        };
        let last = chosen.with(|all| at + 1 == all.len());
        view! {
            <li class="acts">
                <span>{name.clone()}</span>
                {(at > 0).then(|| act("Up", format!("Put {name} further up"), |all, at| all.swap(at - 1, at)))}
                {(!last).then(|| act("Down", format!("Put {name} further down"), |all, at| all.swap(at, at + 1)))}
                {act("Take away", format!("Take {name} away"), |all, at| drop(all.remove(at)))}
            </li>
        }
        .into_any()
    };
    let rows = move || {
        let all = chosen.get();
        if all.is_empty() {
            return view! { <p class="muted">"Nothing in it yet."</p> }.into_any();
        }
        let rows: Vec<AnyView> = all.into_iter().enumerate().map(row).collect();
        view! { <ol class="stack">{rows}</ol> }.into_any()
    };
    let add = move || {
        let left = names.with_value(|all| {
            chosen.with(|chosen| {
                all.iter().filter(|(key, _)| !chosen.contains(key)).cloned().collect::<Vec<_>>()
            })
        });
        let first = left.first()?.0.clone();
        next.set(first);
        let add = move |_| chosen.update(|all| all.push(next.get_untracked()));
        let label = format!("Add this {noun}");
        Some(view! {
            <div class="form__row">
                {select(form, format!("Another {noun}"), "member-next", "member", left, next)}
                <div class="acts">
                    <button type="button" class="button button--quiet" on:click=add>{label}</button>
                </div>
            </div>
        })
    };
    view! {
        <fieldset class="form"><legend class="field__label">{legend}</legend>{rows} {add}</fieldset>
    }
    .into_any()
}
