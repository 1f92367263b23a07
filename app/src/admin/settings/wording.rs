//! What mails say: each kind's words, with the letter that a customer would get beside them.

use std::time::Duration;

use leptos::{leptos_dom::helpers::debounce, prelude::*, task::spawn_local, wasm_bindgen::JsCast as _};
use souk_contract::{Error, MailKind, MailPlaceholder, MailPreview, MailTemplate, MailWords, Resource};
use web_sys::{Element, HtmlElement, ShadowRootInit, ShadowRootMode};

use crate::{
    admin::{
        desk::Desk,
        dialogs::Question,
        form::{Form, Input},
        load::Source,
        parts,
        place::Place,
        products::clash::{self, Side},
        shell, words,
    },
    api::admin::settings,
    failure::Failure,
    ui::{Tone, badge},
};

const HIDDEN: &str = "Your role does not allow you to see mails.";

pub fn list(desk: Desk) -> AnyView {
    let head = parts::head(desk, super::back(), Signal::stored("Mail texts".to_owned()), ().into_any());
    if !untrack(move || desk.may(Resource::Messages.read())) {
        desk.ready.set(true);
        return view! { {head} {shell::hidden(HIDDEN)} }.into_any();
    }
    let row = |template: MailTemplate| {
        let name = words::plain(template.kind.as_str());
        let state = if template.is_own { badge(Tone::Good, "Yours") } else { badge(Tone::Plain, "Standard") };
        let cells = vec![("Subject", template.words.subject.into_any()), ("Text", state)];
        parts::row(Some(Place::MailTemplate(template.kind).url()), name.into_any(), cells)
    };
    let all = Source::new(desk, settings::mail_templates).is_main();
    let table = move |all: Vec<MailTemplate>| {
        parts::table("Mail texts", &["Mail", "Subject", "Text"], all.into_iter().map(row).collect())
    };
    view! { {head} <div class="box box--list">{all.view(table)}</div> }.into_any()
}

#[derive(Clone, Copy)]
struct Work {
    desk: Desk,
    kind: MailKind,
    form: Form,
    subject: RwSignal<String>,
    title: RwSignal<String>,
    body: RwSignal<String>,
    button: RwSignal<String>,
    /// As it was read, or as somebody else left it meanwhile.
    base: RwSignal<MailTemplate>,
    sides: RwSignal<Vec<Side>>,
    may_write: bool,
}

