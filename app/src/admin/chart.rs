//! Charts: what the server made, drawn by a module that comes with the first of them. The document says where it is
//! (`<meta name="souk-chart">`), so a desktop may bring its own copy.

use js_sys::{Array, Function, Reflect};
use leptos::{html, prelude::*};
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::{Element, HtmlElement};

use crate::api::admin::analytics::Drawing;

/// What the module calls itself.
const MODULE: &str = "soukChart";
const SCRIPT: &str = "souk-chart-script";

/// One chart, for the eye and the mouse: whatever shows it gives the same figures as a table. `pick` hears the number of
/// the bar that was clicked.
pub fn chart(label: String, drawing: Drawing, pick: Callback<usize>) -> AnyView {
    let place = NodeRef::<html::Div>::new();
    let failed = RwSignal::new(false);
    let held = StoredValue::new_local(None::<Held>);
    Effect::new(move |_| {
        let Some(element) = place.get() else { return };
        let element: HtmlElement = element.into();
        let drawing = drawing.clone();
        let draw = move || {
            // Gone before the module came.
            if held.try_get_value().is_none() {
                return;
            }
            match Held::draw(element.clone(), &drawing, pick) {
                Some(drawn) => held.set_value(Some(drawn)),
                None => failed.set(true),
            }
        };
        with_module(draw, move || {
            // Gone before: nobody is to be told.
            let _ = failed.try_set(true);
        });
    });
    on_cleanup(move || {
        held.try_update_value(|held| {
            if let Some(held) = held.take() {
                held.remove();
            }
        });
    });
    let sorry = move || {
        failed.get().then(|| {
            view! { <p class="chart__sorry muted">"The chart could not be drawn. The table has the same figures."</p> }
        })
    };
    view! {
        <div class="chart" class:is-failed=move || failed.get()>
            <div class="chart__canvas" role="img" aria-label=label node_ref=place></div>
            {sorry}
        </div>
    }
    .into_any()
}

/// Lives as long as the chart: the module calls the closure.
#[derive(Clone)]
struct Held {
    element: HtmlElement,
    _pick: std::rc::Rc<Closure<dyn Fn(f64)>>,
}

impl Held {
    fn draw(element: HtmlElement, drawing: &Drawing, pick: Callback<usize>) -> Option<Self> {
        let heard = Closure::<dyn Fn(f64)>::new(move |index: f64| {
            if index >= 0.0 {
                // Drawn anew since: the click is for nobody.
                let _ = pick.try_run(index as usize);
            }
        });
        let tips: Array = drawing.tips.iter().map(JsValue::from).collect();
        let args = Array::of4(&element, &JsValue::from(&drawing.chart), &tips, heard.as_ref());
        call("draw", &args)?;
        Some(Self { element, _pick: heard.into() })
    }

    fn remove(self) {
        drop(call("remove", &Array::of1(&self.element)));
    }
}

fn module() -> Option<JsValue> {
    Reflect::get(&window(), &MODULE.into()).ok().filter(JsValue::is_object)
}

fn call(name: &str, args: &Array) -> Option<JsValue> {
    let module = module()?;
    let function: Function = Reflect::get(&module, &name.into()).ok()?.dyn_into().ok()?;
    Reflect::apply(&function, &module, args).ok()
}

/// Now, or once the module is there.
fn with_module(then: impl Fn() + 'static, failed: impl Fn() + 'static) {
    if module().is_some() {
        return then();
    }
    let Some(script) = script() else { return failed() };
    for (event, act) in [("load", Closure::once_into_js(then)), ("error", Closure::once_into_js(failed))] {
        drop(script.add_event_listener_with_callback(event, act.unchecked_ref()));
    }
}

/// The element that loads it. One that failed is not kept, so that the next chart tries again.
fn script() -> Option<Element> {
    if let Some(known) = document().get_element_by_id(SCRIPT) {
        return Some(known);
    }
    let address = document().query_selector("meta[name=souk-chart]").ok()??.get_attribute("content")?;
    let script = document().create_element("script").ok()?;
    for (name, value) in [("id", SCRIPT), ("type", "module"), ("src", &address)] {
        script.set_attribute(name, value).ok()?;
    }
    let broken = script.clone();
    let forget = Closure::once_into_js(move || broken.remove());
    drop(script.add_event_listener_with_callback("error", forget.unchecked_ref()));
    document().body()?.append_child(&script).ok()?;
    Some(script)
}

/// What the colours mean: class and words.
pub fn legend(entries: Vec<(&'static str, String)>) -> AnyView {
    let entry = |(class, text): (&'static str, String)| view! { <li class=class>{text}</li> }.into_any();
    view! { <ul class="legend">{entries.into_iter().map(entry).collect::<Vec<_>>()}</ul> }.into_any()
}

/// Opens and closes by itself; its body is made when it is opened.
pub fn figures(summary: &'static str, body: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    let open = RwSignal::new(false);
    let place = NodeRef::<html::Details>::new();
    let toggle = move |_| {
        if let Some(details) = place.get_untracked() {
            open.set(details.has_attribute("open"));
        }
    };
    view! {
        <details class="figures-table" node_ref=place on:toggle=toggle>
            <summary>{summary}</summary>
            {move || open.get().then(&body)}
        </details>
    }
    .into_any()
}
