//! Settings of single sign-on (`OpenID` Connect): all that is needed, or none.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

use super::{ConfigError, Given, Values, given, or_default};

/// How staff sign in through a provider; what each is stands in [`super::settings::SETTINGS`].
#[derive(Clone, PartialEq, Eq)]
pub struct SingleSignOn {
    pub issuer: String,
    pub client_id: String,
    pub client_secret: Option<String>,
    pub client_secret_file: Option<PathBuf>,
    pub name: String,
    pub scopes: String,
    pub roles_claim: Option<String>,
    /// Value of the claim and name of the role, in the order in which they count; empty for the names themselves.
    pub roles: Vec<(String, String)>,
    pub unit_claim: Option<String>,
    pub create: bool,
    pub second_factor_acr: Vec<String>,
    pub ca_file: Option<PathBuf>,
}

/// Without the secret.
impl fmt::Debug for SingleSignOn {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "SingleSignOn {{ {} as {} }}", self.issuer, self.client_id)
    }
}

/// What means nothing without a provider.
const PARTS: [&str; 11] = [
    "oidc_client_id",
    "oidc_client_secret",
    "oidc_client_secret_file",
    "oidc_name",
    "oidc_scopes",
    "oidc_roles_claim",
    "oidc_roles",
    "oidc_unit_claim",
    "oidc_create",
    "oidc_second_factor_acr",
    "oidc_ca_file",
];

/// Reads the settings; none where no issuer is named.
pub(super) fn read(values: &Values) -> Result<Option<SingleSignOn>, ConfigError> {
    let Some(issuer) = given(values, "oidc_issuer") else {
        return match PARTS.iter().find_map(|key| given(values, key)) {
            None => Ok(None),
            Some(part) => Err(ConfigError(format!(
                "{} is set but SIPAS_OIDC_ISSUER is not; set the provider's address, or take the other out",
                part.place
            ))),
        };
    };
    let text = |key| given(values, key).map(|given: Given<'_>| given.value.to_owned()).filter(|text| !text.is_empty());
    let needed = |key: &'static str, why: &str| {
        text(key).ok_or_else(|| {
            ConfigError(format!("SIPAS_OIDC_ISSUER is set but SIPAS_{} is not; {why}", key.to_uppercase()))
        })
    };
    let address = issuer.value.trim_end_matches('/');
    if !is_safe_address(address) || address.contains(['?', '#']) {
        return Err(issuer.refused());
    }
    let scopes = or_default(values, "oidc_scopes");
    if !scopes.value.split_whitespace().any(|scope| scope == "openid") {
        return Err(scopes.refused());
    }
    let secret_file = given(values, "oidc_client_secret_file").map(|given| PathBuf::from(given.value));
    let client_secret = text("oidc_client_secret");
    if secret_file.is_none() && client_secret.is_none() {
        return Err(ConfigError(
            "SIPAS_OIDC_ISSUER is set but no secret is; name its file in SIPAS_OIDC_CLIENT_SECRET_FILE".to_owned(),
        ));
    }
    let roles = given(values, "oidc_roles").map(role_pairs).transpose()?.unwrap_or_default();
    let roles_claim = text("oidc_roles_claim");
    if roles_claim.is_none() && !roles.is_empty() {
        return Err(ConfigError(
            "SIPAS_OIDC_ROLES is set but SIPAS_OIDC_ROLES_CLAIM is not; name the claim that carries these values"
                .to_owned(),
        ));
    }
    let acr = text("oidc_second_factor_acr").unwrap_or_default();
    Ok(Some(SingleSignOn {
        issuer: address.to_owned(),
        client_id: needed("oidc_client_id", "set the name under which the provider knows this program")?,
        client_secret,
        client_secret_file: secret_file,
        name: needed("oidc_name", "set the words of the button, as in Cổng định danh tỉnh")?,
        scopes: scopes.value.split_whitespace().collect::<Vec<_>>().join(" "),
        roles_claim,
        roles,
        unit_claim: text("oidc_unit_claim"),
        create: or_default(values, "oidc_create").one_of(&[("on", true), ("off", false)])?,
        second_factor_acr: acr.split_whitespace().map(str::to_owned).collect(),
        ca_file: given(values, "oidc_ca_file").map(|given| PathBuf::from(given.value)),
    }))
}

fn role_pairs(given: Given<'_>) -> Result<Vec<(String, String)>, ConfigError> {
    let pair = |pair: &str| {
        let (value, role) = pair.split_once('=')?;
        let (value, role) = (value.trim(), role.trim());
        (!value.is_empty() && !role.is_empty()).then(|| (value.to_owned(), role.to_owned()))
    };
    given.value.split(',').map(|one| pair(one).ok_or_else(|| given.refused())).collect()
}

