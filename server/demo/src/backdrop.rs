//! Designed backdrops: a wall, a floor and one plain shape, all derived from a single colour.

use std::fmt::Write as _;

use crate::colour::{Lch, Rgb};

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Setting {
    /// A niche with a round top.
    Arch,
    /// A disc behind and a round plinth below.
    Plinth,
    /// Light through a window.
    Window,
    /// Hills and a low sun.
    Hills,
    /// Blocks, as in a stage set.
    Steps,
    /// A sunburst.
    Rays,
    /// Two tones cut by a diagonal: seen from above.
    Diagonal,
    /// A disc on a plain surface: seen from above.
    Disc,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Backdrop {
    pub setting: Setting,
    pub colour: Rgb,
}

/// Where things stand, in thousandths of the height.
pub(crate) const FLOOR: f32 = 790.0;

struct Tones {
    wall: [Rgb; 2],
    floor: [Rgb; 2],
    shape: [Rgb; 2],
    light: Rgb,
}

impl Backdrop {
    fn tones(self) -> Tones {
        let Lch { l, c, h } = self.colour.lch();
        // Dark and strong colours give a deeper room, pale ones stay airy.
        let depth = (0.93 - l).clamp(0.0, 0.5) * 0.09;
        let tone = |lightness: f64, chroma: f64, turn: f64| {
            Lch::new(lightness - depth, (c * 0.62).min(chroma), h + turn).rgb()
        };
        Tones {
            wall: [tone(0.965, 0.035, 0.0), tone(0.905, 0.062, -0.015)],
            floor: [tone(0.895, 0.075, 0.0), tone(0.845, 0.095, -0.015)],
            shape: [tone(0.925, 0.070, 0.02), tone(0.865, 0.100, 0.0)],
            light: tone(0.985, 0.02, 0.0),
        }
    }

    /// The SVG, `width` by 1000 units. No filters: they cost more than all the rest.
    pub(crate) fn svg(self, width: f32) -> String {
        let tones = self.tones();
        let mid = width / 2.0;
        let mut body = String::new();
        let mut defs = String::new();
        gradient(&mut defs, "wall", (0.0, 0.0, 1.0, 1.0), tones.wall);
        gradient(&mut defs, "floor", (0.0, 0.0, 0.0, 1.0), tones.floor);
        gradient(&mut defs, "shape", (0.0, 0.0, 0.3, 1.0), tones.shape);
        gradient(&mut defs, "rise", (0.0, 1.0, 0.2, 0.0), tones.shape);
        let light = tones.light.hex();
        let wall = format!(r#"<rect width="{width}" height="1000" fill="url(#wall)"/>"#);
        let floor = format!(r#"<rect y="715" width="{width}" height="285" fill="url(#floor)"/>"#);
        match self.setting {
            Setting::Arch => {
                let (left, right) = (mid - 300.0, mid + 300.0);
                body.push_str(&wall);
                put(
                    &mut body,
                    format_args!(
                        r#"<path d="M{left} 1000V430A300 300 0 0 1 {right} 430V1000Z" fill="url(#shape)"/>"#
                    ),
                );
                put(
                    &mut body,
                    format_args!(
                        r#"<path d="M{} 715V430A270 270 0 0 1 {} 430V715Z" fill="url(#rise)" fill-opacity=".55"/>"#,
                        left + 30.0,
                        right - 30.0
                    ),
                );
                body.push_str(&floor);
            }
            Setting::Plinth => {
                body.push_str(&wall);
                put(&mut body, format_args!(r#"<circle cx="{mid}" cy="450" r="330" fill="url(#shape)"/>"#));
                body.push_str(&floor);
                let (left, right) = (mid - 345.0, mid + 345.0);
                put(
                    &mut body,
                    format_args!(
                        r#"<path d="M{left} 790V905A345 62 0 0 0 {right} 905V790Z" fill="url(#shape)"/>"#
                    ),
                );
                put(
                    &mut body,
                    format_args!(r#"<ellipse cx="{mid}" cy="790" rx="345" ry="62" fill="{light}"/>"#),
                );
            }
            Setting::Window => {
                body.push_str(&wall);
                for x in [mid - 330.0, mid + 10.0] {
                    put(
                        &mut body,
                        format_args!(
                            r#"<path d="M{} 90H{}L{} 380H{}ZM{} 410H{}L{} 715H{}Z" fill="{light}" fill-opacity=".7"/>"#,
                            x + 130.0,
                            x + 430.0,
                            x + 330.0,
                            x + 30.0,
                            x + 20.0,
                            x + 320.0,
                            x + 215.0,
                            x - 85.0
                        ),
                    );
                }
                body.push_str(&floor);
            }
            Setting::Hills => {
                let sky = Lch { c: 0.05, ..tones.light.lch() }.rgb().hex();
                body.push_str(&wall);
                put(
                    &mut body,
                    format_args!(r#"<circle cx="{}" cy="300" r="165" fill="{sky}"/>"#, mid + 210.0),
                );
                put(
                    &mut body,
                    format_args!(
                        r#"<path d="M0 620Q{} 400 {} 600T{width} 560V1000H0Z" fill="url(#shape)"/>"#,
                        width * 0.25,
                        width * 0.5
                    ),
                );
                put(
                    &mut body,
                    format_args!(
                        r#"<path d="M0 740Q{} 610 {} 700T{width} 680V1000H0Z" fill="url(#floor)"/>"#,
                        width * 0.3,
                        width * 0.6
                    ),
                );
            }
            Setting::Steps => {
                body.push_str(&wall);
                put(
                    &mut body,
                    format_args!(
                        r#"<rect x="{}" y="240" width="380" height="475" rx="6" fill="url(#shape)"/>"#,
                        mid - 60.0
                    ),
                );
                put(
                    &mut body,
                    format_args!(
                        r#"<rect x="{}" y="470" width="300" height="245" rx="6" fill="url(#rise)"/>"#,
                        mid - 380.0
                    ),
                );
                put(
                    &mut body,
                    format_args!(r#"<circle cx="{}" cy="395" r="75" fill="{light}"/>"#, mid - 230.0),
                );
                body.push_str(&floor);
            }
            Setting::Rays => {
                body.push_str(&wall);
                let reach = width.max(1000.0) * 1.2;
                for ray in 0..12_u8 {
                    let angle = f32::from(ray) / 12.0 * std::f32::consts::TAU + 0.12;
                    let (end, width) = (angle + 0.26, 480.0);
                    put(
                        &mut body,
                        format_args!(
                            r#"<path d="M{mid} {width}L{} {}L{} {}Z" fill="url(#shape)" fill-opacity=".6"/>"#,
                            mid + reach * angle.cos(),
                            width + reach * angle.sin(),
                            mid + reach * end.cos(),
                            width + reach * end.sin()
                        ),
                    );
                }
                put(
                    &mut body,
                    format_args!(r#"<circle cx="{mid}" cy="480" r="300" fill="{light}" fill-opacity=".8"/>"#),
                );
                body.push_str(&floor);
            }
            Setting::Diagonal => {
                put(&mut body, format_args!(r#"<rect width="{width}" height="1000" fill="url(#wall)"/>"#));
                put(
                    &mut body,
                    format_args!(
                        r#"<path d="M{width} 0V1000H{}L{} 0Z" fill="url(#shape)"/>"#,
                        mid - 260.0,
                        mid + 260.0
                    ),
                );
            }
            Setting::Disc => {
                body.push_str(&wall);
                put(&mut body, format_args!(r#"<circle cx="{mid}" cy="500" r="385" fill="url(#shape)"/>"#));
                put(
                    &mut body,
                    format_args!(
                        r#"<circle cx="{mid}" cy="500" r="330" fill="url(#rise)" fill-opacity=".5"/>"#
                    ),
                );
            }
        }
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} 1000"><defs>{defs}</defs>{body}</svg>"#
        )
    }

    /// A shadow's colour in this room: never plain black.
    pub(crate) fn shadow(self) -> Rgb {
        let Lch { c, h, .. } = self.colour.lch();
        Lch::new(0.34, (c * 0.8).min(0.08), h).rgb()
    }
}

fn gradient(defs: &mut String, id: &str, (x1, y1, x2, y2): (f32, f32, f32, f32), stops: [Rgb; 2]) {
    put(
        defs,
        format_args!(
            r#"<linearGradient id="{id}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"><stop stop-color="{}"/><stop offset="1" stop-color="{}"/></linearGradient>"#,
            stops[0].hex(),
            stops[1].hex()
        ),
    );
}

/// Writing to a `String` can't fail.
fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}
