//! A collection's picture: sent, described, taken away. Sending and taking away are saved at once; what is typed stays.

use leptos::{prelude::*, task::spawn_local};
use souk_contract::{CollectionInput, CollectionRecord, Error};

use super::editor::Work;
use crate::{
    admin::{
        dialogs::Question,
        drop_zone::{self, DropZone},
        form::Input,
        parts, upload,
    },
    api::admin::collections,
};

pub fn card(work: Work) -> AnyView {
    let sending = RwSignal::new(false);
    let shown = move || {
        let base = work.base.get()?;
        Some(match (&base.media, &base.input.media) {
            (Some(_), _) => kept(work, &base),
            (None, Some(_)) => view! { <p class="muted">"It is being fetched."</p> }.into_any(),
            (None, None) => {
                view! { <p class="muted">"It has none. The home page and lists of collections show it."</p> }
                    .into_any()
            }
        })
    };
    let send = work.may_write.then(|| zone(work, sending));
    parts::card("Picture", None, view! { <div class="form">{shown} {send}</div> }.into_any())
}

fn kept(work: Work, base: &CollectionRecord) -> AnyView {
    let away = move |_| {
        work.desk.ask(Question {
            title: "Take this picture away?".into(),
            text: "Shoppers no longer see it.".into(),
            yes: "Take it away".into(),
            no: "Keep it".into(),
            act: Callback::new(move |()| take_away(work)),
        });
    };
    view! {
        <div class="named">
            {parts::thumb(base.media.as_ref(), &base.input.title)}
            {work.may_write.then(|| view! { <button type="button" class="text-button" on:click=away>"Take it away"</button> })}
        </div>
        {Input::new(work.form, "What it shows", "collection-alt", "media.alt", work.alt)
            .optional().hint("For those who can't see it, and for search engines").view()}
    }
    .into_any()
}

fn zone(work: Work, sending: RwSignal<bool>) -> AnyView {
    let label = move || match sending.get() {
        true => "Sending the picture …".to_owned(),
        false => "Drop a picture here, or choose it".to_owned(),
    };
    DropZone {
        accept: drop_zone::PICTURES,
        many: false,
        label: Signal::derive(label),
        hint: "JPEG, PNG, WebP or GIF, up to 20 MiB",
        busy: sending.into(),
        other: Signal::stored(false),
        take: Callback::new(move |files| send(work, sending, files)),
    }
    .view()
}

fn send(work: Work, sending: RwSignal<bool>, mut files: Vec<upload::File>) {
    let Some(base) = work.base.get_untracked() else { return };
    if files.is_empty() || sending.get_untracked() {
        return;
    }
    let file = files.remove(0);
    let name = file.name.clone();
    sending.set(true);
    spawn_local(async move {
        let url = format!("/fn/admin/collections/picture?collection={}&version={}", base.id, base.version);
        let sent = upload::send::<CollectionRecord>(&url, file).await;
        if sending.try_set(false).is_some() {
            return;
        }
        match sent {
            Ok(record) => work.pictured(record, "The picture is saved."),
            Err(failure) => {
                let text = format!("{name}: {}", failure.0.public_message());
                work.desk.complain(&Error::conflict("refused", text));
                work.desk.noticed(&failure.0);
            }
        }
    });
}

fn take_away(work: Work) {
    let Some(base) = work.base.get_untracked() else { return };
    let input = CollectionInput { media: None, ..base.input };
    spawn_local(async move {
        match collections::write_collection(Some(base.id), input, Some(base.version)).await {
            Ok(record) => work.pictured(record, "The picture is gone."),
            Err(failure) => work.desk.complain(&failure.0),
        }
    });
}
