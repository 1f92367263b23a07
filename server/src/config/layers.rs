//! Layers of configuration laid over each other, remembering where each value came from.

use std::{collections::BTreeMap, fmt, path::PathBuf};

use toml::{Table, Value};

use super::print::is_secret;

/// The documented defaults: also the list of every key there is, and its type.
pub const DEFAULTS: &str = include_str!("../../souk.default.toml");

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    Default,
    File(PathBuf),
    Variable(String),
    Flag(&'static str),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Variable(name) => f.write_str(name),
            Self::Flag(name) => f.write_str(name),
        }
    }
}

#[derive(Debug, thiserror::Error, PartialEq)]
pub enum ConfigError {
    #[error("{file}: {reason}")]
    Read { file: PathBuf, reason: String },
    #[error("unknown key `{key}` ({source_name}){}", did_you_mean(.nearest))]
    UnknownKey { key: String, source_name: String, nearest: Option<String> },
    #[error("`{key}` ({source_name}): {reason}")]
    Value { key: String, source_name: String, reason: String },
}

fn did_you_mean(nearest: &Option<String>) -> String {
    nearest.as_ref().map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}

/// Every key with its value and source. Keys are `section.key`, or `section.part.key`.
#[derive(Debug, Clone)]
pub struct Layers(BTreeMap<String, (Value, Source)>);

impl Layers {
    /// The default file alone.
    pub fn defaults() -> Result<Self, ConfigError> {
        let table = parse(DEFAULTS, &Source::Default)?;
        let mut keys = BTreeMap::new();
        for (key, value) in flat(table) {
            keys.insert(key, (value, Source::Default));
        }
        Ok(Self(keys))
    }

    pub fn add_file(&mut self, path: PathBuf, text: &str) -> Result<(), ConfigError> {
        let source = Source::File(path);
        for (key, value) in flat(parse(text, &source)?) {
            self.set(&key, value, source.clone())?;
        }
        Ok(())
    }

    /// `SOUK_HTTP__LISTEN` sets `http.listen`. Names outside the scheme are refused, so that a slip is noticed;
    /// `known` lists those that others read.
    pub fn add_variables(
        &mut self,
        variables: impl IntoIterator<Item = (String, String)>,
        known: &[&str],
    ) -> Result<(), ConfigError> {
        for (name, text) in variables {
            let Some(rest) = name.strip_prefix("SOUK_") else { continue };
            if known.contains(&name.as_str()) {
                continue;
            }
            let key = match rest {
                "LISTEN" => "http.listen".to_owned(),
                _ => rest.to_ascii_lowercase().replace("__", "."),
            };
            self.set_text(&key, &text, Source::Variable(name))?;
        }
        Ok(())
    }

    /// Reads the text as the type that the key has.
    pub fn set_text(&mut self, key: &str, text: &str, source: Source) -> Result<(), ConfigError> {
        let Some((present, _)) = self.0.get(key) else { return Err(self.unknown(key, &source)) };
        let wrong = |reason: &str| ConfigError::Value {
            key: key.to_owned(),
            source_name: source.to_string(),
            reason: match is_secret(key) {
                true => reason.to_owned(),
                false => format!("{reason}, not `{text}`"),
            },
        };
        let value = match present {
            Value::Integer(_) => Value::Integer(text.trim().parse().map_err(|_| wrong("a whole number"))?),
            Value::Float(_) => Value::Float(text.trim().parse().map_err(|_| wrong("a number"))?),
            Value::Boolean(_) => Value::Boolean(text.trim().parse().map_err(|_| wrong("true or false"))?),
            Value::Array(_) => {
                Value::Array(list(text).ok_or_else(|| wrong("a list: `a,b` or `[\"a\", \"b\"]`"))?)
            }
            _ => Value::String(text.to_owned()),
        };
        self.set(key, value, source)
    }

    fn set(&mut self, key: &str, value: Value, source: Source) -> Result<(), ConfigError> {
        let Some((present, _)) = self.0.get(key) else { return Err(self.unknown(key, &source)) };
        let value = match (present, value) {
            (Value::Float(_), Value::Integer(number)) => Value::Float(number as f64),
            (_, value) => value,
        };
        if !value.same_type(present) {
            return Err(ConfigError::Value {
                key: key.to_owned(),
                source_name: source.to_string(),
                reason: format!("{} is wanted, this is {}", a_type(present), a_type(&value)),
            });
        }
        self.0.insert(key.to_owned(), (value, source));
        Ok(())
    }

    fn unknown(&self, key: &str, source: &Source) -> ConfigError {
        let nearest = self
            .0
            .keys()
            .map(|known| (strsim::damerau_levenshtein(known, key), known))
            .min()
            .filter(|(distance, known)| *distance <= 1 + known.len() / 3)
            .map(|(_, known)| known.clone());
        ConfigError::UnknownKey { key: key.to_owned(), source_name: source.to_string(), nearest }
    }

    pub fn source(&self, key: &str) -> Option<&Source> {
        self.0.get(key).map(|(_, source)| source)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value, &Source)> {
        self.0.iter().map(|(key, (value, source))| (key.as_str(), value, source))
    }

    /// As one table again, to be read into a typed structure.
    pub fn table(&self) -> Table {
        let mut table = Table::new();
        for (key, value, _) in self.iter() {
            let mut parts: Vec<&str> = key.split('.').collect();
            let Some(name) = parts.pop() else { continue };
            let mut here = Some(&mut table);
            for part in parts {
                let entry = |table| Table::entry(table, part).or_insert_with(|| Value::Table(Table::new()));
                here = here.map(entry).and_then(Value::as_table_mut);
            }
            if let Some(here) = here {
                here.insert(name.to_owned(), value.clone());
            }
        }
        table
    }

