use resvg::usvg;

/// What can be wrong with the embedded content. Tests keep it from happening in a release.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error("{file}: {error}")]
    Toml { file: &'static str, error: Box<toml::de::Error> },
    #[error("{product}: {what}")]
    Content { product: String, what: String },
    #[error("no usable icon {0:?}")]
    Icon(String),
    #[error("{icon} is not an SVG that can be drawn: {error}")]
    Svg { icon: String, error: usvg::Error },
    #[error("a picture of this size can't be made")]
    Canvas,
    #[error("the picture can't be written as PNG: {0}")]
    Png(image::ImageError),
}

impl DemoError {
    pub(crate) fn content(product: &str, what: impl Into<String>) -> Self {
        Self::Content { product: product.to_owned(), what: what.into() }
    }
}
