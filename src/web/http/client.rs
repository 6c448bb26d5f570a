//! The address a request came from, believing a proxy only where the settings name it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use actix_web::HttpRequest;

use crate::config::{Config, Network};

/// The client's address, in canonical form. Used for limits in memory only; never stored or logged for citizens.
pub fn client_address(config: &Config, request: &HttpRequest) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |address| address.ip());
    let forwarded = request.headers().get_all("x-forwarded-for").map(|value| value.to_str().unwrap_or(UNREADABLE));
    behind(&config.trusted_proxies, peer, &forwarded.collect::<Vec<_>>())
}

/// A value that is no text stands for a hop that nobody can read.
const UNREADABLE: &str = "?";

/// Who is behind `peer`. Each hop of `X-Forwarded-For` was written by the one to its right, so they are read from the right as
/// long as who wrote is trusted. The first untrusted hop is the client. Where a hop cannot be read, what stands to its left
/// was written by nobody known: the last good one counts, so that those whom a proxy hides share that proxy's place.
fn behind(trusted: &[Network], peer: IpAddr, forwarded: &[&str]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut client = peer.to_canonical();
    let hops = forwarded.iter().flat_map(|value| value.split(',')).map(str::trim).filter(|hop| !hop.is_empty());
    for hop in hops.rev() {
        if !is_trusted(client) {
            break;
        }
        let Some(address) = address_of(hop) else { break };
        client = address;
    }
    client
}

/// The address in a hop: bare, with a port, in brackets, in quotes.
fn address_of(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim_matches('"');
    let with_port = || hop.parse::<SocketAddr>().ok().map(|address| address.ip());
    let in_brackets = || hop.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let address = hop.parse().ok().or_else(with_port).or_else(in_brackets)?;
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &[&str]) -> String {
        let trusted = ["127.0.0.1", "10.0.0.0/8", "fd00::/8"].map(|text| Network::parse(text).expect("a block"));
        behind(&trusted, peer.parse().expect("an address"), forwarded).to_string()
    }

    #[test]
    fn the_first_untrusted_hop_from_the_right_is_the_client() {
        for (forwarded, found) in [
            (&["203.0.113.7"][..], "203.0.113.7"),
            // What the client wrote itself stands to the left of what the proxy wrote.
            (&["198.51.100.1, 203.0.113.7"], "203.0.113.7"),
            (&["198.51.100.1, 203.0.113.7, 10.0.0.2"], "203.0.113.7"),
            (&["198.51.100.1", "203.0.113.7", "10.0.0.2"], "203.0.113.7"),
            (&["203.0.113.7,10.0.0.2 ,"], "203.0.113.7"),
            (&["203.0.113.7:4711"], "203.0.113.7"),
            (&["[2001:db8::7]:4711"], "2001:db8::7"),
            (&["[2001:db8::7]"], "2001:db8::7"),
            (&["\"[2001:db8::7]:4711\""], "2001:db8::7"),
            (&["2001:db8::7"], "2001:db8::7"),
            (&["::ffff:203.0.113.7"], "203.0.113.7"),
            (&["203.0.113.7, ::ffff:10.0.0.2"], "203.0.113.7"),
            (&["203.0.113.7, fd00::2"], "203.0.113.7"),
        ] {
            assert_eq!(client("127.0.0.1", forwarded), found, "{forwarded:?}");
        }
    }

    #[test]
    fn one_unreadable_hop_does_not_void_those_to_its_right() {
        for (forwarded, found) in [
            (&["unknown, 203.0.113.7"][..], "203.0.113.7"),
            (&["203.0.113.7, unknown, 10.0.0.2"], "10.0.0.2"),
            (&["203.0.113.7, unknown"], "127.0.0.1"),
            (&["203.0.113.7, _hidden, 10.0.0.3, 10.0.0.2"], "10.0.0.3"),
            (&["?", "203.0.113.7"], "203.0.113.7"),
            (&["203.0.113.7:port"], "127.0.0.1"),
            (&["fe80::1%eth0"], "127.0.0.1"),
            (&[""], "127.0.0.1"),
            (&[], "127.0.0.1"),
        ] {
            assert_eq!(client("127.0.0.1", forwarded), found, "{forwarded:?}");
        }
    }

    #[test]
    fn who_is_no_trusted_proxy_is_not_believed_and_one_is_in_both_spellings() {
        assert_eq!(client("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(client("::ffff:203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(client("::ffff:10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        // All trusted: a machine of the house asks, the farthest that is named.
        assert_eq!(client("127.0.0.1", &["10.0.0.9, 10.0.0.2"]), "10.0.0.9");
    }
}
