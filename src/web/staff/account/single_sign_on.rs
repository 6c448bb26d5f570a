//! Signing in with an account of a provider: away to it, and back with its answer. Between the two only the browser knows what is under
//! way, in a cookie that lives ten minutes; the answer comes from another site by a link, with which browsers send `SameSite=Lax`
//! cookies. What is not as it should be leads back to the sign-in page with its reason, where the password still works.

use std::sync::Arc;
use std::time::Instant;

use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};

use super::sign_in;
use super::tries::{Try, told_to_wait};
use crate::access::AuditedAction;
use crate::clock;
use crate::db::{FirstFactor, Note, Outcome, Stage};
use crate::error::{Reason, Refusal};
use crate::oidc::{Ask, Failure, Fault, Identity};
use crate::service::single_sign_on::{Entered, SingleSignOn, TIME_TO_SIGN_IN, Why};
use crate::web::http::address::percent_encode;
use crate::web::http::block::block;
use crate::web::staff::layout::see_other;
use crate::web::state::App;

/// The longest address to go on to that is carried along.
const NEXT_MAX: usize = 1_000;
/// The longest code and state that are looked at.
const ANSWER_MAX: usize = 2_048;

const SLOW_DOWN: &str = "Đã thử quá nhiều lần. Hãy chờ 15 phút rồi thử lại.";
const BEGIN_ANEW: &str = "Lần đăng nhập này đã quá 10 phút, đã dùng rồi, hoặc bắt đầu ở trình duyệt khác. Hãy bấm nút đăng nhập \
                          một lần nữa.";

/// What stands behind the `?` of the address at which it begins.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Next {
    next: Option<String>,
}

/// What the provider sends back; of a refusal only that there is one.
#[derive(Default, serde::Deserialize)]
pub struct Answer {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

/// Without code and state.
impl std::fmt::Debug for Answer {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("an answer of the provider")
    }
}

/// Why an answer opens nothing.
enum Refused {
    /// Its sign-in was used before, or it holds nothing.
    NotUnderWay,
    /// The provider said no.
    ByProvider(String),
    /// Nobody was identified.
    Failed(Failure),
}

/// `GET /staff/sign-in/oidc`: on to the provider.
pub async fn begin(app: Data<App>, request: HttpRequest, next: Query<Next>) -> Result<HttpResponse, Refusal> {
    let here = here(&app)?;
    let next = sign_in::local(next.next.as_deref().filter(|next| next.len() <= NEXT_MAX));
    if !sign_in::is_private(&app, &request) {
        return Ok(sign_in::page(&app, StatusCode::FORBIDDEN, Some(sign_in::NOT_SECURE), "", &next));
    }
    let ask = Ask::new().ok_or_else(|| Refusal::fault("no random bytes"))?;
    let (asked, provider) = (ask.clone(), Arc::clone(&here));
    match block(move || provider.provider.sign_in_address(&asked)).await? {
        Ok(address) => {
            let mut answer = see_other(&address);
            let value = format!("{}.{}.{}", ask.secret(), clock::now().timestamp_millis(), percent_encode(&next));
            answer.add_cookie(&cookie(&app, value)).map_err(Refusal::fault)?;
            Ok(answer)
        }
        Err(failure) => {
            tracing::warn!(%failure, "single sign-on did not begin");
            let (status, words) = words_of_failure(&failure, here.provider.name());
            Ok(sign_in::page(&app, status, Some(&words), "", &next))
        }
    }
}

/// `GET /staff/sign-in/oidc/callback`: back from the provider, with a code or with a refusal.
pub async fn finish(app: Data<App>, request: HttpRequest, answer: Query<Answer>) -> Result<HttpResponse, Refusal> {
    let here = here(&app)?;
    let (ask, next) = under_way(&app, &request);
    let mut back = answered(&app, &request, &here, ask, answer.into_inner(), &next).await?;
    // Whatever came of it, it was this one try.
    let mut gone = cookie(&app, String::new());
    gone.make_removal();
    back.add_cookie(&gone).map_err(Refusal::fault)?;
    Ok(back)
}

