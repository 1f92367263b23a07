//! Icons, drawn for Souk on a grid of 24 by 24 as one stroke each.

use leptos::prelude::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    Alert,
    Back,
    Bag,
    Box,
    /// Only there where something uses it: the shop's wasm has no byte to spare.
    #[cfg(feature = "admin")]
    Chart,
    Check,
    Close,
    Down,
    Filter,
    Left,
    Lock,
    Menu,
    Minus,
    #[cfg(feature = "admin")]
    People,
    Plus,
    Return,
    Right,
    Search,
    Shield,
    Star,
    #[cfg(feature = "admin")]
    Tag,
    Trash,
    Truck,
    User,
}

impl Icon {
    /// The path's `d`.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Alert => "M12 4l9 16H3zM12 10v4.500M12 17.300v.2",
            Self::Back => "M19 12H5M11 6l-6 6 6 6",
            Self::Bag => "M5.500 8h13l1 12.500h-15zM8.500 10.500V7a3.500 3.500 0 0 1 7 0v3.500",
            Self::Box => "M4 7.500l8-4 8 4v9l-8 4-8-4zM4 7.500l8 4 8-4M12 11.500v9",
            #[cfg(feature = "admin")]
            Self::Chart => "M4 20V4M4 20h16M8.500 16v-4M13 16V8M17.500 16v-6",
            Self::Check => "M5 12.500l4.500 4.500L19 7.500",
            Self::Close => "M6 6l12 12M18 6 6 18",
            Self::Down => "M6 9.500l6 6 6-6",
            Self::Filter => "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.700v4.600M9 14.700v4.600",
            Self::Left => "M14.500 6l-6 6 6 6",
            Self::Lock => "M6 11h12v9H6zM9 11V8a3 3 0 0 1 6 0v3",
            Self::Menu => "M4 7h16M4 12h16M4 17h16",
            Self::Minus => "M6 12h12",
            #[cfg(feature = "admin")]
            Self::People => {
                "M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM2.500 20c0-4 2.500-6 6.500-6s6.500 2 6.500 6M16 4.300a3.500 3.500 0 0 1 0 6.400M18 14.300c2.300.8 3.500 2.700 3.500 5.700"
            }
            Self::Plus => "M12 6v12M6 12h12",
            Self::Return => "M4 9.500h11a5 5 0 0 1 0 10H9M8 5.500l-4 4 4 4",
            Self::Right => "M9.500 6l6 6-6 6",
            Self::Search => "M11 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14zM16.500 16.500 21 21",
            Self::Shield => {
                "M12 3.500l7.500 2.500v6c0 4.500-3 7.300-7.500 8.500-4.500-1.200-7.500-4-7.500-8.500V6zM8.500 12l2.500 2.500 4.500-4.500"
            }
            Self::Star => {
                "M12 3.500l2.600 5.400 5.900.8-4.300 4.100 1 5.900-5.200-2.800-5.200 2.800 1-5.900-4.300-4.100 5.900-.8z"
            }
            #[cfg(feature = "admin")]
            Self::Tag => "M4 4h7.500l8.500 8.500-7.500 7.500L4 11.500zM8.200 8v.4",
            Self::Trash => "M4.500 7h15M9.500 7V4.500h5V7M6.500 7l1 13h9l1-13",
            Self::Truck => {
                "M2.500 6.500H14v10H2.500zM14 10h4l3.500 3.500v3H14M7 16.500a2 2 0 1 1 0 4 2 2 0 0 1 0-4zM17 16.500a2 2 0 1 1 0 4 2 2 0 0 1 0-4z"
            }
            Self::User => {
                "M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM4.500 20.500c.6-4 3.600-6 7.500-6s6.900 2 7.500 6"
            }
        }
    }

    /// Whether it points along the line of text, so that it turns round in right-to-left scripts.
    const fn is_directional(self) -> bool {
        matches!(self, Self::Back | Self::Left | Self::Return | Self::Right | Self::Truck)
    }
}

/// Hidden from screen readers: what stands beside it, or the control's `aria-label`, says what it means.
pub fn icon(icon: Icon) -> AnyView {
    let class = if icon.is_directional() { "icon icon--turn" } else { "icon" };
    view! {
        <svg class=class viewBox="0 0 24 24" aria-hidden="true">
            <path d=icon.path()></path>
        </svg>
    }
    .into_any()
}
