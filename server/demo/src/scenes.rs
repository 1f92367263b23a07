//! Which pictures a product gets, and how things are arranged in them.

use std::collections::BTreeMap;

use crate::{
    DemoError,
    backdrop::{Backdrop, FLOOR, Setting},
    colour::{Paint, Rgb},
    content::{Category, HeroText, PaintText, Product, Shot},
    icon::{self, Icon},
    picture::{PictureSpec, Place, Scene, Thing},
    shop::DemoOption,
};

/// Colours that get a picture of their own; a product with more shows the rest in words.
const MOST_COLOURS: usize = 8;

/// A product in front of the camera.
pub(crate) struct Studio<'a> {
    product: &'a Product,
    setting: Setting,
    room: Rgb,
    /// Place of the colour among the options, and its names and values.
    colours: Option<(usize, Vec<(String, Rgb)>)>,
    paint: Paint,
}

impl<'a> Studio<'a> {
    pub(crate) fn new(
        product: &'a Product,
        category: &Category,
        options: &[DemoOption],
        palette: &BTreeMap<String, Rgb>,
    ) -> Result<Self, DemoError> {
        let wrong = |what: String| DemoError::content(&product.handle, what);
        let colours = options.iter().position(|option| !option.swatches.is_empty()).map(|at| {
            let named =
                options[at].values.iter().filter_map(|name| Some((name.clone(), *palette.get(name)?)));
            (at, named.collect())
        });
        let backdrop = product.backdrop.as_deref().unwrap_or(&category.backdrop);
        let paint = match &product.paint {
            None => Paint::Main,
            Some(PaintText::Hue(degrees)) => Paint::Hue(*degrees),
            Some(PaintText::Word(word)) if word == "main" => Paint::Main,
            Some(PaintText::Word(word)) if word == "greys" => Paint::Greys,
            Some(PaintText::Word(word)) => return Err(wrong(format!("paint {word:?}"))),
        };
        if product.pictures.contains(&Shot::With) != product.with.is_some() {
            return Err(wrong("a second icon and the picture `with` it need each other".to_owned()));
        }
        for name in std::iter::once(&product.icon).chain(product.with.iter().map(|(icon, _)| icon)) {
            if !icon::exists(name) {
                return Err(DemoError::Icon(name.clone()));
            }
        }
        Ok(Self {
            product,
            setting: product.setting.unwrap_or(if product.lying { Setting::Disc } else { category.setting }),
            room: Rgb::parse(backdrop).ok_or_else(|| wrong(format!("backdrop {backdrop:?}")))?,
            colours,
            paint,
        })
    }

    /// The front in the first colour, the other shots, then a front in each further colour.
    pub(crate) fn pictures(&self) -> Vec<PictureSpec> {
        let mut pictures = vec![self.front(self.shown_colours().first())];
        pictures.extend(self.product.pictures.iter().map(|shot| match shot {
            Shot::Detail => self.detail(),
            Shot::With => self.with(),
            Shot::Pair => self.pair(),
            Shot::Colours => self.all_colours(),
        }));
        pictures.extend(self.shown_colours().iter().skip(1).map(|colour| self.front(Some(colour))));
        pictures
    }

    /// Where in [`Self::pictures`] a variant's own picture is.
    pub(crate) fn picture_of(&self, values: &[String]) -> usize {
        let colour = self.colours.as_ref().and_then(|(at, _)| values.get(*at));
        match colour.and_then(|name| self.shown_colours().iter().position(|(shown, _)| shown == name)) {
            None | Some(0) => 0,
            Some(further) => self.product.pictures.len() + further,
        }
    }

    fn shown_colours(&self) -> &[(String, Rgb)] {
        self.colours.as_ref().map_or(&[], |(_, all)| &all[..all.len().min(MOST_COLOURS)])
    }

    fn icon(&self, colour: Option<Rgb>) -> Icon {
        let mut icon = Icon::plain(&self.product.icon);
        icon.paint = colour.map(|colour| (self.paint, colour));
        icon
    }