async fn answered(
    app: &App,
    request: &HttpRequest,
    here: &Arc<SingleSignOn>,
    ask: Option<Ask>,
    answer: Answer,
    next: &str,
) -> Result<HttpResponse, Refusal> {
    let say = |status: StatusCode, words: &str| sign_in::page(app, status, Some(words), "", next);
    if !sign_in::is_private(app, request) {
        return Ok(say(StatusCode::FORBIDDEN, sign_in::NOT_SECURE));
    }
    // An answer that nobody here asked for is not looked at any further, neither counted nor noted: a link or a picture on any page can
    // carry it, and would keep the whole network of whoever opens that page from signing in.
    let Some(ask) = ask.filter(|ask| ask.has_state(answer.state.as_deref().unwrap_or_default())) else {
        return Ok(say(StatusCode::UNPROCESSABLE_ENTITY, BEGIN_ANEW));
    };
    // Each try makes this program ask the provider.
    let Some(begun) = Try::begin(app, request, None) else {
        tracing::warn!("sign-in attempts limited");
        return Ok(told_to_wait(say(StatusCode::TOO_MANY_REQUESTS, SLOW_DOWN)));
    };
    let name = here.provider.name();
    let who = match identified(here, ask, answer).await? {
        Ok(who) => who,
        Err(Refused::NotUnderWay) => {
            refused(app, String::new()).await?;
            return Ok(say(StatusCode::UNPROCESSABLE_ENTITY, BEGIN_ANEW));
        }
        Err(Refused::ByProvider(word)) => {
            tracing::info!(word, "the provider let nobody in");
            return Ok(say(StatusCode::UNPROCESSABLE_ENTITY, &words_of_provider(&word, name)));
        }
        Err(Refused::Failed(failure)) => {
            tracing::warn!(%failure, "single sign-on identified nobody");
            refused(app, String::new()).await?;
            let (status, words) = words_of_failure(&failure, name);
            return Ok(say(status, &words));
        }
    };
    let (db, door, second_factor) = (app.db.clone(), Arc::clone(here), who.second_factor);
    match block(move || door.enter(&db, &who, clock::now())).await?? {
        Entered::In(user) => {
            begun.was_right();
            let first = FirstFactor::SingleSignOn;
            let stage = if second_factor { Stage::Full } else { sign_in::stage_after(app, &user, first) };
            let mut on = see_other(&sign_in::ahead(stage, next));
            let session = sign_in::new_session(app, request, &user, stage, first).await?;
            on.add_cookie(&session).map_err(Refusal::fault)?;
            Ok(on)
        }
        Entered::Refused(why, user) => {
            tracing::info!(?why, "single sign-on refused");
            refused(app, user).await?;
            Ok(say(StatusCode::FORBIDDEN, &words_of(why, name)))
        }
    }
}

/// Who brings this answer to what this browser asked.
async fn identified(here: &Arc<SingleSignOn>, ask: Ask, answer: Answer) -> Result<Result<Identity, Refused>, Refusal> {
    if let Some(word) = answer.error {
        let is_word = word.len() <= 40 && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        return Ok(Err(Refused::ByProvider(if is_word { word } else { String::new() })));
    }
    let Some(code) = answer.code.filter(|code| (1..=ANSWER_MAX).contains(&code.len())) else {
        return Ok(Err(Refused::NotUnderWay));
    };
    let door = Arc::clone(here);
    let identified = block(move || {
        if !door.provider.is_own_answer(answer.iss.as_deref())? {
            return Err(Failure::Token(Fault::Issuer));
        }
        let who = door.provider.identify(&code, &ask, clock::now())?;
        Ok(door.is_first_use(&ask, Instant::now()).then_some(who))
    });
    Ok(match identified.await? {
        Ok(Some(who)) => Ok(who),
        Ok(None) | Err(Failure::CodeRefused) => Err(Refused::NotUnderWay),
        Err(failure) => Err(Refused::Failed(failure)),
    })
}

fn here(app: &App) -> Result<Arc<SingleSignOn>, Refusal> {
    app.single_sign_on.clone().ok_or_else(|| Reason::UnknownAddress.into())
}

/// The sign-in that this browser has under way, and where it goes on to.
fn under_way(app: &App, request: &HttpRequest) -> (Option<Ask>, String) {
    let Some(cookie) = request.cookie(cookie_name(app)) else { return (None, sign_in::local(None)) };
    let mut parts = cookie.value().splitn(3, '.');
    let (secret, began, next) = (parts.next(), parts.next(), parts.next());
    let age = began.and_then(|began| began.parse::<i64>().ok()).map(|began| clock::now().timestamp_millis() - began);
    let in_time = age.is_some_and(|age| u128::try_from(age).is_ok_and(|age| age <= TIME_TO_SIGN_IN.as_millis()));
    (secret.filter(|_| in_time).and_then(Ask::of_secret), sign_in::local(next))
}

