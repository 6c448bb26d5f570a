//! Blocks of addresses that may be trusted, and how wide one may be.

use std::net::{IpAddr, Ipv4Addr};

/// A block of addresses, as in `10.0.0.0/8`. Kept in canonical form: `::ffff:10.0.0.1` is `10.0.0.1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

/// Widest public block that can be a proxy's: what large providers announce for theirs. Wider ones are homes of citizens.
const PUBLIC_PREFIX_MIN: (u8, u8) = (12, 24);

impl Network {
    /// Reads an address or a block.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.trim().parse().ok()?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let prefix: u8 = prefix.map_or(Some(width), |prefix| prefix.trim().parse().ok())?;
        if prefix > width {
            return None;
        }
        // A block of mapped addresses is one of IPv4; 96 bits say that they are mapped.
        Some(match (address, address.to_canonical()) {
            (IpAddr::V6(_), short @ IpAddr::V4(_)) if prefix >= 96 => Self { address: short, prefix: prefix - 96 },
            _ => Self { address, prefix },
        })
    }

    /// Whether `address` lies in the block, whichever way it is written.
    pub fn contains(&self, address: IpAddr) -> bool {
        let ((width, block), (other_width, address)) = (bits(self.address), bits(address.to_canonical()));
        let shift = width - u32::from(self.prefix);
        width == other_width && (shift >= 128 || block >> shift == address >> shift)
    }

    /// Whether the block holds this machine or its neighbours on the wire beside other addresses, so that whoever names it may not know.
    pub fn holds_this_machine_unsaid(&self) -> bool {
        const OWN: [(IpAddr, u8); 5] = [
            (IpAddr::V4(Ipv4Addr::LOCALHOST), 8),
            (IpAddr::V4(Ipv4Addr::new(169, 254, 0, 0)), 16),
            (IpAddr::V4(Ipv4Addr::UNSPECIFIED), 8),
            (IpAddr::V6(std::net::Ipv6Addr::LOCALHOST), 128),
            (IpAddr::V6(std::net::Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0)), 10),
        ];
        OWN.iter().any(|(address, prefix)| self.prefix < *prefix && self.contains(*address))
    }

    /// Whether the block holds addresses that citizens may have: then any of them could write whatever address it likes.
    pub fn is_too_wide(&self) -> bool {
        const PRIVATE: [(IpAddr, u8); 5] = [
            (IpAddr::V4(Ipv4Addr::new(10, 0, 0, 0)), 8),
            (IpAddr::V4(Ipv4Addr::new(127, 0, 0, 0)), 8),
            (IpAddr::V4(Ipv4Addr::new(172, 16, 0, 0)), 12),
            (IpAddr::V4(Ipv4Addr::new(192, 168, 0, 0)), 16),
            (IpAddr::V6(std::net::Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0)), 7),
        ];
        let private = PRIVATE.iter().any(|(address, prefix)| {
            self.prefix >= *prefix && Self { address: *address, prefix: *prefix }.contains(self.address)
        });
        let (v4, v6) = PUBLIC_PREFIX_MIN;
        !private && self.prefix < if self.address.is_ipv4() { v4 } else { v6 }
    }
}

fn bits(address: IpAddr) -> (u32, u128) {
    match address {
        IpAddr::V4(address) => (32, u128::from(u32::from(address))),
        IpAddr::V6(address) => (128, u128::from(address)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(text: &str) -> Network {
        Network::parse(text).unwrap_or_else(|| panic!("{text} is a block"))
    }

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn a_block_contains_its_addresses_only() {
        let block = block("10.1.0.0/16");
        assert!(block.contains(address("10.1.255.1")));
        assert!(!block.contains(address("10.2.0.1")));
        assert!(!block.contains(address("::1")));
    }

    #[test]
    fn an_address_is_the_same_in_both_spellings() {
        for (text, inside, outside) in [
            ("10.0.0.1", "::ffff:10.0.0.1", "::ffff:10.0.0.2"),
            ("::ffff:10.0.0.1", "10.0.0.1", "10.0.0.2"),
            ("::ffff:10.1.0.0/112", "10.1.2.3", "10.2.0.1"),
            ("10.1.0.0/16", "::ffff:10.1.2.3", "::a01:203"),
            ("2001:db8::/32", "2001:db8:1::1", "2001:db9::1"),
        ] {
            assert!(block(text).contains(address(inside)), "{inside} is in {text}");
            assert!(!block(text).contains(address(outside)), "{outside} is not in {text}");
        }
    }

    #[test]
    fn a_block_with_citizens_in_it_is_too_wide() {
        for text in
            ["0.0.0.0/0", "::/0", "::ffff:0:0/96", "8.0.0.0/8", "100.64.0.0/10", "2000::/3", "0.0.0.0/1", "10.0.0.0/7"]
        {
            assert!(block(text).is_too_wide(), "{text}");
        }
        for text in ["127.0.0.1", "::1", "10.0.0.0/8", "192.168.0.0/16", "172.16.0.0/12", "fd00::/8", "104.16.0.0/13"] {
            assert!(!block(text).is_too_wide(), "{text}");
        }
    }

    #[test]
    fn a_block_that_holds_this_machine_beside_others_is_known() {
        for text in ["0.0.0.0/0", "::/0", "127.0.0.0/7", "169.0.0.0/8", "fe00::/7", "::ffff:0:0/96", "::/127"] {
            assert!(block(text).holds_this_machine_unsaid(), "{text}");
        }
        for text in ["127.0.0.1", "127.0.0.0/8", "169.254.0.0/16", "::1", "fe80::/10", "10.0.0.0/8", "fd00::/8"] {
            assert!(!block(text).holds_this_machine_unsaid(), "{text}");
        }
    }

    #[test]
    fn what_is_no_block_is_not_read() {
        for text in ["10.0.0.0/33", "10.0.0.0/", "::/129", "here", "", "10.0.0.0/8/8", "10.0.0.0/-1"] {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }
}
