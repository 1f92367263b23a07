//! From what people write to what is compared: words, codes, and HTML without its tags.

use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, LowerCaser, RemoveLongFilter, SimpleTokenizer, Stemmer, TextAnalyzer,
};

/// Longer queries are cut: nobody types more to find a product.
const MAX_CHARS: usize = 200;
const MAX_WORDS: usize = 12;
const LONGEST_WORD: usize = 64;
const LONGEST_DESCRIPTION: usize = 20_000;

/// Too common to narrow a search.
const STOP_WORDS: [&str; 15] =
    ["a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "under", "with"];

/// Lower-case words without accents.
pub(crate) fn plain_analyzer() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(LONGEST_WORD))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .build()
}

/// The same as English stems: `running` and `runs` are one.
pub(crate) fn stem_analyzer() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(LONGEST_WORD))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .filter(Stemmer::new(Language::English))
        .build()
}

fn tokens(analyzer: &mut TextAnalyzer, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    analyzer.token_stream(text).process(&mut |token| found.push(token.text.clone()));
    found
}

/// A word as it was typed and as its stem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    pub plain: String,
    pub stem: String,
}

impl Word {
    pub(crate) fn new(plain: String) -> Self {
        let stem = tokens(&mut stem_analyzer(), &plain).pop().unwrap_or_else(|| plain.clone());
        Self { plain, stem }
    }
}

pub(crate) fn words(text: &str) -> Vec<Word> {
    tokens(&mut plain_analyzer(), &join_apostrophes(text)).into_iter().map(Word::new).collect()
}

/// What stands between blanks: one word mostly, several in `t-shirt`; or a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chunk {
    pub words: Vec<Word>,
    pub code: String,
}

/// A query as typed, cut to a sane length.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Typed {
    pub chunks: Vec<Chunk>,
    /// It says nothing at all, and not only nothing that could be found.
    pub blank: bool,
}

impl Typed {
    pub(crate) fn parse(query: &str) -> Self {
        let query: String =
            query.chars().take(MAX_CHARS).map(|c| if c.is_control() { ' ' } else { c }).collect();
        let query = join_apostrophes(&query);
        let mut plain = plain_analyzer();
        let mut chunks: Vec<Chunk> = Vec::new();
        let mut left = MAX_WORDS;
        for part in query.split_whitespace() {
            let words: Vec<Word> = tokens(&mut plain, part).into_iter().take(left).map(Word::new).collect();
            if !words.is_empty() {
                left -= words.len();
                chunks.push(Chunk { words, code: code(part) });
            }
            if left == 0 {
                break;
            }
        }
        let common = |chunk: &Chunk| chunk.words.iter().all(|word| STOP_WORDS.contains(&word.plain.as_str()));
        if !chunks.iter().all(common) {
            chunks.retain(|chunk| !common(chunk));
        }
        Self { chunks, blank: query.trim().is_empty() }
    }

    /// Equal for queries that find the same.
    pub(crate) fn key(&self) -> String {
        let words = self.chunks.iter().map(|chunk| {
            let words: Vec<&str> = chunk.words.iter().map(|word| word.plain.as_str()).collect();
            format!("{}/{}", words.join("-"), chunk.code)
        });
        let words: Vec<String> = words.collect();
        if self.blank { String::new() } else { format!("={}", words.join(" ")) }
    }
}

/// `men's` is `mens`, whose stem is `men`.
pub(crate) fn join_apostrophes(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '\'' | '’' | '\u{2bc}')).collect()
}

/// A SKU or a barcode without case and punctuation: `TS-100 ` is `ts100`.
pub(crate) fn code(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The words of sanitised HTML.
pub(crate) fn strip_html(html: &str) -> String {
    let mut text = String::with_capacity(html.len().min(LONGEST_DESCRIPTION));
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        if text.len() > LONGEST_DESCRIPTION {
            break;
        }
        if rest.starts_with('<') {
            text.push(' ');
            rest = rest.find('>').map_or("", |end| &rest[end + 1..]);
        } else {
            let end = rest.char_indices().take(12).find(|(_, c)| *c == ';').map(|(at, _)| at);
            match end.and_then(|end| Some((end, entity(&rest[1..end])?))) {
                Some((end, c)) => {
                    text.push(c);
                    rest = &rest[end + 1..];
                }
                None => {
                    text.push('&');
                    rest = &rest[1..];
                }
            }
        }
    }
    text.push_str(rest);
    if text.len() > LONGEST_DESCRIPTION {
        text.truncate(text.floor_char_boundary(LONGEST_DESCRIPTION));
    }
    text
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stems(query: &str) -> Vec<String> {
        let typed = Typed::parse(query);
        typed.chunks.into_iter().flat_map(|chunk| chunk.words).map(|word| word.stem).collect()
    }

    #[test]
    fn words_are_folded_and_stemmed() {
        assert_eq!(stems("Men's RUNNING shoes"), ["men", "run", "shoe"]);
        assert_eq!(stems("Crème brûlée"), ["creme", "brule"]);
    }

    #[test]
    fn common_words_go_unless_there_are_no_others() {
        assert_eq!(stems("shoes for the beach"), ["shoe", "beach"]);
        assert_eq!(stems("the"), ["the"]);
    }

    #[test]
    fn hostile_queries_are_cut_down() {
        assert!(Typed::parse(" \u{0}\n ").blank);
        let symbols = Typed::parse("++ (\"*:[~^");
        assert!(!symbols.blank && symbols.chunks.is_empty());
        let long = Typed::parse(&"word ".repeat(10_000));
        assert_eq!(long.chunks.len(), MAX_WORDS);
        assert!(stems(&"x".repeat(5000)).is_empty());
    }

    #[test]
    fn html_becomes_text() {
        assert_eq!(
            strip_html("<p>Soft &amp; <b>warm</b></p><p>caf&#233;</p>")
                .split_whitespace()
                .collect::<Vec<_>>(),
            ["Soft", "&", "warm", "café"]
        );
        assert_eq!(strip_html("a < b"), "a  ");
        assert_eq!(strip_html("AT&T &nope;"), "AT&T &nope;");
    }

    #[test]
    fn codes_ignore_case_and_punctuation() {
        assert_eq!(code("TS-100/red "), "ts100red");
    }
}