fn cookie_name(app: &App) -> &'static str {
    if app.config.secure_cookies() { "__Host-sipas-oidc" } else { "sipas-oidc" }
}

fn cookie(app: &App, value: String) -> Cookie<'static> {
    let life = i64::try_from(TIME_TO_SIGN_IN.as_secs()).unwrap_or_default();
    Cookie::build(cookie_name(app), value)
        .path("/")
        .http_only(true)
        .secure(app.config.secure_cookies())
        .same_site(SameSite::Lax)
        .max_age(actix_web::cookie::time::Duration::seconds(life))
        .finish()
}

/// A row in the audit log about a sign-in that was refused.
async fn refused(app: &App, user: String) -> Result<(), Refusal> {
    let (db, actor, unit) = (app.db.clone(), String::new(), String::new());
    let (at, action, outcome) = (clock::now(), AuditedAction::SignInBySingleSignOn, Outcome::Refused);
    block(move || db.note(Note { at, actor, action, unit, object: user, outcome })).await??;
    Ok(())
}

/// What the word of a refusal says (RFC 6749, 4.1.2.1; `OpenID` Connect Core, 3.1.2.6).
fn words_of_provider(word: &str, name: &str) -> String {
    match word {
        "access_denied" | "login_required" | "interaction_required" | "consent_required" => {
            format!(
                "Chưa đăng nhập: bạn đã hủy, hoặc {name} không cho tài khoản này vào hệ thống. Hãy thử lại, hoặc hỏi người \
                     quản lý tài khoản {name}."
            )
        }
        "temporarily_unavailable" | "server_error" => words_of_failure(&Failure::Busy, name).1,
        _ => misunderstood(name),
    }
}

fn misunderstood(name: &str) -> String {
    format!(
        "Hệ thống và {name} chưa hiểu nhau nên chưa đăng nhập được. Hãy báo người vận hành; ai có mật khẩu riêng thì đăng nhập \
         bằng mật khẩu."
    )
}

fn words_of_failure(failure: &Failure, name: &str) -> (StatusCode, String) {
    match failure {
        Failure::Busy | Failure::Unreachable(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            format!(
                "Hiện chưa kết nối được với {name}. Hãy thử lại sau ít phút; ai có mật khẩu riêng thì đăng nhập bằng mật khẩu. \
                 Nếu kéo dài, hãy báo người vận hành."
            ),
        ),
        Failure::CodeRefused => (StatusCode::UNPROCESSABLE_ENTITY, BEGIN_ANEW.to_owned()),
        Failure::Unusable(_) | Failure::ProgramRefused(_) | Failure::Token(_) => {
            (StatusCode::BAD_GATEWAY, misunderstood(name))
        }
    }
}

fn words_of(why: Why, name: &str) -> String {
    match why {
        Why::Ended => {
            "Tài khoản của bạn ở hệ thống này đã ngừng. Nếu đó là nhầm lẫn, hãy hỏi người quản trị.".to_owned()
        }
        Why::NoRole => format!(
            "Tài khoản {name} của bạn chưa được cấp vai trò nào trong hệ thống này. Hãy hỏi người quản lý tài khoản {name}."
        ),
        Why::NoUnit => format!(
            "Tài khoản {name} của bạn chưa gắn với đúng một đơn vị của hệ thống này. Hãy hỏi người quản lý tài khoản {name}."
        ),
        Why::NotAllowed => format!(
            "Ở đây đã có tài khoản mang địa chỉ thư hoặc tên đăng nhập của bạn, nhưng chưa được phép liên kết với tài khoản \
             {name}. Hãy nhờ người quản trị cho phép, rồi đăng nhập lại."
        ),
        Why::NoAccount => {
            "Bạn chưa có tài khoản ở hệ thống này. Hãy nhờ người quản trị thêm bạn và cho phép liên kết.".to_owned()
        }
        Why::NoName => format!(
            "{name} chưa cho biết tên đăng nhập dùng được ở đây. Hãy nhờ người quản trị thêm bạn và cho phép liên kết."
        ),
    }
}
