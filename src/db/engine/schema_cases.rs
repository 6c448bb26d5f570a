//! The tables of complaints, remedies, dialogues, warnings, tasks and tidings, as diesel sees them.

diesel::table! {
    complaint (unit_id, day, random) {
        unit_id -> Integer,
        day -> Integer,
        random -> BigInt,
        reference_hash -> Binary,
        kind -> SmallInt,
        state -> SmallInt,
        words -> Text,
        subject -> Nullable<SmallInt>,
        channel -> SmallInt,
        outside_number -> Text,
        point_id -> Nullable<Integer>,
        field_id -> Nullable<SmallInt>,
        about_unit_id -> Nullable<Integer>,
        desk_unit_id -> Nullable<Integer>,
        lead_unit_id -> Nullable<Integer>,
        due_day -> Nullable<Integer>,
        waiting_since -> Nullable<Integer>,
        answer -> Text,
        decided_day -> Nullable<Integer>,
        was_late -> Bool,
        outcome -> Text,
        published_day -> Nullable<Integer>,
        published_words -> Text,
        published_answer -> Text,
        rating -> Nullable<SmallInt>,
        reopened -> SmallInt,
    }
}

diesel::table! {
    complaint_contact (unit_id, day, random) {
        unit_id -> Integer,
        day -> Integer,
        random -> BigInt,
        contact -> Text,
        news -> Text,
    }
}

diesel::table! {
    complaint_helper (unit_id, day, random, helper_unit_id) {
        unit_id -> Integer,
        day -> Integer,
        random -> BigInt,
        helper_unit_id -> Integer,
    }
}

diesel::table! {
    complaint_step (unit_id, day, random, number) {
        unit_id -> Integer,
        day -> Integer,
        random -> BigInt,
        number -> Integer,
        on_day -> Integer,
        deed -> SmallInt,
        by_name -> Text,
        words -> Text,
    }
}

diesel::table! {
    complaint_rule (unit_id) {
        unit_id -> Integer,
        answer_days -> Integer,
        extension_days -> Integer,
        close_days -> Integer,
    }
}

diesel::table! {
    theme_list (unit_id) {
        unit_id -> Integer,
        words -> Text,
    }
}

diesel::table! {
    remedy (unit_id, number) {
        unit_id -> Integer,
        number -> Integer,
        source -> SmallInt,
        source_of -> Text,
        said -> Text,
        work -> Text,
        person -> Text,
        office_id -> Nullable<Integer>,
        duty -> Text,
        due_day -> Integer,
        result -> Text,
        authority -> Text,
        state -> SmallInt,
        note -> Text,
        made_day -> Integer,
        done_day -> Nullable<Integer>,
        published_day -> Nullable<Integer>,
        evidence_name -> Text,
        evidence -> Nullable<Binary>,
    }
}

diesel::table! {
    dialogue (unit_id, number) {
        unit_id -> Integer,
        number -> Integer,
        on_day -> Integer,
        state -> SmallInt,
        topic -> Text,
        place -> Text,
        led_by -> Text,
        by_head -> Bool,
        people -> Integer,
        asked -> Text,
        answered -> Text,
    }
}

diesel::table! {
    warning (unit_id, number) {
        unit_id -> Integer,
        number -> Integer,
        kind -> SmallInt,
        subject -> Text,
        way -> SmallInt,
        since_day -> Integer,
        seen_day -> Integer,
        raised_day -> Integer,
        people -> Integer,
        read_day -> Nullable<Integer>,
        read_by -> Text,
        note -> Text,
    }
}

diesel::table! {
    warning_watch (unit_id) {
        unit_id -> Integer,
        judged_day -> Integer,
        watched -> Integer,
        days_between -> Integer,
    }
}

diesel::table! {
    plan_task (plan, task) {
        plan -> Text,
        task -> Text,
        state -> SmallInt,
        note -> Text,
        on_day -> Integer,
        by_name -> Text,
        product_name -> Text,
        product -> Nullable<Binary>,
    }
}

diesel::table! {
    telling (unit_id, number) {
        unit_id -> Integer,
        number -> Integer,
        topic -> SmallInt,
        span -> Text,
        facts -> Text,
        state -> SmallInt,
        version -> Integer,
        approved_by -> Text,
        out_version -> Nullable<Integer>,
        made_day -> Integer,
        published_day -> Nullable<Integer>,
        updated_day -> Nullable<Integer>,
        broadcast_day -> Nullable<Integer>,
        sent_day -> Nullable<Integer>,
        accepted_day -> Nullable<Integer>,
    }
}

diesel::table! {
    telling_version (unit_id, number, version) {
        unit_id -> Integer,
        number -> Integer,
        version -> Integer,
        title -> Text,
        item -> Text,
        broadcast -> Text,
        city_title -> Text,
        city -> Text,
        by_name -> Text,
        on_day -> Integer,
    }
}
