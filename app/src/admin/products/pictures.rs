//! A product's pictures: dropped or chosen, put in order, described, taken away. Each step is saved at once; what is typed in
//! the form stays as it is.

use leptos::{ev::DragEvent, prelude::*, task::spawn_local};
use souk_contract::{Media, MediaInput, ProductRecord, PutProduct};

use super::detail::Work;
use crate::{
    admin::{
        dialogs::{self, Question},
        drop_zone::{self, DropZone},
        form::{Form, Input},
        load::Source,
        parts, upload,
    },
    api::admin::catalog,
    ui::{Icon, icon},
};

#[derive(Clone, Copy)]
struct Pictures {
    work: Work,
    stored: Source<Vec<Media>>,
    /// Files on their way.
    sending: RwSignal<usize>,
    /// The picture that is dragged to another place.
    dragged: RwSignal<Option<usize>>,
    described: RwSignal<Option<usize>>,
    describing: RwSignal<bool>,
}

/// One of the product's pictures; it is stored once it was fetched.
#[derive(Clone, PartialEq)]
struct Shown {
    alt: String,
    stored: Option<Media>,
}

pub fn view(work: Work) -> AnyView {
    let handle = move || {
        work.base
            .with_untracked(|base| base.as_ref().map(|base| base.input.handle.clone()))
            .unwrap_or_default()
    };
    let pictures = Pictures {
        work,
        stored: Source::new(work.desk, move || catalog::pictures(handle())),
        sending: RwSignal::new(0),
        dragged: RwSignal::new(None),
        described: RwSignal::new(None),
        describing: RwSignal::new(false),
    };
    let body = move || pictures.list();
    let dialog = dialogs::opened("describe", "Describe the picture", pictures.describing, move || {
        pictures.description()
    });
    parts::card(
        "Pictures",
        None,
        view! { {body} {work.may_write.then(|| pictures.drop_zone())} {dialog} }.into_any(),
    )
}

impl Pictures {
    fn shown(self) -> Vec<Shown> {
        let stored = self.stored.get().unwrap_or_default();
        self.work.base.with(|base| {
            let Some(base) = base else { return Vec::new() };
            let known = base.input.media.iter().zip(&base.media_ids);
            let shown = known.map(|(media, id)| Shown {
                alt: media.alt.clone(),
                stored: stored.iter().find(|one| one.id == *id).cloned(),
            });
            shown.collect()
        })
    }

    fn list(self) -> AnyView {
        let all = self.shown();
        if all.is_empty() {
            return view! { <p class="muted">"It has no pictures. Shoppers look at the first one in lists."</p> }.into_any();
        }
        let count = all.len();
        let items: Vec<AnyView> =
            all.into_iter().enumerate().map(|(index, one)| self.item(index, count, one)).collect();
        view! { <ul class="pictures" aria-label="Pictures in their order">{items}</ul> }.into_any()
    }

    fn item(self, index: usize, count: usize, one: Shown) -> AnyView {
        let title = self
            .work
            .base
            .with_untracked(|base| base.as_ref().map(|base| base.input.title.clone()))
            .unwrap_or_default();
        let about = match (&one.stored, one.alt.is_empty()) {
            (None, _) => "Is being fetched".to_owned(),
            (Some(_), true) => "No description".to_owned(),
            (Some(_), false) => one.alt.clone(),
        };
        let may = self.work.may_write;
        let number = index + 1;
        let act = move |label: String, sign: Icon, off: bool, act: Callback<()>| {
            view! {
                <button
                    type="button" class="icon-button" aria-label=label disabled=off
                    on:click=move |_| act.run(())
                >
                    {icon(sign)}
                </button>
            }
            .into_any()
        };
        let moved = move |to: usize| Callback::new(move |()| self.put_at(index, to));
        let describe = Callback::new(move |()| {
            self.described.set(Some(index));
            self.describing.set(true);
        });
        let buttons = may.then(|| {
            view! {
                <span class="pictures__acts">
                    {act(format!("Move picture {number} forward"), Icon::Left, index == 0, moved(index.saturating_sub(1)))}
                    {act(format!("Move picture {number} back"), Icon::Right, number == count, moved(number))}
                    <button type="button" class="text-button" on:click=move |_| describe.run(())>"Describe"</button>
                    {act(format!("Take picture {number} away"), Icon::Trash, false, Callback::new(move |()| self.ask_away(index)))}
                </span>
            }
        });
        let start = move |_: DragEvent| self.dragged.set(Some(index));
        let over = move |event: DragEvent| {
            if self.dragged.get_untracked().is_some() {
                event.prevent_default();
            }
        };
        let dropped = move |event: DragEvent| {
            if let Some(from) = self.dragged.get_untracked() {
                event.prevent_default();
                event.stop_propagation();
                self.dragged.set(None);
                self.put_at(from, index);
            }
        };
        view! {
            <li
                class="pictures__one" draggable=may.to_string() class:is-dragged=move || self.dragged.get() == Some(index)
                on:dragstart=start on:dragover=over on:drop=dropped on:dragend=move |_| self.dragged.set(None)
            >
                {parts::thumb(one.stored.as_ref(), &title)}
                <span class="pictures__alt">{about}</span>
                {buttons}
            </li>
        }
        .into_any()
    }

