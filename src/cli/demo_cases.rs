//! What `sipas demo --cases` adds: a published period, complaints in every state, remedies, dialogues, and what citizens are told, of one
//! ward. Everything goes the way of the pages: through the service, by the two people of the demonstration.

use chrono::{Days, NaiveDate};

use super::{Outcome, Refusal};
use crate::access::{AuditedAction, Role};
use crate::app::{DEMO_LEADER, DEMO_USER};
use crate::cases::dialogue::Held;
use crate::cases::remedy::{Progress, Source};
use crate::cases::telling::{TellingAction as TellingStep, Topic};
use crate::cases::{Kind, check};
use crate::clock;
use crate::db::{
    Complaint, Db, Dialogue, Kept, Note, Remedy, StaffUser, TellingDeed, TellingDone, Told, Unit, complaint_key,
};
use crate::plan::closing::ClosingStep;
use crate::service::closing::{Asked, take};
use crate::service::complaints::{Doer, Request, arrival, do_deed, rate};
use crate::service::telling::{Span, draft, facts};
use crate::survey::masking::masked_with_names;

/// The ward that has them, and the plan of which a period is published.
const WARD: &str = "phuong-cau-giay";
const PLAN: &str = "cau-giay-2026";

/// What is done to a complaint, one after the other.
enum Act {
    Accept,
    Forward,
    Merge,
    Refuse,
    Assign,
    Draft,
    Approve,
    Publish,
    KeepPrivate,
    Ask,
    Rate(u8),
}

/// A complaint: what was written, how many days ago it came, and what was done when (days after it came).
type Case = (Kind, &'static str, u64, &'static [(u64, Act)]);

const ANSWER: &str = "Văn phòng đã kiểm tra và bố trí thêm một người tiếp nhận từ 7 giờ 30 đến 9 giờ các ngày thứ Hai, thứ Ba. \
                      Cảm ơn Ông/Bà đã phản ánh.";

const CASES: &[Case] = &[
    (Kind::Complaint, "Sáng thứ Hai tôi chờ hơn một giờ ở quầy chứng thực mà chỉ có một người làm.", 6, &[]),
    (Kind::Suggestion, "Nên có ghế ngồi và nước uống cho người cao tuổi ở khu chờ.", 6, &[(1, Act::Accept)]),
    (Kind::Complaint, "Đèn đường ngõ 165 hỏng đã hai tuần.", 20, &[(2, Act::Forward)]),
    (Kind::Complaint, "Quầy chứng thực sáng thứ Hai chờ rất lâu.", 5, &[(1, Act::Merge)]),
    (Kind::Complaint, "Hàng xóm nhà tôi hát to buổi tối, đề nghị phạt thật nặng.", 18, &[(3, Act::Refuse)]),
    (
        Kind::Complaint,
        "Hồ sơ cấp đổi giấy chứng nhận của tôi quá hẹn năm ngày mà không ai báo.",
        12,
        &[(1, Act::Accept), (2, Act::Assign)],
    ),
    (
        Kind::Complaint,
        "Biểu mẫu dán ở quầy khác với biểu mẫu trên Cổng dịch vụ công.",
        16,
        &[(1, Act::Accept), (2, Act::Assign), (6, Act::Draft)],
    ),
    (
        Kind::Complaint,
        "Tôi gọi số điện thoại của bộ phận một cửa ba lần không ai nghe.",
        22,
        &[(1, Act::Accept), (2, Act::Assign), (6, Act::Draft), (8, Act::Approve)],
    ),
    (
        Kind::Complaint,
        "Người tiếp nhận ở quầy số 2 trả lời gắt với mẹ tôi.",
        30,
        &[(1, Act::Accept), (2, Act::Assign), (7, Act::Draft), (9, Act::Approve), (9, Act::KeepPrivate)],
    ),
    (
        Kind::Suggestion,
        "Nên mở thêm quầy buổi sáng đầu tuần.",
        40,
        &[(1, Act::Accept), (2, Act::Assign), (8, Act::Draft), (10, Act::Approve), (10, Act::Publish)],
    ),
    (
        Kind::Complaint,
        "Máy lấy số thứ tự hỏng, ai chen thì được làm trước.",
        50,
        &[
            (1, Act::Accept),
            (2, Act::Assign),
            (8, Act::Draft),
            (10, Act::Approve),
            (10, Act::Publish),
            (12, Act::Rate(5)),
        ],
    ),
    (
        Kind::Complaint,
        "Phải đi lại ba lần vì mỗi lần hướng dẫn một khác.",
        60,
        &[
            (2, Act::Accept),
            (4, Act::Assign),
            (30, Act::Draft),
            (32, Act::Approve),
            (32, Act::Publish),
            (34, Act::Rate(1)),
        ],
    ),
    (Kind::Complaint, "Tôi nộp trực tuyến nhưng vẫn bị yêu cầu mang bản giấy.", 9, &[(1, Act::Accept), (2, Act::Ask)]),
];

