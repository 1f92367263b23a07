//! Which addresses belong to the public internet. Everything else is refused: a list of what is allowed can't
//! forget the next special range.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether anybody on the internet could be meant by it. Sources: the IANA special-purpose registries of IPv4
/// and IPv6.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let special = match address.octets() {
        [0 | 10 | 127, ..] => true,
        // Shared by carriers behind one address.
        [100, second, ..] => (64..128).contains(&second),
        // Link-local; 169.254.169.254 tells cloud machines their credentials.
        [169, 254, ..] => true,
        [172, second, ..] => (16..32).contains(&second),
        // Protocol assignments, documentation.
        [192, 0, 0 | 2, _] => true,
        // Relays to IPv6.
        [192, 88, 99, _] => true,
        [192, 168, ..] => true,
        // Benchmarks, documentation.
        [198, 18 | 19, ..] | [198, 51, 100, _] | [203, 0, 113, _] => true,
        // Multicast, reserved, broadcast.
        [224..=255, ..] => true,
        _ => false,
    };
    !special
}

/// Only 2000::/3 is given out to the public. Mapped, compatible and translated IPv4 addresses lie outside of it.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let parts = address.segments();
    let special = match parts {
        // Teredo, ORCHID and other protocol assignments; documentation.
        [0x2001, second, ..] => second < 0x0200 || second == 0x0db8,
        // 6to4: an IPv4 address inside.
        [0x2002, ..] => true,
        // Documentation.
        [0x3fff, second, ..] => second < 0x1000,
        _ => false,
    };
    // ISATAP puts an IPv4 address behind this mark.
    let isatap = matches!(parts, [.., 0x0000 | 0x0200, 0x5efe, _, _]);
    (0x2000..0x4000).contains(&parts[0]) && !special && !isatap
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_addresses_pass() {
        for text in
            ["1.1.1.1", "93.184.216.34", "172.32.0.1", "100.128.0.1", "2606:4700:4700::1111", "2a00:1450::1"]
        {
            assert!(is_public(text.parse().expect("an address")), "{text}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        let inside = [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "203.0.113.7",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:93.184.216.34",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::a00:1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2a00:1450::5efe:7f00:1",
        ];
        for text in inside {
            assert!(!is_public(text.parse().expect("an address")), "{text}");
        }
    }
}