    fn drop_zone(self) -> AnyView {
        let label = move || match self.sending.get() {
            0 => "Drop pictures here, or choose them".to_owned(),
            1 => "Sending a picture …".to_owned(),
            many => format!("Sending {many} pictures …"),
        };
        DropZone {
            accept: drop_zone::PICTURES,
            many: true,
            label: Signal::derive(label),
            hint: "JPEG, PNG, WebP or GIF, up to 20 MiB each",
            busy: Signal::derive(move || self.sending.get() > 0),
            other: Signal::derive(move || self.dragged.get().is_some()),
            take: Callback::new(move |files| self.add(files)),
        }
        .view()
    }

    /// One after the other, so that they stand in the order in which they were chosen.
    fn add(self, files: Vec<upload::File>) {
        if files.is_empty() {
            return;
        }
        self.sending.update(|sending| *sending += files.len());
        spawn_local(async move {
            for file in files {
                let name = file.name.clone();
                let url = format!("/fn/admin/products/add-picture?product={}", self.work.id);
                let sent = upload::send::<Media>(&url, file).await;
                if self.sending.try_update(|sending| *sending -= 1).is_none() {
                    return;
                }
                if let Err(failure) = sent {
                    let text = failure.0.public_message();
                    self.work
                        .desk
                        .complain(&souk_contract::Error::conflict("refused", format!("{name}: {text}")));
                    self.work.desk.noticed(&failure.0);
                }
                self.follow().await;
            }
        });
    }

    /// What the server has now; what is typed in the form stays.
    async fn follow(self) {
        match catalog::product_record(self.work.id).await {
            Ok(record) => self.now(record),
            Err(failure) => self.work.desk.complain(&failure.0),
        }
    }

    fn now(self, record: ProductRecord) {
        self.work.pictures_changed(record);
        self.stored.reload();
    }

    /// Changes the list and saves it.
    fn change(self, change: impl FnOnce(&mut Vec<MediaInput>), said: &'static str) {
        let Some(base) = self.work.base.get_untracked() else { return };
        let mut product = base.input;
        change(&mut product.media);
        let known: Vec<&str> = product.media.iter().map(|media| media.source.as_str()).collect();
        for variant in &mut product.variants {
            // A variant shows no picture that is gone.
            if variant.media_source.as_deref().is_some_and(|source| !known.contains(&source)) {
                variant.media_source = None;
            }
        }
        let request = PutProduct { id: Some(self.work.id), product, if_version: Some(base.version) };
        spawn_local(async move {
            match catalog::put_product(request).await {
                Ok(_) => self.work.desk.say(said),
                Err(failure) => self.work.desk.complain(&failure.0),
            }
            self.follow().await;
        });
    }

    fn put_at(self, from: usize, to: usize) {
        if from != to {
            self.change(
                move |media| {
                    if from < media.len() {
                        let one = media.remove(from);
                        media.insert(to.min(media.len()), one);
                    }
                },
                "The pictures are in another order.",
            );
        }
    }

    fn ask_away(self, index: usize) {
        self.work.desk.ask(Question {
            title: "Take this picture away?".into(),
            text: "Shoppers no longer see it.".into(),
            yes: "Take it away".into(),
            no: "Keep it".into(),
            act: Callback::new(move |()| {
                self.change(
                    move |media| {
                        if index < media.len() {
                            media.remove(index);
                        }
                    },
                    "The picture is gone.",
                );
            }),
        });
    }

    fn description(self) -> AnyView {
        let Some(index) = self.described.get_untracked() else { return ().into_any() };
        let known = self.work.base.with_untracked(|base| {
            base.as_ref().and_then(|base| base.input.media.get(index)).map(|media| media.alt.clone())
        });
        let form = Form::new(self.work.desk);
        let alt = RwSignal::new(known.unwrap_or_default());
        let save = move || {
            let text = alt.get_untracked().trim().to_owned();
            self.describing.set(false);
            self.change(
                move |media| {
                    if let Some(media) = media.get_mut(index) {
                        media.alt = text;
                    }
                },
                "The description is saved.",
            );
        };
        view! {
            <form class="form" on:submit=form.on_submit(save)>
                {Input::new(form, "What it shows", "picture-alt", "alt", alt)
                    .optional().hint("For those who can't see it, and for search engines").autofocus().view()}
                <div class="acts">{form.button("", "Save")}</div>
            </form>
        }
        .into_any()
    }
}
