//! What the shop has to say: badges, alerts, toasts, nothing, and not yet.

use leptos::prelude::*;

use super::icon::{Icon, icon};

/// What a message is about. The colour only repeats what the words say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Good,
    Warn,
    Bad,
    /// Badges only: less than before.
    Sale,
    /// Badges only: sold out.
    Out,
}

impl Tone {
    const fn badge(self) -> &'static str {
        match self {
            Self::Plain => "badge",
            Self::Good => "badge badge--good",
            Self::Warn => "badge badge--warn",
            Self::Bad => "badge badge--bad",
            Self::Sale => "badge badge--sale",
            Self::Out => "badge badge--out",
        }
    }

    const fn alert(self) -> (&'static str, Icon) {
        match self {
            Self::Good => ("alert alert--good", Icon::Check),
            Self::Warn => ("alert alert--warn", Icon::Alert),
            Self::Bad => ("alert alert--bad", Icon::Alert),
            Self::Plain | Self::Sale | Self::Out => ("alert", Icon::Star),
        }
    }
}

pub fn badge(tone: Tone, text: impl Into<String>) -> AnyView {
    view! { <span class=tone.badge()>{text.into()}</span> }.into_any()
}

/// Something to know about, or to mend. A bad one is read out at once.
pub fn alert(tone: Tone, title: Option<String>, body: AnyView) -> AnyView {
    let (class, sign) = tone.alert();
    view! {
        <div class=class role=(tone == Tone::Bad).then_some("alert")>
            {icon(sign)}
            <div class="alert__body">
                {title.map(|title| view! { <p class="alert__title">{title}</p> })}
                {body}
            </div>
        </div>
    }
    .into_any()
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    pub text: String,
    pub bad: bool,
}

/// The corner where a short message appears. It is always on the page, so that screen readers hear it change.
pub fn toasts(shown: RwSignal<Option<Toast>>) -> AnyView {
    let toast = move || {
        shown.get().map(|toast| {
            let class = if toast.bad { "toast toast--bad" } else { "toast" };
            view! {
                <div class=class>
                    <span>{toast.text}</span>
                    <button type="button" class="icon-button" aria-label="Close" on:click=move |_| shown.set(None)>
                        {icon(Icon::Close)}
                    </button>
                </div>
            }
        })
    };
    view! { <div class="toasts" role="status">{toast}</div> }.into_any()
}

/// There is nothing here, why, and what to do instead.
pub fn empty(sign: Icon, title: impl Into<String>, text: impl Into<String>, act: Option<AnyView>) -> AnyView {
    view! {
        <div class="empty">
            <span class="empty__mark">{icon(sign)}</span>
            <h2>{title.into()}</h2>
            <p class="empty__text">{text.into()}</p>
            {act}
        </div>
    }
    .into_any()
}

/// A grey place for what is on its way; `class` gives its shape: `skeleton--text`, `skeleton--title`, `ratio-square`.
pub fn skeleton(class: &'static str) -> AnyView {
    view! { <span class=format!("skeleton {class}") aria-hidden="true"></span> }.into_any()
}

/// A grid of cards on their way.
pub fn card_skeletons(count: usize) -> AnyView {
    let card = |_| {
        view! {
            <div class="card">
                {skeleton("ratio-4x5")} {skeleton("skeleton--text")} {skeleton("skeleton--text skeleton--short")}
            </div>
        }
        .into_any()
    };
    view! {
        <div class="products" aria-busy="true">
            <span class="sr-only">"Loading"</span>
            {(0..count).map(card).collect::<Vec<_>>()}
        </div>
    }
    .into_any()
}

/// How far along: `done` of `whole`, in any one unit. `label` says it in words.
pub fn progress(label: impl Into<String>, done: i64, whole: i64) -> AnyView {
    let whole = whole.max(1);
    view! {
        <progress class="progress" aria-label=label.into() max=whole value=done.clamp(0, whole)></progress>
    }
    .into_any()
}
