mod content;
mod pictures;
mod scale;
