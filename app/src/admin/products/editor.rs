//! The fields of a product, each with its signal.

use std::{collections::BTreeMap, sync::Arc};

use leptos::prelude::*;
use souk_contract::{ProductModel, ProductStatus, TaxClass, VariantId};

use crate::{
    admin::{
        desk::Desk,
        form::{Form, Input, select},
        load::Source,
        parts, words,
    },
    draft::{CELLS, Draft, FIELDS, Row, TAX_CLASS},
};

/// What is typed, signal by signal: nothing on the screen is drawn anew while somebody types.
#[derive(Clone)]
pub struct Editor {
    /// Its signals live as long as it does, not as long as the button whose click made it.
    _owner: Owner,
    pub form: Form,
    /// As [`Draft::fields`].
    pub fields: [RwSignal<String>; FIELDS.len()],
    pub rows: Vec<EditorRow>,
    /// By code: of every attribute that there is, or that the product has.
    pub attributes: BTreeMap<String, RwSignal<String>>,
    pub model: Arc<ProductModel>,
    /// The cell of the grid that is to be gone to: row and column.
    pub reveal: RwSignal<Option<(usize, usize)>>,
}

#[derive(Clone)]
pub struct EditorRow {
    pub id: VariantId,
    pub options: Vec<String>,
    /// As [`Row::cells`]; one signal, since there may be thousands of rows.
    pub cells: RwSignal<[String; CELLS.len()]>,
}

impl Editor {
    pub fn new(desk: Desk, draft: Draft, ids: &[VariantId], model: Arc<ProductModel>) -> Self {
        let row = |(row, id): (Row, &VariantId)| EditorRow {
            id: *id,
            options: row.options,
            cells: RwSignal::new(row.cells),
        };
        let mut attributes = draft.attributes;
        for attribute in &model.attributes {
            attributes.entry(attribute.code.clone()).or_default();
        }
        let owner = Owner::default();
        owner.clone().with(|| Self {
            _owner: owner,
            form: Form::new(desk),
            fields: draft.fields.map(RwSignal::new),
            rows: draft.rows.into_iter().zip(ids).map(row).collect(),
            attributes: attributes.into_iter().map(|(code, text)| (code, RwSignal::new(text))).collect(),
            model,
            reveal: RwSignal::new(None),
        })
    }

    /// Whether what is typed says something else. Tracked, and without copies: it is asked with every key.
    pub fn differs(&self, draft: &Draft) -> bool {
        // Each is looked at, or it would not be heard of when it changes.
        let fields = self.fields.iter().zip(&draft.fields);
        let fields = fields.fold(false, |other, (now, was)| now.with(|now| now != was) | other);
        let rows = self.rows.iter().zip(&draft.rows);
        let rows = rows.fold(false, |other, (now, was)| now.cells.with(|now| *now != was.cells) | other);
        let was = |code: &String| draft.attributes.get(code).map_or("", String::as_str);
        let attributes = self.attributes.iter();
        let attributes = attributes.fold(false, |other, (code, now)| {
            now.with(|now| if now.trim().is_empty() { !was(code).is_empty() } else { now != was(code) })
                | other
        });
        fields | rows | attributes
    }

    /// Tracked where it is called in an effect.
    pub fn draft(&self) -> Draft {
        let row = |row: &EditorRow| Row { options: row.options.clone(), cells: row.cells.get() };
        let attributes = self.attributes.iter().map(|(code, text)| (code.clone(), text.get()));
        Draft {
            fields: self.fields.map(|field| field.get()),
            rows: self.rows.iter().map(row).collect(),
            attributes: attributes.filter(|(_, text)| !text.trim().is_empty()).collect(),
        }
    }

    /// Title and description.
    pub fn words(&self) -> AnyView {
        let [title, description, ..] = self.fields;
        let form = self.form;
        let body = view! {
            <div class="form">
                {Input::new(form, "Title", "product-title", "title", title).view()}
                {Input::new(form, "Description", "product-description", "description_html", description)
                    .rows(8).optional().hint("HTML. What could do harm is taken out when it is saved.").view()}
            </div>
        };
        parts::card("Product", None, body.into_any())
    }

    /// How it is filed.
    pub fn filing(&self, classes: Source<Vec<TaxClass>>) -> AnyView {
        let [_, _, status, vendor, kind, tags, ..] = self.fields;
        let class = self.fields[TAX_CLASS];
        let form = self.form;
        let statuses =
            [ProductStatus::Draft, ProductStatus::Ready, ProductStatus::Published, ProductStatus::Archived]
                .map(|status| (status.as_str().to_owned(), words::product_name(status).to_owned()));
        let body = view! {
            <div class="form">
                {select(form, "Status", "product-status", "status", statuses.to_vec(), status)}
                {Input::new(form, "Vendor", "product-vendor", "vendor", vendor).optional().view()}
                {Input::new(form, "Type", "product-type", "product_type", kind).optional().view()}
                {Input::new(form, "Tags", "product-tags", "tags", tags).optional().hint("With commas between them.").view()}
                {classes.view(move |classes| tax_class(form, &classes, class))}
            </div>
        };
        parts::card("Status and filing", None, body.into_any())
    }

    /// Where and how it is found.
    pub fn finding(&self) -> AnyView {
        let [_, _, _, _, _, _, handle, seo_title, seo_description, ..] = self.fields;
        let form = self.form;
        let body = view! {
            <div class="form">
                {Input::new(form, "Handle", "product-handle", "handle", handle)
                    .hint("Its address: /products/… The address before leads on to the new one.").view()}
                {Input::new(form, "Title for search engines", "product-seo-title", "seo.title", seo_title).optional().view()}
                {Input::new(form, "Description for search engines", "product-seo-description", "seo.description", seo_description)
                    .rows(3).optional().view()}
            </div>
        };
        parts::card("Search engines", None, body.into_any())
    }
}

/// How it is taxed: asked where there is a choice.
fn tax_class(form: Form, classes: &[TaxClass], value: RwSignal<String>) -> AnyView {
    let chosen = value.get_untracked();
    let mut options = vec![(String::new(), "As most goods".to_owned())];
    options.extend(
        classes
            .iter()
            .filter(|class| !class.input.is_default || class.id.to_string() == chosen)
            .map(|class| (class.id.to_string(), class.input.name.clone())),
    );
    if options.iter().all(|(id, _)| *id != chosen) {
        options.push((chosen, "A class that is gone".to_owned()));
    }
    if options.len() == 1 {
        return ().into_any();
    }
    select(form, "Tax class", "product-tax-class", "tax_class_id", options, value)
}
