//! Where messages may go. An address that somebody types is a request that our server makes: it must reach nobody's inner network,
//! this machine, or the metadata service of a cloud, whatever way it is written (OWASP, Server-Side Request Forgery Prevention).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ureq::http::Uri;

use crate::config::Network;

/// The longest address.
const BYTES_MAX: usize = 500;

/// Why an address is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadAddress {
    /// It is no address, or holds a name and password.
    Unreadable,
    /// It is not https.
    Plain,
    /// It is an address of an inner network.
    Inner,
}

/// Checks an address that somebody typed, as far as it can be without looking its name up; that is done at every delivery.
pub fn checked(url: &str, private: &[Network]) -> Result<(), BadAddress> {
    if url.len() > BYTES_MAX || url.contains(|c: char| c.is_whitespace() || c.is_control() || c == '#' || c == '\\') {
        return Err(BadAddress::Unreadable);
    }
    let uri: Uri = url.parse().map_err(|_| BadAddress::Unreadable)?;
    let authority = uri.authority().filter(|authority| !authority.as_str().contains('@'));
    let host = authority.map(ureq::http::uri::Authority::host).filter(|host| !host.is_empty());
    let host = host.ok_or(BadAddress::Unreadable)?;
    match uri.scheme_str() {
        Some("https") => {}
        Some("http") if !private.is_empty() => {}
        Some("http") => return Err(BadAddress::Plain),
        _ => return Err(BadAddress::Unreadable),
    }
    let literal: Option<IpAddr> = host.trim_start_matches('[').trim_end_matches(']').parse().ok();
    match literal {
        Some(ip) if !is_public(ip) && !private.iter().any(|network| network.contains(ip)) => Err(BadAddress::Inner),
        _ => Ok(()),
    }
}

/// Blocks of IPv4 where no public receiver is (IANA IPv4 Special-Purpose Address Registry), and the one public address of a cloud's own
/// services (Azure, 168.63.129.16).
const NOT_PUBLIC_V4: [(Ipv4Addr, u8); 16] = [
    (Ipv4Addr::UNSPECIFIED, 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(168, 63, 129, 16), 32),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// Blocks of IPv6 inside `2000::/3` where no public receiver is: protocol assignments with Teredo, documentation, 6to4.
const NOT_PUBLIC_V6: [(Ipv6Addr, u32); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Whether an address is one of the public Internet, whichever way it is written.
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let bits = v4.to_bits();
            !NOT_PUBLIC_V4.iter().any(|(block, prefix)| (bits ^ block.to_bits()) >> (32 - u32::from(*prefix)) == 0)
        }
        IpAddr::V6(v6) => {
            let bits = v6.to_bits();
            // `64:ff9b::/96` is an IPv4 address seen through a translator.
            if bits >> 32 == 0x0064_ff9b_0000_0000_0000_0000 {
                let v4 = Ipv4Addr::from_bits(u32::try_from(bits & 0xffff_ffff).unwrap_or(0));
                return is_public(IpAddr::V4(v4));
            }
            // What is global unicast today is 2000::/3; loopback, unique local, link-local, multicast and the rest lie outside.
            let global = bits >> 125 == 0b001;
            global && !NOT_PUBLIC_V6.iter().any(|(block, prefix)| (bits ^ block.to_bits()) >> (128 - prefix) == 0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inner_networks_are_not_public_in_any_spelling() {
        for text in [
            "127.0.0.1",
            "127.255.255.254",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.100.100.200",
            "168.63.129.16",
            "192.0.0.192",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "fe80::1",
            "fec0::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "2002:7f00:1::",
            "2001:0:53aa:64c::",
            "2001:db8::1",
            "100::1",
        ] {
            assert!(!is_public(text.parse().expect(text)), "{text}");
        }
        for text in [
            "8.8.8.8",
            "172.15.0.1",
            "172.32.0.1",
            "168.63.129.17",
            "203.162.0.1",
            "2606:4700::1111",
            "64:ff9b::808:808",
        ] {
            assert!(is_public(text.parse().expect(text)), "{text}");
        }
    }

    #[test]
    fn an_address_is_https_public_and_without_a_password() {
        let inner = [Network::parse("10.9.0.0/16").expect("a block")];
        for (url, none, some) in [
            ("https://hooks.example.gov.vn/sipas?x=1", Ok(()), Ok(())),
            ("https://8.8.8.8:8443/", Ok(()), Ok(())),
            ("http://hooks.example.gov.vn/", Err(BadAddress::Plain), Ok(())),
            ("https://10.9.0.1/", Err(BadAddress::Inner), Ok(())),
            ("https://10.8.0.1/", Err(BadAddress::Inner), Err(BadAddress::Inner)),
            ("https://[::1]/", Err(BadAddress::Inner), Err(BadAddress::Inner)),
            ("https://[::ffff:10.9.0.1]/", Err(BadAddress::Inner), Ok(())),
            ("https://a:b@hooks.example.vn/", Err(BadAddress::Unreadable), Err(BadAddress::Unreadable)),
            ("https://hooks.example.vn/#x", Err(BadAddress::Unreadable), Err(BadAddress::Unreadable)),
            ("ftp://hooks.example.vn/", Err(BadAddress::Unreadable), Err(BadAddress::Unreadable)),
            ("/sipas", Err(BadAddress::Unreadable), Err(BadAddress::Unreadable)),
            ("hooks.example.vn", Err(BadAddress::Unreadable), Err(BadAddress::Unreadable)),
        ] {
            assert_eq!(checked(url, &[]), none, "{url}");
            assert_eq!(checked(url, &inner), some, "{url}");
        }
    }
}
