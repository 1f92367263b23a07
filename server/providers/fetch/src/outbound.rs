//! What a domain asks for through the guard.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use reqwest::{
    StatusCode,
    header::{self, HeaderMap, HeaderName, HeaderValue},
};
use souk_contract::{Fetched, NotFetched, Outbound, Timestamp, Wanted};
use url::Url;

use crate::{FetchError, Fetcher};

impl From<FetchError> for NotFetched {
    fn from(error: FetchError) -> Self {
        Self(error.to_string())
    }
}

#[async_trait]
impl Outbound for Fetcher {
    async fn fetch(&self, wanted: &Wanted) -> Result<Fetched, NotFetched> {
        let headers = headers(wanted)?;
        let work = async {
            let response = self.follow(&wanted.url, &headers).await?;
            if response.status() == StatusCode::NOT_MODIFIED && wanted.etag.is_some() {
                return Ok(Fetched::Same);
            }
            let text = |name: HeaderName| {
                response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
            };
            let (etag, modified) = (text(header::ETAG), text(header::LAST_MODIFIED));
            let modified = modified.and_then(|text| DateTime::parse_from_rfc2822(&text).ok());
            let modified_at = modified.map(|moment| Timestamp::new(moment.with_timezone(&Utc)));
            let bytes = self.read(response).await?.to_vec();
            Ok(Fetched::New { bytes, etag, modified_at })
        };
        Ok(self.in_time(work).await?)
    }

    fn origin(&self, url: &str) -> Result<String, NotFetched> {
        let url = Url::parse(url).map_err(|_| FetchError::Url)?;
        self.check(&url)?;
        Ok(url.origin().ascii_serialization())
    }

    fn join(&self, from: &str, link: &str) -> Result<String, NotFetched> {
        let from = Url::parse(from).map_err(|_| FetchError::Url)?;
        Ok(from.join(link).map_err(|_| FetchError::Url)?.into())
    }
}

fn headers(wanted: &Wanted) -> Result<HeaderMap, NotFetched> {
    let mut headers = HeaderMap::new();
    if let Some((name, value)) = &wanted.header {
        let refused = |_| NotFetched(format!("{name} can't be sent as a header"));
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|error| refused(error.to_string()))?;
        let mut value = HeaderValue::from_str(value).map_err(|error| refused(error.to_string()))?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    if let Some(etag) = wanted.etag.as_deref().and_then(|etag| HeaderValue::from_str(etag).ok()) {
        headers.insert(header::IF_NONE_MATCH, etag);
    }
    Ok(headers)
}
