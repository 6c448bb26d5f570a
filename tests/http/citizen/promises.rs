//! What the citizens' pages promise, sentence by sentence, and what keeps each promise: a test of the project by its name, or
//! an address that is asked here. A sentence that stands on a page and not here fails, and so does one that is here only.

use std::collections::BTreeSet;
use std::path::Path;

use scraper::{Html, Selector};
use sipas::access::{Action, Role, may};

use crate::support::{Backend, fresh_db};
use crate::town::{Town, location, texts};

/// A sentence and the tests that would notice if it were not kept. None: it asks, tells or advises, and promises nothing that
/// the program could break.
type Promise = (&'static str, &'static [&'static str]);

/// `/privacy` of a ward that keeps our words.
const PRIVACY: &[Promise] = &[
    ("Phiếu khảo sát này do Phường Cầu Giấy tổ chức.", &[]),
    (
        "Trả lời hay không là tùy Ông/Bà; không trả lời không ảnh hưởng gì đến việc giải quyết hồ sơ.",
        &["nobody_can_be_asked_who_they_are"],
    ),
    ("Phiếu dành cho người từ đủ 18 tuổi.", &[]),
    (
        "Mức độ hài lòng về từng điều, vài câu chọn sẵn không bắt buộc (như giới tính, nhóm tuổi) và một ô góp ý.",
        &["every_error_stands_at_its_field_and_in_the_summary_and_nothing_typed_is_lost"],
    ),
    (
        "Phiếu không hỏi tên, số điện thoại, địa chỉ, số giấy tờ, mã hồ sơ; không hỏi dân tộc, tôn giáo, sức khỏe.",
        &["questions_about_sensitive_data_are_refused_wherever_they_show", "nobody_can_be_asked_who_they_are"],
    ),
    (
        "Không cần đăng nhập, trang này không đặt cookie.",
        &["no_citizens_page_sets_a_cookie_and_every_link_on_them_leads_somewhere"],
    ),
    ("Để biết nơi phục vụ cần sửa điều gì, và để tính chỉ số hài lòng theo kế hoạch cải cách hành chính.", &[]),
    ("Không dùng vào việc khác.", &[]),
    (
        "Số liệu được cộng chung; nhóm có dưới 10 người trả lời không được hiển thị.",
        &["no_figures_of_three_months_tell_fewer_than_ten_apart", "hidden_nodes_print_their_name_and_nothing_else"],
    ),
    (
        "Phần góp ý được đọc theo từng tháng đã qua, từ 10 phiếu trở lên, số và địa chỉ được che; chỉ người phụ trách khảo sát, lãnh \
         đạo, thủ trưởng đơn vị và người kiểm tra đọc được, mỗi lần đọc được ghi lại.",
        &[
            "free_words_are_read_masked_by_those_who_may_and_every_look_is_logged",
            "words_are_read_by_the_roles_that_the_notice_names",
        ],
    ),
    ("Người giữ máy chủ đọc được mọi thứ đã lưu.", &[]),
    ("Không ai ở nơi phục vụ.", &["nothing_leads_from_a_page_of_staff_to_a_sheet"]),
    (
        "Phiếu được lưu với ngày trả lời, không lưu giờ, địa chỉ mạng hay thông tin về máy.",
        &["one_copy_of_a_sqlite_database_joins_no_code_to_its_answer", "nothing_of_citizens_is_logged_at_any_level"],
    ),
    ("Vì vậy, sau khi gửi, không thể tìm lại riêng phiếu của một người để xem, sửa hay xóa.", &[]),
    (
        "Người giữ máy chủ đọc được từng phiếu mà không biết của ai; ngày chỉ có một người đến thì người đã thấy người ấy có thể đoán ra.",
        &["two_copies_tell_one_of_k_apart_no_better_than_one_in_k"],
    ),
    (
        "Trong khoảng một giờ sau khi gửi, máy chủ còn giữ dấu vết về thứ tự các phiếu.",
        &["the_same_attackers_win_on_copies_that_keep_the_order"],
    ),
    (
        "Nếu Ông/Bà tự ghi tên hay số điện thoại vào ô góp ý thì phần đó là dữ liệu cá nhân; xin đừng ghi của mình hay của người khác.",
        &[],
    ),
    (
        "Câu trả lời chờ trên chính máy của Ông/Bà, được mã hóa, và tự gửi khi có mạng.",
        &["a_scanned_form_opens_without_network_and_its_answer_waits_encrypted_and_goes_once"],
    ),
    (
        "Lời góp ý chỉ được giữ ở đó nếu Ông/Bà đồng ý.",
        &["a_scanned_form_opens_without_network_and_its_answer_waits_encrypted_and_goes_once"],
    ),
    (
        "Nếu 3 ngày vẫn chưa gửi được, câu trả lời bị xóa khỏi máy.",
        &["an_answer_that_waited_over_three_days_is_deleted_and_said_to_be"],
    ),
    (
        "Máy tính bảng tại quầy không giữ câu trả lời nào.",
        &["a_kiosk_left_half_filled_asks_then_clears_itself_and_keeps_nothing_without_network"],
    ),
    (
        "Điện thoại nhớ ngày gửi phiếu gần nhất ở mỗi nơi, để nhắc khi mở lại trong ngày; xóa dữ liệu trang web thì mất.",
        &["a_reload_costs_nothing_a_double_tap_sends_once_and_back_leads_out"],
    ),
    ("Phản ánh không gắn với phiếu khảo sát nào.", &["a_complaint_gets_a_reference_and_is_read_by_those_who_may"]),
    (
        "Nếu Ông/Bà để lại cách liên hệ, chỉ người có trách nhiệm và người kiểm tra đọc được.",
        &[
            "a_complaint_gets_a_reference_and_is_read_by_those_who_may",
            "words_are_read_by_the_roles_that_the_notice_names",
        ],
    ),
    ("Ai xem cách liên hệ được ghi vào nhật ký.", &["a_complaint_gets_a_reference_and_is_read_by_those_who_may"]),
    (
        "Ông/Bà xóa cách liên hệ được bất cứ lúc nào ở trang tra cứu, hoặc nhờ nơi nhận xóa.",
        &["a_complaint_gets_a_reference_and_is_read_by_those_who_may"],
    ),
    (
        "Ai có mã tra cứu xem được việc đến đâu và câu trả lời, không xem được lời viết và cách liên hệ.",
        &["a_complaint_gets_a_reference_and_is_read_by_those_who_may"],
    ),
    (
        "Khi phường, xã công khai câu trả lời, tên người, số điện thoại và số giấy tờ được che.",
        &["a_late_answer_is_approved_published_masked_rated_reopened_and_the_target_is_not_met"],
    ),
    (
        "Phiếu được giữ để so sánh giữa các kỳ và các năm, theo quy định lưu trữ của đơn vị.",
        &["sheets_before_the_horizon_go_and_their_tallies_stay"],
    ),
    (
        "Trong 30 ngày, máy chủ nhớ rằng có một phiếu đã gửi, không nhớ nội dung, để phiếu gửi lại không bị lưu hai lần.",
        &["attempts_are_forgotten_by_day_and_sheets_are_not", "a_submission_sent_twice_is_stored_once"],
    ),
    ("Liên hệ Phường Cầu Giấy.", &[]),
    (
        "Việc bảo vệ dữ liệu cá nhân thực hiện theo Luật Bảo vệ dữ liệu cá nhân số 91/2025/QH15 và Nghị định 356/2025/NĐ-CP, có hiệu lực \
         từ 01/01/2026.",
        &[],
    ),
];

/// The form of a counter where there are one-time codes, what its script may say, and the thanks.
const FORM: &[Promise] = &[
    ("Không hỏi tên, không cần đăng nhập, không thu phí.", &["nobody_can_be_asked_who_they_are"]),
    (
        "Mã chỉ cho biết người trả lời đã được phục vụ; không ai ở nơi phục vụ biết mã nào đi với phiếu nào.",
        &["one_copy_of_a_sqlite_database_joins_no_code_to_its_answer"],
    ),
    ("Đã xong các câu chính.", &["after_the_core_questions_the_page_offers_to_send_and_the_rest_follows"]),
    (
        "Ông/Bà gửi luôn, hoặc trả lời thêm (không bắt buộc).",
        &["after_the_core_questions_the_page_offers_to_send_and_the_rest_follows"],
    ),
    (
        "Không bắt buộc, tối đa 1.200 ký tự.",
        &["every_error_stands_at_its_field_and_in_the_summary_and_nothing_typed_is_lost"],
    ),
    (
        "Ý kiến được cộng chung với ý kiến của nhiều người khác để nơi phục vụ biết cần sửa điều gì.",
        &["no_figures_of_three_months_tell_fewer_than_ten_apart"],
    ),
    (
        "Không ai ở nơi phục vụ biết phiếu nào là của Ông/Bà.",
        &["nothing_leads_from_a_page_of_staff_to_a_sheet", "one_copy_of_a_sqlite_database_joins_no_code_to_its_answer"],
    ),
    (
        "Phiếu sẽ tự gửi khi có mạng, hoặc khi mở lại phiếu khảo sát trên máy này.",
        &["a_scanned_form_opens_without_network_and_its_answer_waits_encrypted_and_goes_once"],
    ),
    (
        "Ông/Bà có thể đóng trang.",
        &["a_scanned_form_opens_without_network_and_its_answer_waits_encrypted_and_goes_once"],
    ),
    (
        "Nếu 3 ngày vẫn chưa gửi được, phiếu tự xóa khỏi máy.",
        &["an_answer_that_waited_over_three_days_is_deleted_and_said_to_be"],
    ),
    ("Máy này không lưu được phiếu.", &["a_phone_that_keeps_nothing_says_so_and_sends_all_the_same"]),
    (
        "Xin giữ trang này mở: phiếu sẽ tự gửi khi có mạng.",
        &["a_phone_that_keeps_nothing_says_so_and_sends_all_the_same"],
    ),
    (
        "Lưu cả lời góp ý trên máy này.",
        &["a_scanned_form_opens_without_network_and_its_answer_waits_encrypted_and_goes_once"],
    ),
    (
        "Nếu không chọn, máy chỉ lưu các câu đã đánh dấu.",
        &["a_scanned_form_opens_without_network_and_its_answer_waits_encrypted_and_goes_once"],
    ),
    ("Ý kiến của Ông/Bà đã được lưu.", &["a_form_answered_without_script_is_thanked_after_it_is_stored"]),
    (
        "Ý kiến của mọi người được tổng hợp; kết quả được công bố sau từng kỳ, khi lãnh đạo đã duyệt.",
        &["results_show_the_staffs_figures_of_published_periods_only"],
    ),
    ("Ông/Bà có thể đóng trang này.", &["a_form_answered_without_script_is_thanked_after_it_is_stored"]),
];

/// What a tablet says.
const TABLET: &[Promise] = &[
    ("Đã ghi nhận.", &["a_kiosk_left_half_filled_asks_then_clears_itself_and_keeps_nothing_without_network"]),
    (
        "Phiếu tự gửi sau 10 giây; Ông/Bà có thể trả lời thêm, hoặc quay lại để đổi.",
        &["a_kiosk_left_half_filled_asks_then_clears_itself_and_keeps_nothing_without_network"],
    ),
    (
        "Gửi xong, máy này không giữ lại gì của Ông/Bà.",
        &["a_kiosk_left_half_filled_asks_then_clears_itself_and_keeps_nothing_without_network"],
    ),
    (
        "Quét mã dán tại đây bằng điện thoại để đọc thông báo quyền riêng tư.",
        &["no_citizens_page_sets_a_cookie_and_every_link_on_them_leads_somewhere"],
    ),
    (
        "Máy không nhận được phiếu và không lưu câu trả lời nào.",
        &["a_kiosk_left_half_filled_asks_then_clears_itself_and_keeps_nothing_without_network"],
    ),
    (
        "Mời Ông/Bà quét mã bên dưới để trả lời bằng điện thoại của mình.",
        &["a_kiosk_left_half_filled_asks_then_clears_itself_and_keeps_nothing_without_network"],
    ),
    (
        "Màn hình sẽ tự trở về câu đầu cho người tiếp theo.",
        &["a_kiosk_left_half_filled_asks_then_clears_itself_and_keeps_nothing_without_network"],
    ),
];

/// The page for complaints, and what its reference opens.
const COMPLAINTS: &[Promise] = &[
    (
        "Phản ánh, góp ý ở đây được gửi đến người có trách nhiệm của phường, xã, và không gắn với phiếu khảo sát nào.",
        &["who_receives_a_case_is_told_of_its_days_and_who_asked_for_news_that_there_is_some"],
    ),
    (
        "Sau khi gửi, Ông/Bà nhận một mã tra cứu: dùng mã này để xem việc đến đâu, đọc câu trả lời của phường, xã, viết thêm và chấm điểm \
         câu trả lời.",
        &["a_late_answer_is_approved_published_masked_rated_reopened_and_the_target_is_not_met"],
    ),
    ("Nên nêu ngày và nơi xảy ra.", &[]),
    ("Tối đa 4.000 ký tự.", &["the_page_tells_every_fault_at_its_place_and_keeps_what_was_typed"]),
    (
        "Không bắt buộc: số điện thoại hoặc thư điện tử, để nơi nhận có thể liên hệ lại.",
        &["a_complaint_gets_a_reference_and_is_read_by_those_who_may"],
    ),
    ("12 ký tự, thí dụ 7K2M-9QXA-41TD.", &["a_complaint_gets_a_reference_and_is_read_by_those_who_may"]),
    ("Hãy ghi lại hoặc chụp mã này và giữ như giữ chìa khóa.", &[]),
    (
        "Ai có mã đều xem được tình trạng và câu trả lời, viết thêm và chấm điểm được; không ai đọc được ở đây lời Ông/Bà đã viết và cách \
         liên hệ.",
        &["a_complaint_gets_a_reference_and_is_read_by_those_who_may"],
    ),
    (
        "Trả lời câu hỏi, hoặc bổ sung điều còn thiếu.",
        &["staff_enter_what_came_another_way_ask_extend_and_what_nobody_rates_is_closed"],
    ),
    ("Đừng ghi số giấy tờ nếu không cần.", &[]),
    (
        "Thư chỉ báo có tin mới, không ghi nội dung và không ghi mã.",
        &["who_receives_a_case_is_told_of_its_days_and_who_asked_for_news_that_there_is_some"],
    ),
    ("Không bắt buộc.", &["a_complaint_gets_a_reference_and_is_read_by_those_who_may"]),
    (
        "Xóa ngay số điện thoại, thư điện tử đã để lại; phản ánh vẫn được trả lời ở trang này.",
        &["a_complaint_gets_a_reference_and_is_read_by_those_who_may"],
    ),
];

#[test]
fn every_sentence_of_the_citizens_pages_is_bound_to_what_keeps_it() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    town.db.by_nobody().set_kiosk(&town.counter, true).expect("a switch");
    let code = &town.counter;
    let left =
        location(&town.client.post(format!("{}/complaints", town.address)).form(&LEFT).send().expect("an answer"));
    let pages: [(&[Promise], Vec<String>, &str); 4] = [
        (PRIVACY, vec!["/privacy?unit=cau-giay-hcc".to_owned()], "main p"),
        (
            FORM,
            vec![format!("/s/{code}?ticket="), format!("/s/{code}/thanks")],
            "#lead .small, #ticket-hint, #enough p, #comment-hint, footer > p:not(:has(a)):not([id]), .message p:not(.state), label.words",
        ),
        (TABLET, vec![format!("/s/{code}?kiosk")], "#enough p, footer p:not([id]), .message p:not(.unseen):not(#left)"),
        (
            COMPLAINTS,
            vec!["/complaints?unit=phuong-cau-giay".to_owned(), left],
            "main p:not(:has(a)):not(.reference), .small",
        ),
    ];
    let mut wrong = Vec::new();
    for (promises, paths, selector) in pages {
        let mut said = BTreeSet::new();
        for path in &paths {
            // What stands in a template is said later and counts as well.
            let page =
                town.get(path).text().expect("a page").replace("<template", "<div").replace("</template", "</div");
            said.extend(texts(&page, selector).iter().flat_map(|text| sentences(text)));
        }
        let bound: BTreeSet<String> = promises.iter().map(|(sentence, _)| (*sentence).to_owned()).collect();
        // Sentences of the form and the tablet stand on both pages.
        let known: BTreeSet<String> =
            [FORM, TABLET].concat().iter().map(|(sentence, _)| (*sentence).to_owned()).collect();
        wrong.extend(bound.difference(&said).map(|sentence| format!("{paths:?} no longer says: {sentence}")));
        wrong.extend(
            said.difference(&bound)
                .filter(|said| !known.contains(*said))
                .map(|sentence| format!("{paths:?} says, and nothing keeps: {sentence}")),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_promise_is_kept_by_a_test_that_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sources: String = ["src", "tests"].iter().map(|folder| all_of(&root.join(folder))).collect();
    let promises = [PRIVACY, FORM, TABLET, COMPLAINTS].concat();
    for (sentence, keepers) in promises {
        for keeper in keepers {
            assert!(
                sources.contains(&format!("fn {keeper}(")),
                "“{sentence}” is said to be kept by {keeper}, which is no test"
            );
        }
    }
}

#[test]
fn words_are_read_by_the_roles_that_the_notice_names() {
    // Those in charge of the survey, leaders, heads of unit, auditors.
    let named = [Role::PlanOwner, Role::Leader, Role::UnitHead, Role::Auditor];
    for role in Role::ALL {
        assert_eq!(may(role, Action::ReadComments), named.contains(&role), "{} and comments", role.name());
        assert_eq!(may(role, Action::ReadComplaints), named.contains(&role), "{} and contacts", role.name());
    }
}

#[test]
fn nobody_can_be_asked_who_they_are() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let form = town.get(&format!("/s/{}", town.counter)).text().expect("a page");
    let form = Html::parse_document(&form);
    let typed =
        Selector::parse("form input:not([type=radio]):not([type=checkbox]):not([type=hidden]), form [required]")
            .expect("one");
    assert_eq!(form.select(&typed).count(), 0, "a box to type in, or a question that must be answered");
    // Nothing about the person need be answered: one level is a whole answer.
    let mut sheet = town.open_form(&town.counter);
    sheet.set("q.overall_satisfaction", "4");
    assert_eq!(town.post_form(&town.counter, &sheet).status(), 303);
}

#[test]
fn nothing_leads_from_a_page_of_staff_to_a_sheet() {
    // An answer has no number that a page could take: no address of the table names one.
    let named: BTreeSet<&str> = sipas::web::routes::rows()
        .flat_map(|row| row.path.split(['{', '}']).skip(1).step_by(2).collect::<Vec<_>>())
        .collect();
    for part in ["sheet", "response", "answer", "attempt", "comment"] {
        assert!(!named.contains(part), "an address takes a {part}");
    }
}

#[test]
fn no_citizens_page_sets_a_cookie_and_every_link_on_them_leads_somewhere() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let code = &town.counter;
    let mut seen = BTreeSet::new();
    let mut next = vec![
        "/".to_owned(),
        format!("/s/{code}"),
        format!("/s/{code}/thanks"),
        "/complaints?unit=phuong-cau-giay".to_owned(),
    ];
    let links = Selector::parse("a[href^='/']").expect("a selector");
    while let Some(path) = next.pop() {
        if seen.len() > 60 || path.starts_with("/staff") || !seen.insert(path.clone()) {
            continue;
        }
        let answer = town.get(&path);
        assert!(answer.headers().get("set-cookie").is_none(), "{path} sets a cookie");
        assert!(matches!(answer.status().as_u16(), 200 | 303), "{path} is {}", answer.status());
        let page = Html::parse_document(&answer.text().expect("a page"));
        next.extend(page.select(&links).filter_map(|link| link.attr("href")).map(str::to_owned));
    }
    for wanted in ["/privacy?", "/results", "/complaints"] {
        assert!(seen.iter().any(|path| path.starts_with(wanted)), "nothing leads to {wanted}");
    }
}

const LEFT: [(&str, &str); 6] = [
    ("lang", "vi"),
    ("once", "5a0e8f3c-9999-4222-8333-0000000000aa"),
    ("unit", "phuong-cau-giay"),
    ("kind", "complaint"),
    ("text", "Phải đến ba lần mới xong."),
    ("contact", "0912 345 678"),
];

/// The sentences of a text that say something: those that ask are headings.
fn sentences(text: &str) -> Vec<String> {
    let mut sentences = Vec::new();
    let mut rest = text.trim();
    while let Some(end) = rest.find(['.', '?', '!']).map(|first| end_of_sentence(rest, first)) {
        sentences.push(rest[..end].trim().to_owned());
        rest = rest[end..].trim_start();
    }
    sentences.retain(|sentence| {
        !sentence.ends_with('?')
            && !sentence.chars().next().is_some_and(|c| c.is_ascii_digit() && sentence.contains("câu, khoảng"))
    });
    sentences
}

/// Where the sentence ends whose first point stands at `first`: at a point before a blank or the end, as in no number.
fn end_of_sentence(text: &str, first: usize) -> usize {
    let mut at = first;
    loop {
        let after = at + 1;
        match text[after..].chars().next() {
            None | Some(' ') => return after,
            Some(_) => match text[after..].find(['.', '?', '!']) {
                Some(next) => at = after + next,
                None => return text.len(),
            },
        }
    }
}

fn all_of(folder: &Path) -> String {
    let mut text = String::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            text.push_str(&all_of(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            text.push_str(&std::fs::read_to_string(path).expect("a file"));
        }
    }
    text
}
