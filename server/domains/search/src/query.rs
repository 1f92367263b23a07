//! From words to a query. Every word must be found somewhere; where it stands decides the rank.
//!
//! A word that some product has is taken at its word: `shirt` doesn't find skirts. One that no product has is
//! corrected to the nearest that are known. Only where nothing comes of that are all words forgiven, and then a
//! product may lack some of them.

use tantivy::{
    Result, Searcher, Term,
    query::{
        AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, FuzzyTermQuery, Query,
        TermQuery,
    },
    schema::{Field, IndexRecordOption},
};

use crate::{
    schema::Fields,
    text::{Chunk, Typed, Word},
};

/// Corrections of one word that are followed.
const MAX_CORRECTIONS: usize = 12;
/// An unfinished word of fewer letters is looked for in titles, labels and options only.
const BODY_PREFIX: usize = 3;
const CODE_PREFIX: usize = 3;

/// How much is forgiven: tried in this order until something is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mercy {
    /// Words that no product has are corrected.
    Unknown,
    /// All words are.
    Every,
    /// And some may be missing.
    Missing,
}

impl Mercy {
    pub(crate) const FOR_LISTS: [Self; 3] = [Self::Unknown, Self::Every, Self::Missing];
    pub(crate) const FOR_SUGGESTIONS: [Self; 2] = [Self::Unknown, Self::Every];
}

pub(crate) struct Plan<'a> {
    searcher: &'a Searcher,
    fields: Fields,
    typed: &'a Typed,
}

impl<'a> Plan<'a> {
    pub(crate) fn new(searcher: &'a Searcher, fields: Fields, typed: &'a Typed) -> Self {
        Self { searcher, fields, typed }
    }

    /// None where nothing can match.
    pub(crate) fn query(&self, mercy: Mercy) -> Result<Option<Box<dyn Query>>> {
        if self.typed.blank {
            return Ok((mercy == Mercy::Unknown).then(|| Box::new(AllQuery) as Box<dyn Query>));
        }
        let last = self.typed.chunks.len().saturating_sub(1);
        let mut parts = Vec::with_capacity(self.typed.chunks.len());
        for (at, chunk) in self.typed.chunks.iter().enumerate() {
            match self.chunk(chunk, at == last, mercy)? {
                Some(part) => parts.push(part),
                None if mercy == Mercy::Missing => {}
                None => return Ok(None),
            }
        }
        Ok(match parts.len() {
            0 => None,
            1 => parts.pop(),
            _ if mercy == Mercy::Missing => Some(Box::new(BooleanQuery::union(parts))),
            _ => Some(Box::new(BooleanQuery::intersection(parts))),
        })
    }

    fn chunk(&self, chunk: &Chunk, last: bool, mercy: Mercy) -> Result<Option<Box<dyn Query>>> {
        let mut ways: Vec<Box<dyn Query>> = Vec::new();
        let code = Term::from_field_text(self.fields.codes, &chunk.code);
        if self.is_known(&code)? {
            ways.push(constant(term(code.clone()), 60.0));
        }
        if chunk.code.chars().count() >= CODE_PREFIX && self.starts_some(self.fields.codes, &chunk.code)? {
            ways.push(constant(prefix(code), 6.0));
        }
        let code_is_known = !ways.is_empty();
        let end = chunk.words.len().saturating_sub(1);
        let mut words = Vec::with_capacity(chunk.words.len());
        for (at, word) in chunk.words.iter().enumerate() {
            let unfinished = last && at == end;
            // A code is no misspelt word.
            let mercy = if code_is_known { None } else { Some(mercy) };
            match self.word(word, unfinished, mercy)? {
                Some(word) => words.push(word),
                None => break,
            }
        }
        if !words.is_empty() && words.len() == chunk.words.len() {
            ways.push(if words.len() == 1 {
                words.remove(0)
            } else {
                Box::new(BooleanQuery::intersection(words))
            });
        }
        Ok(any(ways))
    }

    /// `mercy` is none where the word isn't to be corrected.
    fn word(&self, word: &Word, unfinished: bool, mercy: Option<Mercy>) -> Result<Option<Box<dyn Query>>> {
        let mut ways = self.literal(word, 1.0)?;
        if unfinished {
            ways.extend(self.beginning(word)?);
        }
        let correct = match mercy {
            None => false,
            Some(Mercy::Unknown) => ways.is_empty(),
            Some(Mercy::Every | Mercy::Missing) => true,
        };
        if correct {
            for (correction, boost) in self.corrections(&word.plain, unfinished && ways.is_empty())? {
                if correction != word.plain {
                    ways.extend(self.literal(&Word::new(correction), boost)?);
                }
            }
        }
        Ok(any(ways))
    }

