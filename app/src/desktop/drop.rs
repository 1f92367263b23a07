//! Files that are dropped on the window. WebKitGTK tells a page of a drag, and keeps its files: the app reads those that were
//! dropped, and they arrive here as in a browser, at the place where they fell.

use js_sys::{Array, Function, Object, Reflect};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, EventInit};

use super::shell;

pub fn start() {
    shell::listen("tauri://drag-over", |payload| {
        // Where nothing is, nobody takes it.
        let _ = arrive("dragover", &payload, &Array::new());
    });
    shell::listen("tauri://drag-drop", |payload| {
        spawn_local(async move {
            let files = Array::new();
            for path in list(&payload, "paths").iter().filter_map(|path| path.as_string()) {
                let name = path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
                match shell::take_dropped()
                    .await
                    .and_then(|bytes| file(&name, &bytes).ok_or_else(|| name.clone()))
                {
                    Ok(file) => drop(files.push(&file)),
                    Err(error) => leptos::logging::error!("{error}"),
                }
            }
            let _ = arrive("drop", &payload, &files);
        });
    });
}

fn list(of: &JsValue, name: &str) -> Array {
    Reflect::get(of, &name.into())
        .ok()
        .filter(JsValue::is_object)
        .map_or_else(Array::new, |list| Array::from(&list))
}

fn file(name: &str, bytes: &JsValue) -> Option<JsValue> {
    let make: Function = Reflect::get(&window(), &"File".into()).ok()?.dyn_into().ok()?;
    Reflect::construct(&make, &Array::of2(&Array::of1(bytes), &name.into())).ok()
}

/// The event that a browser would have sent.
fn arrive(kind: &str, payload: &JsValue, files: &Array) -> Option<()> {
    let position = Reflect::get(payload, &"position".into()).ok()?;
    let pixels = window().device_pixel_ratio();
    let along = |axis: &str| Some((Reflect::get(&position, &axis.into()).ok()?.as_f64()? / pixels) as f32);
    let element = document().element_from_point(along("x")?, along("y")?)?;
    let init = EventInit::new();
    init.set_bubbles(true);
    init.set_cancelable(true);
    let event = Event::new_with_event_init_dict(kind, &init).ok()?;
    let data = Object::new();
    Reflect::set(&data, &"types".into(), &Array::of1(&"Files".into())).ok()?;
    Reflect::set(&data, &"files".into(), files).ok()?;
    Reflect::set(&event, &"dataTransfer".into(), &data).ok()?;
    element.dispatch_event(&event).ok().map(drop)
}