/// Fills the ward up to `until`.
pub(super) fn fill(db: &Db, public_url: &str, until: NaiveDate) -> Outcome {
    let ward = db.unit_by_code(WARD)?.ok_or_else(|| Refusal(format!("there is no unit {WARD}")))?;
    let user = |name: &str| db.user_by_name(name)?.ok_or_else(|| Refusal(format!("there is no user {name}")));
    let (owner, leader) = (user(DEMO_USER)?, user(DEMO_LEADER)?);
    publish(db, until, &owner, &leader)?;
    complaints(db, &ward, until)?;
    remedies(db, &ward, until)?;
    dialogues(db, &ward, until)?;
    tellings(db, &ward, public_url, until)
}

/// Closes the newest period that is over, as the two people would.
fn publish(db: &Db, until: NaiveDate, owner: &StaffUser, leader: &StaffUser) -> Outcome {
    let Some(plan) = db.plan(PLAN)?.map(|stored| stored.plan) else { return Ok(()) };
    let over = plan.periods.iter().filter(|period| period.to < until);
    let Some(period) = over.max_by_key(|period| period.to) else { return Ok(()) };
    let steps = [
        (ClosingStep::Check, AuditedAction::CheckPeriod, owner),
        (ClosingStep::Approve, AuditedAction::ApprovePeriod, leader),
        (ClosingStep::Publish, AuditedAction::PublishPeriod, owner),
    ];
    for (deed, action, by) in steps {
        let asked = Asked {
            plan: PLAN.to_owned(),
            period: period.key.clone(),
            version: 1,
            deed,
            by: (by.id, by.name.clone()),
            reason: String::new(),
            vice: false,
            at: clock::now(),
        };
        // With its row in the audit log, as `sipas period verify` expects of every step.
        let note = Note {
            at: asked.at,
            actor: by.name.clone(),
            action,
            unit: WARD.to_owned(),
            object: format!("{PLAN}/{}", period.key),
            outcome: crate::db::Outcome::Done,
        };
        take(&db.noting(note), asked, true).map_err(|error| Refusal(error.to_string()))?;
    }
    Ok(())
}

fn complaints(db: &Db, ward: &Unit, until: NaiveDate) -> Outcome {
    let units: Vec<i32> = db.units()?.iter().map(|unit| unit.id).collect();
    let below = db.subtree(&ward.code)?;
    let offices = db.units()?.into_iter().filter(|unit| unit.id != ward.id && below.contains(&unit.id));
    let office = offices.min_by_key(|unit| unit.id).ok_or_else(|| Refusal("the ward has no office".to_owned()))?;
    let mut first = None;
    for (number, (kind, text, ago, acts)) in (1_u8..).zip(CASES) {
        let on = until - Days::new(*ago);
        let once = [number; 16];
        let written = check(kind.name(), text, "").map_err(|faults| Refusal(format!("{faults:?}")))?;
        let arrival = arrival(db, ward, on)?;
        db.add_complaint(ward.id, &once, &written, &arrival, on)?;
        let name = complaint_key(ward.id, &once, on).number();
        first.get_or_insert_with(|| name.clone());
        for (after, act) in *acts {
            let case =
                db.complaint_of_number(&units, &name)?.ok_or_else(|| Refusal(format!("case {name} is not there")))?;
            do_act(
                db,
                ward,
                &case,
                act,
                (&office, first.as_deref().unwrap_or_default()),
                (&units, on + Days::new(*after)),
            )?;
        }
    }
    Ok(())
}

fn do_act(
    db: &Db,
    ward: &Unit,
    case: &Complaint,
    act: &Act,
    (office, first): (&Unit, &str),
    (units, today): (&[i32], NaiveDate),
) -> Outcome {
    let text = |words: &str| words.to_owned();
    let (role, request) = match act {
        Act::Accept => (Role::PlanOwner, Request::Accept),
        Act::Forward => (
            Role::PlanOwner,
            Request::Forward {
                to: text("Công ty chiếu sáng và thiết bị đô thị"),
                reason: text("Đèn đường do công ty quản lý; số điện thoại tiếp nhận dán ở cột đèn."),
            },
        ),
        Act::Merge => (Role::PlanOwner, Request::Merge { with: text(first) }),
        Act::Refuse => (
            Role::PlanOwner,
            Request::Refuse {
                reason: text("Mức phạt do pháp luật quy định; phường đã nhắc nhở hộ gia đình.")
            },
        ),
        Act::Assign => (
            Role::PlanOwner,
            Request::Assign { lead: (office.id, office.name_vi.clone()), helpers: Vec::new(), note: String::new() },
        ),
        Act::Draft => (Role::PlanOwner, Request::Draft { answer: text(ANSWER) }),
        Act::Approve => (Role::Leader, Request::Approve),
        Act::Publish => (
            Role::Leader,
            Request::Publish { words: masked_with_names(&case.written.text), answer: masked_with_names(&case.answer) },
        ),
        Act::KeepPrivate => {
            (Role::Leader, Request::KeepPrivate { reason: text("Nội dung có thể nhận ra một người cụ thể.") })
        }
        Act::Ask => {
            (Role::PlanOwner, Request::Ask { question: text("Xin Ông/Bà cho biết mã hồ sơ đã nộp trực tuyến.") })
        }
        Act::Rate(level) => {
            rate(db, case, *level, "", today).map_err(|error| Refusal(error.to_string()))?;
            return Ok(());
        }
    };
    let name = if role == Role::Leader { DEMO_LEADER } else { DEMO_USER };
    let doer = Doer { name: name.to_owned(), role, units: units.to_vec(), at: clock::now(), today };
    do_deed(db, &doer, &ward.code, case, &request).map_err(|error| Refusal(error.to_string()))
}

