//! The address a request came from, believing a proxy only where the settings name it.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::HttpRequest;

use crate::config::Config;

/// The client's address: the peer, or what the nearest untrusted hop of `X-Forwarded-For` was when the peer is a
/// configured proxy. Used for limits in memory only; never stored or logged for citizens.
pub fn client_address(config: &Config, request: &HttpRequest) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |address| address.ip());
    let trusted = |address: IpAddr| config.trusted_proxies.iter().any(|network| network.contains(address));
    if !trusted(peer) {
        return peer;
    }
    let forwarded = request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok());
    let hops: Vec<IpAddr> =
        forwarded.flat_map(|value| value.split(',')).map_while(|hop| hop.trim().parse().ok()).collect();
    hops.into_iter().rev().find(|hop| !trusted(*hop)).unwrap_or(peer)
}
