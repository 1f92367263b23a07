//! Who is at the other end: the address behind trusted proxies, the request's id, cookies and tokens.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::ConnectInfo,
    http::{Extensions, HeaderMap, HeaderName, header},
};
use ipnet::IpNet;

pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const LONGEST_ID: usize = 64;

/// The address of whoever sent the request. Proxies add to the right: the first one from there that isn't
/// trusted is the client, whatever it claims to the left of itself.
pub fn address(extensions: &Extensions, headers: &HeaderMap, trusted: &[IpNet]) -> Option<IpAddr> {
    let peer = peer(extensions)?;
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    if !is_trusted(&peer) {
        return Some(peer);
    }
    let mut client = peer;
    for value in headers.get_all(FORWARDED_FOR).iter().rev() {
        let Ok(text) = value.to_str() else { return Some(client) };
        for hop in text.rsplit(',') {
            let Ok(address) = hop.trim().parse::<IpAddr>() else { return Some(client) };
            client = address.to_canonical();
            if !is_trusted(&client) {
                return Some(client);
            }
        }
    }
    Some(client)
}

/// The other end of the connection itself.
pub fn peer(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip().to_canonical())
}

/// Whether it comes straight from this machine or its private network, without a proxy in between.
pub fn is_local(extensions: &Extensions, headers: &HeaderMap) -> bool {
    let private = peer(extensions).is_some_and(|peer| match peer {
        IpAddr::V4(address) => address.is_loopback() || address.is_private(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
    });
    private && !headers.contains_key(FORWARDED_FOR) && !headers.contains_key(header::FORWARDED)
}

/// The caller's own request id, where it is one that may stand in a log.
pub fn request_id(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(REQUEST_ID)?.to_str().ok()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    ((1..=LONGEST_ID).contains(&text.len()) && text.bytes().all(plain)).then_some(text)
}

/// A cookie's value; of two with one name the first.
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let values = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    values
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name && !value.is_empty()).then_some(value))
}

/// What the program at the other end says of itself.
pub fn user_agent(headers: &HeaderMap) -> &str {
    headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default()
}

/// `Authorization: Bearer …`
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()).filter(|token| !token.is_empty())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn from(peer: &str, forwarded: &[&'static str]) -> Option<IpAddr> {
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().expect("an address"), 1)));
        let mut headers = HeaderMap::new();
        for text in forwarded {
            headers.append(FORWARDED_FOR, HeaderValue::from_static(text));
        }
        let trusted = ["10.0.0.0/8".parse().expect("a network")];
        address(&extensions, &headers, &trusted)
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let ip = |text: &str| Some(text.parse::<IpAddr>().expect("an address"));
        assert_eq!(from("1.2.3.4", &["9.9.9.9"]), ip("1.2.3.4"));
        assert_eq!(from("10.0.0.1", &["9.9.9.9"]), ip("9.9.9.9"));
        assert_eq!(from("10.0.0.1", &["6.6.6.6, 9.9.9.9, 10.0.0.2"]), ip("9.9.9.9"));
        assert_eq!(from("10.0.0.1", &["6.6.6.6", "9.9.9.9"]), ip("9.9.9.9"));
        assert_eq!(from("10.0.0.1", &["nonsense"]), ip("10.0.0.1"));
        assert_eq!(from("10.0.0.1", &[]), ip("10.0.0.1"));
        assert_eq!(from("::ffff:1.2.3.4", &["9.9.9.9"]), ip("1.2.3.4"));
    }

    #[test]
    fn cookies_tokens_and_ids_are_read_with_care() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("a=1; souk_cart=abc; souk_session="));
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static("bearer  t0k"));
        headers.insert(REQUEST_ID, HeaderValue::from_static("req-1"));
        assert_eq!(cookie(&headers, "souk_cart"), Some("abc"));
        assert_eq!(cookie(&headers, "souk_session"), None);
        assert_eq!(bearer(&headers), Some("t0k"));
        assert_eq!(request_id(&headers), Some("req-1"));
        headers.insert(REQUEST_ID, HeaderValue::from_static("no blanks\u{20}please"));
        assert_eq!(request_id(&headers), None);
    }
}