/// Whether secrets may be sent to an address: https, or http without leaving this machine; no user in it, nothing unseen.
pub fn is_safe_address(address: &str) -> bool {
    let (rest, encrypted) = match (address.strip_prefix("https://"), address.strip_prefix("http://")) {
        (Some(rest), _) => (rest, true),
        (None, Some(rest)) => (rest, false),
        (None, None) => return false,
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.is_empty() || host.contains('@') || !address.bytes().all(|byte| byte.is_ascii_graphic()) {
        return false;
    }
    let named = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((named, _)) => named,
        None => host.split(':').next().unwrap_or_default(),
    };
    encrypted || named == "localhost" || named.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    use super::*;

    const WHOLE: [(&str, &str); 4] = [
        ("ISSUER", "https://sso.example.vn/realms/phuong/"),
        ("CLIENT_ID", "sipas"),
        ("CLIENT_SECRET", "bí mật"),
        ("NAME", "Cổng tỉnh"),
    ];

    fn settings(pairs: &[(&str, &str)]) -> Result<SingleSignOn, String> {
        let pairs = pairs.iter().map(|(key, value)| (format!("SIPAS_OIDC_{key}"), (*value).to_owned()));
        let config = Config::from_sources(pairs, |_| Ok(String::new())).map_err(|error| error.to_string())?;
        config.single_sign_on.ok_or_else(|| "off".to_owned())
    }

    fn with(more: &[(&str, &str)]) -> Result<SingleSignOn, String> {
        let mut all = WHOLE.to_vec();
        all.retain(|(key, _)| more.iter().all(|(given, _)| given != key));
        all.extend(more);
        settings(&all)
    }

    #[test]
    fn the_whole_is_read_and_its_secret_is_not_shown() {
        let read = with(&[("ROLES_CLAIM", "realm_access.roles"), ("ROLES", "lanh-dao=leader, /can bo = staff")]);
        let read = read.expect("settings");
        assert_eq!(read.issuer, "https://sso.example.vn/realms/phuong");
        assert_eq!(
            read.roles,
            [("lanh-dao", "leader"), ("/can bo", "staff")].map(|(a, b)| (a.to_owned(), b.to_owned()))
        );
        assert!(read.create);
        assert_eq!(read.scopes, "openid profile email");
        assert!(!format!("{read:?}").contains("bí mật"));
    }

    #[test]
    fn a_part_alone_or_a_missing_part_is_refused_with_what_to_do() {
        assert_eq!(settings(&[]), Err("off".to_owned()));
        assert!(settings(&[("CLIENT_ID", "sipas")]).expect_err("refused").contains("SIPAS_OIDC_ISSUER is not"));
        for missing in ["CLIENT_ID", "CLIENT_SECRET", "NAME"] {
            let rest: Vec<_> = WHOLE.iter().filter(|(key, _)| *key != missing).copied().collect();
            let refused = settings(&rest).expect_err("refused");
            assert!(refused.contains(&format!("SIPAS_OIDC_{missing}")), "{refused}");
        }
        assert!(with(&[("ROLES", "a=leader")]).expect_err("refused").contains("SIPAS_OIDC_ROLES_CLAIM is not"));
        assert!(with(&[("ROLES_CLAIM", "r"), ("ROLES", "leader")]).expect_err("refused").contains("value=role"));
        assert!(with(&[("SCOPES", "email")]).expect_err("refused").contains("openid among them"));
        assert!(with(&[("CREATE", "yes")]).expect_err("refused").contains("on or off"));
    }

    #[test]
    fn secrets_go_over_https_or_do_not_leave_the_machine() {
        for safe in
            ["https://a.vn", "https://a.vn:8443/x", "http://127.0.0.1:9000", "http://localhost/x", "http://[::1]:80"]
        {
            assert!(is_safe_address(safe), "{safe}");
        }
        for unsafe_one in [
            "http://a.vn",
            "http://10.0.0.1",
            "http://localhost.a.vn",
            "http://127.0.0.1@a.vn/",
            "https://me@a.vn",
            "https://",
            "ftp://a.vn",
            "https://a.vn/\n",
            "a.vn",
        ] {
            assert!(!is_safe_address(unsafe_one), "{unsafe_one}");
        }
        assert!(with(&[("ISSUER", "http://sso.example.vn")]).expect_err("refused").contains("https://"));
        assert!(with(&[("ISSUER", "https://sso.example.vn?x=1")]).expect_err("refused").contains("without ?"));
    }
}