    fn first_colour(&self) -> Option<Rgb> {
        self.shown_colours().first().map(|(_, colour)| *colour)
    }

    fn room(&self, colour: Option<Rgb>) -> Backdrop {
        Backdrop { setting: self.setting, colour: colour.unwrap_or(self.room) }
    }

    fn place(&self, x: f32, y: f32) -> Place {
        if self.product.lying { Place::Lying { x, y } } else { Place::Standing { x, base: y } }
    }

    fn square(&self, name: &str, alt: String, backdrop: Backdrop, things: Vec<Thing>) -> PictureSpec {
        PictureSpec {
            file_name: format!("{}-{name}.png", self.product.handle),
            alt: sentence(&alt),
            scene: Scene { backdrop, ratio: 1.0, things },
        }
    }

    fn front(&self, colour: Option<&(String, Rgb)>) -> PictureSpec {
        let shows = &self.product.shows;
        let (name, alt) = match colour {
            Some((name, _)) => (slug(name), format!("{shows}, {}", name.to_lowercase())),
            None => ("front".to_owned(), shows.clone()),
        };
        let colour = colour.map(|(_, value)| *value);
        let at = if self.product.lying { self.place(500.0, 500.0) } else { self.place(500.0, FLOOR + 15.0) };
        self.square(
            &name,
            alt,
            self.room(colour),
            vec![Thing { icon: self.icon(colour), at, size: 600.0, turn: 0.0 }],
        )
    }

    fn detail(&self) -> PictureSpec {
        let colour = self.first_colour();
        let backdrop = Backdrop { setting: Setting::Diagonal, ..self.room(colour) };
        let at = Place::Lying { x: 560.0, y: 575.0 };
        let thing = Thing { icon: self.icon(colour), at, size: 930.0, turn: -8.0 };
        self.square("detail", format!("{}, close up", self.product.shows), backdrop, vec![thing])
    }

    fn with(&self) -> PictureSpec {
        let colour = self.first_colour();
        let (other, shows) = match &self.product.with {
            Some((icon, shows)) => (Icon::plain(icon), shows.as_str()),
            None => (self.icon(colour), "another"),
        };
        let (main, second) = if self.product.lying {
            (self.place(400.0, 440.0), self.place(745.0, 730.0))
        } else {
            (self.place(395.0, FLOOR - 5.0), self.place(760.0, FLOOR + 75.0))
        };
        let things = vec![
            Thing { icon: self.icon(colour), at: main, size: 540.0, turn: 0.0 },
            Thing { icon: other, at: second, size: 290.0, turn: 0.0 },
        ];
        self.square("with", format!("{} beside {shows}", self.product.shows), self.room(colour), things)
    }

    fn pair(&self) -> PictureSpec {
        let colour = self.first_colour();
        let second = self.shown_colours().get(1).map(|(_, colour)| *colour).or(colour);
        let (back, front, turn) = if self.product.lying {
            (self.place(630.0, 400.0), self.place(385.0, 600.0), 24.0)
        } else {
            (self.place(675.0, FLOOR - 35.0), self.place(355.0, FLOOR + 65.0), 0.0)
        };
        let things = vec![
            Thing { icon: self.icon(second), at: back, size: 430.0, turn },
            Thing { icon: self.icon(colour), at: front, size: 490.0, turn: 0.0 },
        ];
        self.square("pair", format!("{}, and a second one", self.product.shows), self.room(colour), things)
    }