fn remedies(db: &Db, ward: &Unit, until: NaiveDate) -> Outcome {
    let rows = [
        (
            "Chờ lâu ở quầy chứng thực vào sáng đầu tuần.",
            "Mở thêm một quầy từ 7 giờ 30 đến 9 giờ, thứ Hai và thứ Ba.",
            Progress::Done,
            30,
        ),
        ("Khu chờ không có ghế cho người cao tuổi.", "Thêm 20 ghế và bình nước uống ở khu chờ.", Progress::Done, 12),
        (
            "Mỗi lần đến được hướng dẫn một khác.",
            "In bảng hướng dẫn từng thủ tục, mỗi người tiếp nhận dùng cùng một bảng.",
            Progress::UnderWay,
            0,
        ),
        ("Gọi điện không ai nghe.", "Phân công người trực điện thoại theo ca.", Progress::Planned, 0),
    ];
    for (said, work, state, done_ago) in rows {
        let done = (state == Progress::Done).then(|| until - Days::new(done_ago));
        let due = if state == Progress::Planned { until - Days::new(3) } else { until + Days::new(20) };
        let remedy = Remedy {
            unit: ward.id,
            number: 0,
            source: Source::Hand,
            source_of: String::new(),
            said: said.to_owned(),
            work: work.to_owned(),
            person: "Cán bộ trình diễn".to_owned(),
            office: None,
            duty: String::new(),
            due,
            result: "Không còn ý kiến về việc này trong hai tháng.".to_owned(),
            authority: "Chủ tịch UBND phường".to_owned(),
            state,
            note: String::new(),
            made_on: until - Days::new(45),
            done_on: done,
            published_on: done,
            evidence_name: String::new(),
        };
        let _ = db.by_nobody().keep_remedy(None, &remedy, None)?;
    }
    Ok(())
}

fn dialogues(db: &Db, ward: &Unit, until: NaiveDate) -> Outcome {
    let rows = [
        (until - Days::new(150), Held::Held, true, "Đối thoại về thủ tục đất đai", 86),
        (until - Days::new(40), Held::Held, false, "Đối thoại với hộ kinh doanh về đăng ký và thuế", 54),
        (until + Days::new(14), Held::Planned, true, "Đối thoại cuối năm với người dân", 0),
    ];
    for (on, state, by_head, topic, people) in rows {
        let held = state == Held::Held;
        let words = |text: &str| if held { text.to_owned() } else { String::new() };
        let dialogue = Dialogue {
            unit: ward.id,
            number: 0,
            on,
            state,
            topic: topic.to_owned(),
            place: "Hội trường UBND phường".to_owned(),
            led_by: if by_head { "Chủ tịch UBND phường" } else { "Phó Chủ tịch UBND phường" }.to_owned(),
            by_head,
            people,
            asked: words("Bao giờ có quầy ưu tiên cho người cao tuổi?"),
            answered: words("Phường mở quầy ưu tiên từ tháng sau."),
        };
        let _ = db.by_nobody().keep_dialogue(None, &dialogue)?;
    }
    Ok(())
}

/// One telling that is out, one that is approved, one draft.
fn tellings(db: &Db, ward: &Unit, public_url: &str, until: NaiveDate) -> Outcome {
    let month = |back: u32| {
        let (first, _) = crate::service::complaints::counts::month_of(until);
        Span::Month(first - chrono::Months::new(back))
    };
    let rows: [(Topic, Span, &[TellingStep]); 3] = [
        (Topic::Results, month(1), &[TellingStep::Approve, TellingStep::Publish]),
        (Topic::Mended, month(1), &[TellingStep::Approve]),
        (Topic::Mended, month(0), &[]),
    ];
    for (topic, span, steps) in rows {
        let found = facts(db, ward, &span, (public_url, true), until);
        let Some(facts) = found.map_err(|error| Refusal(error.to_string()))? else { continue };
        let told = Told {
            unit: ward.id,
            seen: (0, 0),
            about: (topic, span.key()),
            facts: Some(serde_json::to_string(&facts).map_err(|error| Refusal(error.to_string()))?),
            texts: draft(topic, &facts),
            by: DEMO_USER.to_owned(),
            on: until,
        };
        let (Kept::As(number) | Kept::Already(number)) = db.by_nobody().keep_telling(&told)? else {
            return Err(Refusal("a telling was not kept".to_owned()));
        };
        for deed in steps {
            let asked =
                TellingDeed { unit: ward.id, number, version: 1, deed: *deed, by: DEMO_LEADER.to_owned(), on: until };
            if db.by_nobody().decide_telling(&asked)? != TellingDone::Done {
                return Err(Refusal(format!("telling {number} was not decided")));
            }
        }
    }
    Ok(())
}
