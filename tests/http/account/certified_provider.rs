//! Single sign-on through a provider of somebody else's making, certified by the `OpenID` Foundation: whether our reading of the standard is
//! that of others. It comes from npm by a lock file; where it cannot be had `./dev test` leaves this module out and says so, and
//! `./dev soak provider` demands it.

use crate::backchannel_logout::by_its_own_page;
use crate::on_both;
use crate::openid::OpenId;
use crate::single_sign_on::{account_of_before, answers, doctor, keys_and_claims, rights_by_claim, second_factor};
use crate::support::{Backend, fresh_db};

on_both! {
    fn rights_come_by_claim_at_every_sign_in_and_go_with_it(fresh) {
        rights_by_claim(fresh, OpenId::certified("RS256"));
    }

    fn an_account_of_before_is_bound_once_an_administrator_allows_it_and_taken_back(fresh) {
        account_of_before(fresh, OpenId::certified("ES256"));
    }
}

#[test]
fn a_second_factor_is_asked_here_unless_the_provider_says_that_it_asked_one() {
    second_factor(OpenId::certified("RS256"));
}

#[test]
fn keys_may_change_and_claims_may_stand_beside_the_token() {
    keys_and_claims(OpenId::certified("ES256"));
}

#[test]
fn an_answer_belongs_to_the_browser_that_asked_and_to_this_provider() {
    answers(OpenId::certified("RS256"));
}

#[test]
fn who_signs_out_there_is_signed_out_here() {
    by_its_own_page(OpenId::certified("RS256"));
}

#[test]
fn the_doctor_reads_its_keys() {
    let fresh = fresh_db(Backend::Sqlite);
    drop(fresh.serve());
    let words = doctor(&fresh, &OpenId::certified("RS256").issuer);
    assert!(words.contains("ok   single sign-on: the provider answers, 2 keys"), "{words}");
}