    /// Where it is written as it stands, or with another ending.
    fn literal(&self, word: &Word, boost: f32) -> Result<Vec<Box<dyn Query>>> {
        let Fields { title, labels, options, body, .. } = self.fields;
        let mut ways = Vec::new();
        for (field, weight) in [(title, 4.0), (labels, 2.0), (options, 1.5), (body, 0.6)] {
            let stem = Term::from_field_text(field, &word.stem);
            if self.is_known(&stem)? {
                ways.push(boosted(term(stem), weight * boost));
            }
        }
        Ok(ways)
    }

    /// Where some word begins so.
    fn beginning(&self, word: &Word) -> Result<Vec<Box<dyn Query>>> {
        let Fields { title_words, words, body, .. } = self.fields;
        let mut fields = vec![(title_words, 3.0), (words, 1.0)];
        if word.plain.chars().count() >= BODY_PREFIX {
            fields.push((body, 0.3));
        }
        let mut ways = Vec::new();
        for (field, weight) in fields {
            if self.starts_some(field, &word.plain)? {
                ways.push(constant(prefix(Term::from_field_text(field, &word.plain)), weight));
            }
        }
        Ok(ways)
    }

    /// The nearest words that products have: one letter wrong in 4 to 7, two in longer ones.
    fn corrections(&self, word: &str, unfinished: bool) -> Result<Vec<(String, f32)>> {
        let most = match word.chars().count() {
            0..=3 => return Ok(Vec::new()),
            4..=7 => 1,
            _ => 2,
        };
        let Fields { words, body, .. } = self.fields;
        for (distance, boost) in (1..=most).zip([0.6, 0.4]) {
            for (field, whole) in [(words, true), (body, true), (words, false)] {
                if !whole && !unfinished {
                    continue;
                }
                let near = self.near(field, word, distance, whole)?;
                if !near.is_empty() {
                    return Ok(near.into_iter().map(|near| (near, boost)).collect());
                }
            }
        }
        Ok(Vec::new())
    }

    /// Terms at that distance, the most common first.
    fn near(&self, field: Field, word: &str, distance: u8, whole: bool) -> Result<Vec<String>> {
        let wanted = Term::from_field_text(field, word);
        let fuzzy = if whole {
            FuzzyTermQuery::new(wanted, distance, true)
        } else {
            FuzzyTermQuery::new_prefix(wanted, distance, true)
        };
        let automaton = fuzzy.automaton()?;
        let mut found: Vec<(u32, String)> = Vec::new();
        for segment in self.searcher.segment_readers() {
            let index = segment.inverted_index(field)?;
            let mut terms = index.terms().search(&automaton).into_stream()?;
            while let Some((term, info)) = terms.next() {
                let Ok(term) = std::str::from_utf8(term) else { continue };
                match found.iter_mut().find(|(_, known)| known == term) {
                    Some((count, _)) => *count += info.doc_freq,
                    None => found.push((info.doc_freq, term.to_owned())),
                }
            }
        }
        found.sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        found.truncate(MAX_CORRECTIONS);
        Ok(found.into_iter().map(|(_, term)| term).collect())
    }

    fn is_known(&self, term: &Term) -> Result<bool> {
        Ok(self.searcher.doc_freq(term)? > 0)
    }

    fn starts_some(&self, field: Field, prefix: &str) -> Result<bool> {
        for segment in self.searcher.segment_readers() {
            let index = segment.inverted_index(field)?;
            let mut terms = index.terms().range().ge(prefix).into_stream()?;
            if terms.advance() && terms.key().starts_with(prefix.as_bytes()) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The best of several ways to match counts, the others a little.
fn any(mut ways: Vec<Box<dyn Query>>) -> Option<Box<dyn Query>> {
    match ways.len() {
        0 | 1 => ways.pop(),
        _ => Some(Box::new(DisjunctionMaxQuery::with_tie_breaker(ways, 0.1))),
    }
}

fn term(term: Term) -> Box<dyn Query> {
    Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
}

fn prefix(term: Term) -> Box<dyn Query> {
    Box::new(FuzzyTermQuery::new_prefix(term, 0, true))
}

fn boosted(query: Box<dyn Query>, boost: f32) -> Box<dyn Query> {
    Box::new(BoostQuery::new(query, boost))
}

fn constant(query: Box<dyn Query>, score: f32) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, score))
}
