//! The words of the pages for complaints and suggestions, in Vietnamese and English.

use crate::cases::{Fault, Kind, State};

/// Every sentence of the pages.
#[derive(Debug)]
#[expect(missing_docs, reason = "each name says where the sentence stands; the sentence itself is the documentation")]
pub struct ComplaintWords {
    pub title: &'static str,
    pub intro: &'static [&'static str],
    pub to: &'static str,
    pub choose_unit: &'static str,
    pub kind: &'static str,
    pub text: &'static str,
    pub text_hint: &'static str,
    pub contact: &'static str,
    pub contact_hint: &'static str,
    pub send: &'static str,
    pub look_up: &'static str,
    pub reference: &'static str,
    pub reference_hint: &'static str,
    pub open: &'static str,
    pub received: &'static str,
    pub keep: &'static str,
    pub received_on: &'static str,
    pub state: &'static str,
    pub not_found: &'static str,
    pub other_content: &'static str,
    pub unit_missing: &'static str,
    complaint: &'static str,
    suggestion: &'static str,
    state_received: &'static str,
    fault_kind: &'static str,
    fault_text_missing: &'static str,
    fault_text_long: &'static str,
    fault_contact: &'static str,
}

impl ComplaintWords {
    /// The name of a kind.
    pub fn kind_name(&self, kind: Kind) -> &'static str {
        match kind {
            Kind::Complaint => self.complaint,
            Kind::Suggestion => self.suggestion,
        }
    }

    /// The name of a state.
    pub fn state_name(&self, state: State) -> &'static str {
        match state {
            State::Received => self.state_received,
        }
    }

    /// The sentence for a fault.
    pub fn fault(&self, fault: Fault) -> &'static str {
        match fault {
            Fault::Kind => self.fault_kind,
            Fault::TextMissing => self.fault_text_missing,
            Fault::TextTooLong => self.fault_text_long,
            Fault::ContactTooLong => self.fault_contact,
        }
    }
}

/// The words in `language`; Vietnamese where there are none.
pub fn complaint_words(language: &str) -> &'static ComplaintWords {
    if language == "en" { &ENGLISH } else { &VIETNAMESE }
}

static VIETNAMESE: ComplaintWords = ComplaintWords {
    title: "Gửi phản ánh, góp ý",
    intro: &[
        "Phản ánh, góp ý ở đây được gửi đến người có trách nhiệm của phường, xã, và không gắn với phiếu khảo sát nào. Trang này chưa gửi câu trả lời được: việc cần trả lời, xin để lại cách liên hệ hoặc đến thẳng nơi phục vụ.",
        "Sau khi gửi, Ông/Bà nhận một mã tra cứu.",
    ],
    to: "Gửi đến",
    choose_unit: "Ông/Bà muốn gửi đến nơi nào?",
    kind: "Nội dung là",
    text: "Chuyện gì đã xảy ra, hoặc nên làm gì tốt hơn?",
    text_hint: "Nên nêu ngày và nơi xảy ra. Tối đa 4.000 ký tự.",
    contact: "Cách liên hệ với Ông/Bà",
    contact_hint: "Không bắt buộc: số điện thoại hoặc thư điện tử, để nơi nhận có thể liên hệ lại.",
    send: "Gửi",
    look_up: "Xem phản ánh đã gửi",
    reference: "Mã tra cứu",
    reference_hint: "12 ký tự, thí dụ 7K2M-9QXA-41TD.",
    open: "Xem",
    received: "Đã nhận",
    keep: "Hãy ghi lại hoặc chụp mã này. Ai có mã đều xem được phản ánh đã đến nơi và ngày nhận, không xem được nội dung.",
    received_on: "Ngày nhận",
    state: "Tình trạng",
    not_found: "Không có phản ánh nào mang mã này. Hãy xem lại từng ký tự.",
    other_content: "Nội dung này đã được gửi trước đó với lời khác. Bấm gửi nếu đây là một phản ánh mới.",
    unit_missing: "Hãy chọn nơi nhận.",
    complaint: "Phản ánh, kiến nghị",
    suggestion: "Góp ý",
    state_received: "Đã nhận",
    fault_kind: "Hãy chọn phản ánh hay góp ý.",
    fault_text_missing: "Hãy viết nội dung.",
    fault_text_long: "Nội dung dài quá 4.000 ký tự; hãy rút ngắn.",
    fault_contact: "Cách liên hệ dài quá 200 ký tự; hãy rút ngắn.",
};

static ENGLISH: ComplaintWords = ComplaintWords {
    title: "Complaints and suggestions",
    intro: &[
        "What you write here goes to those in charge at the ward or commune, and is not connected to any survey answers. This page cannot send you an answer yet: if you need one, please leave a contact or go to the office.",
        "When you have sent it, you get a reference to follow it up.",
    ],
    to: "To",
    choose_unit: "Who should receive it?",
    kind: "This is",
    text: "What happened, or what should be better?",
    text_hint: "It helps to say when and where. Up to 4,000 characters.",
    contact: "How can we reach you?",
    contact_hint: "Optional: a phone number or an email address, so that the office can reach you.",
    send: "Send",
    look_up: "Look up what you sent",
    reference: "Reference",
    reference_hint: "12 characters, such as 7K2M-9QXA-41TD.",
    open: "Look up",
    received: "Received",
    keep: "Please write this reference down or take a photo of it. Anyone who has it can see that it arrived and when, but not what you wrote.",
    received_on: "Received on",
    state: "Progress",
    not_found: "There is nothing under this reference. Please check each character.",
    other_content: "This was sent before with other words. Press send if it is a new one.",
    unit_missing: "Please choose who should receive it.",
    complaint: "A complaint",
    suggestion: "A suggestion",
    state_received: "Received",
    fault_kind: "Please say whether it is a complaint or a suggestion.",
    fault_text_missing: "Please write something.",
    fault_text_long: "It is longer than 4,000 characters; please shorten it.",
    fault_contact: "The contact is longer than 200 characters; please shorten it.",
};