impl Work {
    /// Label, name and text, in the order of the letter.
    fn fields(self) -> [(&'static str, RwSignal<String>); 4] {
        [("Subject", self.subject), ("Heading", self.title), ("Text", self.body), ("Button", self.button)]
    }

    fn typed(self) -> MailWords {
        MailWords {
            subject: self.subject.get(),
            title: self.title.get(),
            body: self.body.get(),
            button: self.button.get(),
        }
    }

    fn take(self, template: MailTemplate) {
        for ((_, signal), text) in self.fields().into_iter().zip(texts(&template.words)) {
            signal.set(text);
        }
        self.base.set(template);
    }

    fn send(self, words: Option<MailWords>, said: &'static str) {
        let version = self.base.with_untracked(|base| base.version);
        let call = settings::set_mail_template(self.kind, words, Some(version));
        let kept = move |template: MailTemplate| {
            self.take(template);
            self.desk.say(said);
        };
        self.form.send_or(call, kept, move |error| match error {
            Error::Conflict { code, .. } if code == "stale_version" => {
                self.compare();
                None
            }
            other => Some(other),
        });
    }

    /// Somebody else saved: whose words shall stand?
    fn compare(self) {
        spawn_local(async move {
            match template(self.kind).await {
                Ok(theirs) => {
                    let rows = self.fields().into_iter().zip(texts(&theirs.words));
                    let sides =
                        rows.filter_map(|((label, mine), theirs)| Side::differing(label, mine, theirs));
                    let sides = sides.collect();
                    self.base.set(theirs);
                    self.sides.set(sides);
                }
                Err(failure) => self.desk.complain(&failure.0),
            }
        });
    }
}

fn texts(words: &MailWords) -> [String; 4] {
    [words.subject.clone(), words.title.clone(), words.body.clone(), words.button.clone()]
}

async fn template(kind: MailKind) -> Result<MailTemplate, Failure> {
    let all = settings::mail_templates().await?;
    all.into_iter().find(|one| one.kind == kind).ok_or_else(|| Failure(Error::not_found("mail text")))
}

pub fn one(desk: Desk, kind: MailKind) -> AnyView {
    if !untrack(move || desk.may(Resource::Messages.read())) {
        desk.ready.set(true);
        return shell::hidden(HIDDEN);
    }
    let found: Source<MailTemplate> = Source::new(desk, move || template(kind)).is_main();
    let title = words::plain(kind.as_str());
    let back = Some((Place::MailTemplates.url(), "Mail texts"));
    view! {
        {parts::head(desk, back, Signal::stored(title), ().into_any())}
        {found.view(move |template| editor(desk, template))}
    }
    .into_any()
}

fn editor(desk: Desk, template: MailTemplate) -> AnyView {
    let [subject, title, body, button] = texts(&template.words).map(RwSignal::new);
    let placeholders = template.placeholders.clone();
    let work = Work {
        desk,
        kind: template.kind,
        form: Form::new(desk),
        subject,
        title,
        body,
        button,
        base: RwSignal::new(template),
        sides: RwSignal::new(Vec::new()),
        may_write: untrack(move || desk.may(Resource::Messages.write())),
    };
    Effect::new(move || desk.unsaved.set(work.base.with(|base| base.words != work.typed())));
    view! {
        <div class="halves">
            {parts::card("Text", None, fields(work, &placeholders))}
            {parts::card("As a customer gets it", None, preview(work))}
        </div>
        {clash::sides(work.sides)}
    }
    .into_any()
}

fn fields(work: Work, placeholders: &[MailPlaceholder]) -> AnyView {
    let Work { form, .. } = work;
    let save = move || work.send(Some(untrack(move || work.typed())), "The text is saved.");
    let reset = move |_| {
        work.desk.ask(Question {
            title: "Back to the standard text?".into(),
            text: "Your text is gone then. It stays readable in the activity.".into(),
            yes: "Use the standard text".into(),
            no: "Keep mine".into(),
            act: Callback::new(move |()| work.send(None, "The standard text is back.")),
        });
    };
    let acts = work.may_write.then(|| {
        let own = move || work.base.with(|base| base.is_own);
        view! {
            <div class="acts">
                {form.button("", "Save text")}
                <Show when=own>
                    <button type="button" class="button button--quiet" on:click=reset>"Standard text"</button>
                </Show>
            </div>
        }
    });
    let names = placeholders.iter().map(|one| {
        view! { <div><dt><code>{format!("{{{}}}", one.name)}</code></dt><dd>{one.meaning.clone()}</dd></div> }
    });
    view! {
        <form class="form" novalidate=true on:submit=form.on_submit(save)>
            {form.general()}
            {Input::new(form, "Subject", "mail-subject", "subject", work.subject).view()}
            {Input::new(form, "Heading", "mail-title", "title", work.title).view()}
            {Input::new(form, "Text", "mail-body", "body", work.body).rows(8).hint("Each line is a paragraph.").view()}
            {Input::new(form, "Button", "mail-button", "button", work.button).view()}
            {acts}
        </form>
        <div class="stack stack--s">
            <p class="muted">"These are replaced in all four:"</p>
            <dl class="facts">{names.collect::<Vec<_>>()}</dl>
        </div>
    }
    .into_any()
}

fn preview(work: Work) -> AnyView {
    let asked = RwSignal::new(untrack(move || work.typed()));
    let shown = RwSignal::new(None::<MailPreview>);
    let later = StoredValue::new_local(debounce(Duration::from_millis(300), move |words: MailWords| {
        let _ = asked.try_set(words);
    }));
    Effect::new(move || {
        let words = work.typed();
        later.update_value(|later| later(words));
    });
    Effect::new(move || {
        let words = asked.get();
        spawn_local(async move {
            let answer = settings::preview_mail(work.kind, words.clone()).await;
            // Somebody typed on.
            if asked.try_get_untracked() != Some(words) {
                return;
            }
            match answer {
                Ok(preview) => {
                    shown.set(Some(preview));
                    work.form.error.set(None);
                }
                Err(failure) => {
                    work.desk.noticed(&failure.0);
                    work.form.error.set(Some(failure.0));
                }
            }
        });
    });
    let sheet = NodeRef::<leptos::html::Div>::new();
    Effect::new(move || {
        if let (Some(preview), Some(host)) = (shown.get(), sheet.get()) {
            draw(&host, &preview.html);
        }
    });
    let subject = move || shown.get().map(|preview| preview.subject).unwrap_or_default();
    view! {
        <div class="stack">
        <p class="mail-subject"><span class="muted">"Subject "</span><b>{subject}</b></p>
        <div class="mail-paper" node_ref=sheet></div>
        <details>
            <summary>"Plain text"</summary>
            <pre class="letter">{move || shown.get().map(|preview| preview.text)}</pre>
        </details>
        </div>
    }
    .into_any()
}

/// A letter styles its elements itself, as mail programs want it: in a room of its own, where the page's rules don't
/// reach. The page's policy forbids style attributes, so each is handed over as a property.
fn draw(host: &Element, html: &str) {
    let root = match host.shadow_root() {
        Some(root) => root,
        None => match host.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Open)) {
            Ok(root) => root,
            Err(_) => return,
        },
    };
    root.set_inner_html(&html.replace(" style=\"", " data-style=\""));
    let Ok(styled) = root.query_selector_all("[data-style]") else { return };
    for index in 0..styled.length() {
        let element = styled.get(index).and_then(|node| node.dyn_into::<HtmlElement>().ok());
        if let Some((element, text)) =
            element.and_then(|one| one.get_attribute("data-style").map(|text| (one, text)))
        {
            element.style().set_css_text(&text);
        }
    }
    // It leads to an order that never was.
    let Ok(links) = root.query_selector_all("a") else { return };
    for index in 0..links.length() {
        if let Some(link) = links.get(index).and_then(|node| node.dyn_into::<Element>().ok()) {
            let _ = link.remove_attribute("href");
        }
    }
}
