//! Generated catalogues.
