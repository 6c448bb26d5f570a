//! How many inputs a test of a rule draws.

/// The usual number, as many times as `PROPTEST_CASES` is above what proptest draws by itself: a number that a test sets would else stand
/// whatever a long run asks for.
pub fn cases(usual: u32) -> u32 {
    const BY_ITSELF: u32 = 256;
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|asked| asked.parse::<u32>().ok());
    usual * asked.map_or(1, |asked| (asked / BY_ITSELF).max(1))
}