    fn all_colours(&self) -> PictureSpec {
        let shown = self.shown_colours();
        let places: &[(f32, f32, f32)] = match (self.product.lying, shown.len()) {
            (false, 0..=2) => &[(680.0, FLOOR - 35.0, 450.0), (335.0, FLOOR + 55.0, 480.0)],
            (false, _) => {
                &[(775.0, FLOOR - 45.0, 400.0), (230.0, FLOOR - 45.0, 400.0), (502.0, FLOOR + 80.0, 470.0)]
            }
            (true, 0..=2) => &[(660.0, 370.0, 450.0), (350.0, 625.0, 460.0)],
            (true, _) => &[(715.0, 290.0, 400.0), (270.0, 400.0, 400.0), (610.0, 720.0, 430.0)],
        };
        let things = places
            .iter()
            .zip(shown.iter().take(places.len()).rev())
            .map(|(&(x, y, size), (_, colour))| {
                let at = self.place(x, y);
                Thing { icon: self.icon(Some(*colour)), at, size, turn: 0.0 }
            })
            .collect();
        let names: Vec<_> = shown.iter().take(places.len()).map(|(name, _)| name.to_lowercase()).collect();
        let alt = format!("{}, in {}", self.product.shows, names.join(", "));
        self.square("colours", alt, self.room(None), things)
    }
}

/// A category's picture, 4 to 3: its icons side by side, the first in the middle.
pub(crate) fn collection(
    handle: &str,
    title: &str,
    icons: &[String],
    setting: Setting,
    room: Rgb,
) -> PictureSpec {
    let places = [(1000.0, FLOOR - 25.0, 400.0), (335.0, FLOOR - 25.0, 400.0), (667.0, FLOOR + 50.0, 500.0)];
    let order = [1, 2, 0];
    let things = order
        .iter()
        .zip(places)
        .filter_map(|(&index, (x, base, size))| {
            let icon = Icon::plain(icons.get(index)?);
            Some(Thing { icon, at: Place::Standing { x, base }, size, turn: 0.0 })
        })
        .collect();
    PictureSpec {
        file_name: format!("collection-{handle}.png"),
        alt: format!("Things from {title}, arranged on a plain backdrop"),
        scene: Scene { backdrop: Backdrop { setting, colour: room }, ratio: 4.0 / 3.0, things },
    }
}

/// A picture that all generated products of a type share: the same file name each time.
pub(crate) fn shared(icon: &str, kind: &str) -> PictureSpec {
    let hue = icon.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte))) % 360;
    let colour = crate::colour::Lch::new(0.75, 0.11, f64::from(hue) / 360.0).rgb();
    let at = Place::Lying { x: 500.0, y: 500.0 };
    PictureSpec {
        file_name: format!("shared-{icon}.png"),
        alt: format!("A picture that stands for {}", kind.to_lowercase()),
        scene: Scene {
            backdrop: Backdrop { setting: Setting::Disc, colour },
            ratio: 1.0,
            things: vec![Thing { icon: Icon::plain(icon), at, size: 600.0, turn: 0.0 }],
        },
    }
}

pub(crate) fn hero(
    text: &HeroText,
    room: Rgb,
    palette: &BTreeMap<String, Rgb>,
) -> Result<PictureSpec, DemoError> {
    let things = text
        .things
        .iter()
        .map(|thing| {
            if !icon::exists(&thing.icon) {
                return Err(DemoError::Icon(thing.icon.clone()));
            }
            let mut icon = Icon::plain(&thing.icon);
            if let Some(name) = &thing.colour {
                let colour = palette
                    .get(name)
                    .ok_or_else(|| DemoError::content("hero", format!("colour {name:?}")))?;
                icon.paint = Some((Paint::Main, *colour));
            }
            let at = if thing.hangs {
                Place::Lying { x: thing.x, y: thing.base }
            } else {
                Place::Standing { x: thing.x, base: thing.base }
            };
            Ok(Thing { icon, at, size: thing.size, turn: thing.turn })
        })
        .collect::<Result<_, _>>()?;
    Ok(PictureSpec {
        file_name: "hero.png".to_owned(),
        alt: text.alt.clone(),
        scene: Scene {
            backdrop: Backdrop { setting: Setting::Arch, colour: room },
            ratio: 5.0 / 3.0,
            things,
        },
    })
}

fn slug(name: &str) -> String {
    name.to_lowercase().replace(' ', "-")
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
