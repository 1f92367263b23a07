#![doc = include_str!("../README.md")]

mod lookup;
mod outbound;
mod public;

use std::{future::Future, net::IpAddr, sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use ipnet::IpNet;
use reqwest::{
    Client, Response, StatusCode,
    header::{self, HeaderMap},
    redirect,
};
use url::{Host, Url};

pub use lookup::{Lookup, SystemLookup};
pub use public::is_public;

use lookup::Guarded;

const REDIRECTS: usize = 3;
const CONNECT_TIME: Duration = Duration::from_secs(5);

/// What may be fetched, and how long it may take.
#[derive(Clone)]
pub struct Rules {
    pub ports: Vec<u16>,
    /// Networks that may be reached although they aren't public.
    pub allow: Vec<IpNet>,
    /// For the whole of it, redirects included.
    pub timeout: Duration,
    pub max_bytes: u64,
    pub lookup: Arc<dyn Lookup>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            ports: vec![80, 443],
            allow: Vec::new(),
            timeout: Duration::from_secs(20),
            max_bytes: 20 << 20,
            lookup: Arc::new(SystemLookup),
        }
    }
}

impl Rules {
    fn allows(&self, address: IpAddr) -> bool {
        is_public(address) || self.allow.iter().any(|network| network.contains(&address))
    }
}

#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    #[error("not an http or https address")]
    Url,
    #[error("port {0} is not allowed")]
    Port(u16),
    /// The name or address leads into a private network.
    #[error("{0} is not a public address")]
    Private(String),
    #[error("more than {REDIRECTS} redirects")]
    Redirects,
    #[error("answered {0}")]
    Status(u16),
    #[error("larger than {0} bytes")]
    TooLarge(u64),
    #[error("took too long")]
    Timeout,
    /// The host has no address, or does not answer: others of its files won't either.
    #[error("{0} can't be reached")]
    Unreachable(String),
    #[error("the connection broke: {0}")]
    Broken(String),
}

/// Fetches by the rules. Cheap to clone; connections are kept.
#[derive(Clone)]
pub struct Fetcher {
    client: Client,
    rules: Arc<Rules>,
}

impl Fetcher {
    /// # Errors
    /// `Broken` where TLS can't be set up.
    pub fn new(rules: Rules) -> Result<Self, FetchError> {
        let rules = Arc::new(rules);
        let client = Client::builder()
            .dns_resolver(Arc::new(Guarded(Arc::clone(&rules))))
            .redirect(redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .connect_timeout(CONNECT_TIME)
            .user_agent(concat!("souk/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| FetchError::Broken(error.to_string()))?;
        Ok(Self { client, rules })
    }

    /// The bytes behind the address, after at most three redirects.
    pub async fn get(&self, address: &str) -> Result<Bytes, FetchError> {
        let work = async {
            let response = self.follow(address, &HeaderMap::new()).await?;
            self.read(response).await
        };
        self.in_time(work).await
    }

    async fn in_time<T>(&self, work: impl Future<Output = Result<T, FetchError>>) -> Result<T, FetchError> {
        tokio::time::timeout(self.rules.timeout, work).await.map_err(|_| FetchError::Timeout)?
    }

    /// The first answer that is no redirect. The headers go to the address's own host only.
    async fn follow(&self, address: &str, headers: &HeaderMap) -> Result<Response, FetchError> {
        let mut url = Url::parse(address).map_err(|_| FetchError::Url)?;
        let first = url.origin();
        for _ in 0..=REDIRECTS {
            self.check(&url)?;
            let mut request = self.client.get(url.clone());
            if url.origin() == first {
                request = request.headers(headers.clone());
            }
            let response = request.send().await.map_err(|error| failed(&error, &url))?;
            if !response.status().is_redirection() || response.status() == StatusCode::NOT_MODIFIED {
                return Ok(response);
            }
            let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
            let Some(location) = location else { return Err(FetchError::Status(response.status().as_u16())) };
            url = url.join(location).map_err(|_| FetchError::Url)?;
        }
        Err(FetchError::Redirects)
    }

    /// What can be said before anything is resolved. Addresses written as numbers never reach the resolver.
    fn check(&self, url: &Url) -> Result<(), FetchError> {
        if !matches!(url.scheme(), "http" | "https") || !url.username().is_empty() || url.password().is_some()
        {
            return Err(FetchError::Url);
        }
        let port = url.port_or_known_default().unwrap_or_default();
        if !self.rules.ports.contains(&port) {
            return Err(FetchError::Port(port));
        }
        let number: IpAddr = match url.host() {
            None => return Err(FetchError::Url),
            Some(Host::Domain(_)) => return Ok(()),
            Some(Host::Ipv4(address)) => address.into(),
            Some(Host::Ipv6(address)) => address.into(),
        };
        if self.rules.allows(number) { Ok(()) } else { Err(FetchError::Private(number.to_string())) }
    }

    async fn read(&self, mut response: Response) -> Result<Bytes, FetchError> {
        if !response.status().is_success() {
            return Err(FetchError::Status(response.status().as_u16()));
        }
        let most = self.rules.max_bytes;
        if response.content_length().is_some_and(|length| length > most) {
            return Err(FetchError::TooLarge(most));
        }
        let mut bytes = BytesMut::new();
        loop {
            let chunk = response.chunk().await.map_err(|error| FetchError::Broken(error.to_string()))?;
            let Some(chunk) = chunk else { return Ok(bytes.freeze()) };
            if (bytes.len() + chunk.len()) as u64 > most {
                return Err(FetchError::TooLarge(most));
            }
            bytes.extend_from_slice(&chunk);
        }
    }
}

/// The resolver's refusal comes back wrapped in the client's error.
fn failed(error: &reqwest::Error, url: &Url) -> FetchError {
    let host = url.host_str().unwrap_or_default().to_owned();
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        if let Some(lookup::Refused(name)) = error.downcast_ref() {
            return FetchError::Private(name.clone());
        }
        cause = error.source();
    }
    if error.is_connect() {
        FetchError::Unreachable(host)
    } else if error.is_timeout() {
        FetchError::Timeout
    } else {
        FetchError::Broken(error.to_string())
    }
}