    /// A value that is of the right type but makes no sense.
    pub fn refuse(&self, key: &str, reason: impl fmt::Display) -> ConfigError {
        let source_name = self.source(key).map(Source::to_string).unwrap_or_default();
        ConfigError::Value { key: key.to_owned(), source_name, reason: reason.to_string() }
    }
}

/// Tables within tables become keys with dots.
fn flat(table: Table) -> Vec<(String, Value)> {
    let below = |(name, value)| match value {
        Value::Table(table) => {
            flat(table).into_iter().map(|(key, value)| (format!("{name}.{key}"), value)).collect()
        }
        value => vec![(name, value)],
    };
    table.into_iter().flat_map(below).collect()
}

fn parse(text: &str, source: &Source) -> Result<Table, ConfigError> {
    text.parse::<Table>().map_err(|error| ConfigError::Read {
        file: PathBuf::from(source.to_string()),
        reason: error.to_string().trim_end().to_owned(),
    })
}

/// `["a", 2]` as TOML writes it, or `a,2`.
fn list(text: &str) -> Option<Vec<Value>> {
    let text = text.trim();
    if text.starts_with('[') {
        let table: Table = format!("list = {text}").parse().ok()?;
        return table.get("list").and_then(Value::as_array).cloned();
    }
    let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
    Some(
        items
            .map(|item| item.parse().map_or_else(|_| Value::String(item.to_owned()), Value::Integer))
            .collect(),
    )
}

fn a_type(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "a text",
        Value::Integer(_) => "a whole number",
        Value::Float(_) => "a number",
        Value::Boolean(_) => "true or false",
        Value::Array(_) => "a list",
        Value::Table(_) => "a table",
        Value::Datetime(_) => "a date",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> Result<Layers, ConfigError> {
        let mut layers = Layers::defaults()?;
        layers.add_file("souk.toml".into(), text)?;
        Ok(layers)
    }

    fn value<'a>(layers: &'a Layers, key: &str) -> (&'a Value, &'a Source) {
        layers.0.get(key).map(|(value, source)| (value, source)).expect("a known key")
    }

    #[test]
    fn later_layers_win_and_are_named() {
        let mut layers = file("[http]\nlisten = \"0.0.0.0:80\"\n[shop]\nname = \"Ours\"\n").expect("a file");
        let variables = [("SOUK_LISTEN".to_owned(), "0.0.0.0:81".to_owned())];
        layers.add_variables(variables, &[]).expect("variables");
        assert_eq!(value(&layers, "shop.name").1, &Source::File("souk.toml".into()));
        assert_eq!(value(&layers, "http.listen").1, &Source::Variable("SOUK_LISTEN".into()));
        layers.set_text("http.listen", "0.0.0.0:82", Source::Flag("--listen")).expect("a flag");
        assert_eq!(value(&layers, "http.listen"), (&Value::from("0.0.0.0:82"), &Source::Flag("--listen")));
        assert_eq!(value(&layers, "shop.currency").1, &Source::Default);
    }

    #[test]
    fn an_unknown_key_is_refused_with_the_nearest_name() {
        let error = file("[http]\nlissen = \"x\"\n").expect_err("a slip");
        assert_eq!(error.to_string(), "unknown key `http.lissen` (souk.toml); did you mean `http.listen`?");
        let error = file("[payments.stripe]\nsecrets_key = \"x\"\n").expect_err("a slip");
        assert!(error.to_string().contains("did you mean `payments.stripe.secret_key`?"), "{error}");
        let error = file("[htp]\nlisten = \"x\"\n").expect_err("a slip");
        assert!(error.to_string().contains("did you mean `http.listen`?"), "{error}");
        let mut layers = Layers::defaults().expect("defaults");
        let error =
            layers.add_variables([("SOUK_SHOP__NAMES".to_owned(), "x".to_owned())], &[]).expect_err("a slip");
        assert_eq!(
            error.to_string(),
            "unknown key `shop.names` (SOUK_SHOP__NAMES); did you mean `shop.name`?"
        );
    }

    #[test]
    fn a_wrong_type_names_key_and_source() {
        let error = file("[http]\ntimeout_seconds = \"long\"\n").expect_err("a wrong type");
        assert_eq!(
            error.to_string(),
            "`http.timeout_seconds` (souk.toml): a whole number is wanted, this is a text"
        );
        let mut layers = Layers::defaults().expect("defaults");
        let error = layers
            .add_variables([("SOUK_HTTP__TIMEOUT_SECONDS".to_owned(), "long".to_owned())], &[])
            .expect_err("a wrong type");
        assert_eq!(
            error.to_string(),
            "`http.timeout_seconds` (SOUK_HTTP__TIMEOUT_SECONDS): a whole number, not `long`"
        );
    }

    #[test]
    fn whole_numbers_serve_as_numbers_and_lists_come_both_ways() {
        let mut layers = file("[shop]\ntax_rate = 7\n").expect("a file");
        assert_eq!(value(&layers, "shop.tax_rate").0, &Value::Float(7.0));
        layers.set_text("node.run", "web, orders", Source::Flag("--run")).expect("a list");
        assert_eq!(value(&layers, "node.run").0, &Value::from(vec!["web", "orders"]));
        layers.set_text("fetch.ports", "[80, 8080]", Source::Flag("--run")).expect("a list");
        assert_eq!(value(&layers, "fetch.ports").0, &Value::from(vec![80, 8080]));
    }
}
