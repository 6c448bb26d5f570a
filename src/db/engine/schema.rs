//! The tables as diesel sees them. `migrations/README.md` says how to change them; a test compares both engines.

pub use super::schema_cases::*;

diesel::table! {
    meta (key) {
        key -> Text,
        value -> Text,
    }
}

diesel::table! {
    unit (id) {
        id -> Integer,
        code -> Text,
        kind -> SmallInt,
        name_vi -> Text,
        name_en -> Text,
        parent_id -> Nullable<Integer>,
        valid_from -> Integer,
        valid_to -> Nullable<Integer>,
        successor_id -> Nullable<Integer>,
    }
}

diesel::table! {
    field (id) {
        id -> SmallInt,
        code -> Text,
        name_vi -> Text,
        name_en -> Text,
        place -> SmallInt,
        own -> Bool,
    }
}

diesel::table! {
    unit_name (unit_id, number) {
        unit_id -> Integer,
        number -> Integer,
        until_day -> Integer,
        name_vi -> Text,
        name_en -> Text,
    }
}

diesel::table! {
    form (id) {
        id -> Integer,
        code -> Text,
        version -> Integer,
        hash -> Text,
        title -> Text,
        content -> Text,
        published_on -> Integer,
    }
}

diesel::table! {
    plan (key, revision) {
        key -> Text,
        revision -> Integer,
        hash -> Text,
        content -> Text,
        seeded_on -> Integer,
    }
}

diesel::table! {
    service_point (unit_id, id) {
        unit_id -> Integer,
        id -> Integer,
        name_vi -> Text,
        name_en -> Text,
        form_code -> Text,
        channel -> SmallInt,
        opened_on -> Integer,
        retired_on -> Nullable<Integer>,
        kiosk -> Bool,
        successor_unit_id -> Nullable<Integer>,
        successor_point_id -> Nullable<Integer>,
        batch -> Nullable<Integer>,
    }
}

diesel::table! {
    point_field (unit_id, point_id, field_id) {
        unit_id -> Integer,
        point_id -> Integer,
        field_id -> SmallInt,
        place -> SmallInt,
    }
}

diesel::table! {
    point_code (code) {
        code -> Text,
        unit_id -> Integer,
        point_id -> Integer,
        issued_on -> Integer,
        retired_on -> Nullable<Integer>,
    }
}

diesel::table! {
    staff_user (id) {
        id -> Integer,
        name -> Text,
        display_name -> Text,
        password_hash -> Text,
        role -> Text,
        unit_id -> Integer,
        created_ms -> BigInt,
        retired_ms -> Nullable<BigInt>,
        email -> Nullable<Text>,
        totp_secret -> Nullable<Binary>,
        totp_step -> Nullable<BigInt>,
        successor_id -> Nullable<Integer>,
    }
}

diesel::table! {
    session (token_hash) {
        token_hash -> Binary,
        user_id -> Integer,
        created_ms -> BigInt,
        last_seen_ms -> BigInt,
        expires_ms -> BigInt,
        stage -> SmallInt,
        agent -> Text,
    }
}

diesel::table! {
    sheet (unit_id, day, random) {
        unit_id -> Integer,
        day -> Integer,
        random -> BigInt,
        point_id -> Integer,
        form_id -> Integer,
        field_id -> SmallInt,
        series -> SmallInt,
        mode -> SmallInt,
        respondent -> SmallInt,
        channel -> SmallInt,
        suspect -> Bool,
        answers -> Binary,
        demographics -> Binary,
        release_id -> Integer,
    }
}

diesel::table! {
    comment (unit_id, day, random) {
        unit_id -> Integer,
        day -> Integer,
        random -> BigInt,
        body -> Text,
    }
}

diesel::table! {
    attempt (unit_id, hash) {
        unit_id -> Integer,
        hash -> Binary,
        tag -> Binary,
        day -> Integer,
    }
}

diesel::table! {
    ticket (unit_id, hash) {
        unit_id -> Integer,
        hash -> Binary,
        point_id -> Integer,
        key_id -> Binary,
        issued_month -> Integer,
        last_day -> Integer,
        used -> Bool,
    }
}

diesel::table! {
    voiding (unit_id, number) {
        unit_id -> Integer,
        number -> Integer,
        point_id -> Integer,
        from_day -> Integer,
        to_day -> Integer,
        suspects_only -> Bool,
        sheets -> Integer,
        reason -> Text,
        done_by -> Text,
        done_ms -> BigInt,
        undone_reason -> Nullable<Text>,
        undone_by -> Nullable<Text>,
        undone_ms -> Nullable<BigInt>,
    }
}

diesel::table! {
    tally (unit_id, released, day, point_id, field_id, form_id, series, mode, respondent, suspect, release_id, slot) {
        unit_id -> Integer,
        released -> Bool,
        day -> Integer,
        point_id -> Integer,
        field_id -> SmallInt,
        form_id -> Integer,
        series -> SmallInt,
        mode -> SmallInt,
        respondent -> SmallInt,
        suspect -> Bool,
        release_id -> Integer,
        slot -> SmallInt,
        body -> Binary,
    }
}

diesel::table! {
    kept_share (unit_id, release_id) {
        unit_id -> Integer,
        release_id -> Integer,
        root_id -> Integer,
        pool -> Text,
        sheets -> Integer,
        first_day -> Integer,
        last_day -> Integer,
        mixed -> Bool,
        scope_id -> Integer,
        part_first -> Integer,
        part_last -> Integer,
        cut_day -> Integer,
    }
}

diesel::table! {
    /// How many sheets a unit's day had when its rows were last written anew.
    order_done (unit_id, day) {
        unit_id -> Integer,
        day -> Integer,
        sheets -> BigInt,
    }
}

diesel::table! {
    survey_round (id) {
        id -> Integer,
        unit_id -> Integer,
        plan -> Text,
        clause -> Text,
        name -> Text,
        form_id -> Integer,
        quota -> Integer,
        selection -> SmallInt,
        first_day -> Integer,
        last_day -> Integer,
        closed_on -> Integer,
        fields -> Text,
    }
}

diesel::table! {
    survey_round_office (round_id, unit_id) {
        round_id -> Integer,
        unit_id -> Integer,
        point_id -> Integer,
        first_number -> Integer,
        last_number -> Integer,
        collected -> Integer,
        refused -> Integer,
    }
}

diesel::table! {
    survey_frame (round_id) {
        round_id -> Integer,
        file_name -> Text,
        state -> SmallInt,
        design -> Text,
        result -> Text,
        totals -> Text,
    }
}

diesel::table! {
    survey_frame_unit (round_id, place) {
        round_id -> Integer,
        place -> Integer,
        number -> Text,
        stratum -> Text,
        group_name -> Text,
        cluster -> Text,
        size -> Integer,
    }
}

diesel::table! {
    survey_drawn (round_id, sheet) {
        round_id -> Integer,
        sheet -> Integer,
        place -> Integer,
        probability -> Text,
        standing -> SmallInt,
        outcome -> SmallInt,
        calls -> SmallInt,
    }
}

diesel::table! {
    survey_cell (round_id, cell) {
        round_id -> Integer,
        cell -> Integer,
        unit_id -> Integer,
        point_id -> Integer,
        name -> Text,
        body -> Text,
    }
}

diesel::table! {
    voiding_release (unit_id, number, release_id) {
        unit_id -> Integer,
        number -> Integer,
        release_id -> Integer,
    }
}

diesel::table! {
    day_sum (unit_id, day) {
        unit_id -> Integer,
        day -> Integer,
        counts -> Binary,
        sums -> Binary,
    }
}

diesel::table! {
    recovery_code (user_id, hash) {
        user_id -> Integer,
        hash -> Binary,
    }
}

diesel::table! {
    one_time_link (hash) {
        hash -> Binary,
        purpose -> SmallInt,
        user_id -> Integer,
        expires_ms -> BigInt,
    }
}

diesel::table! {
    audit (number) {
        number -> BigInt,
        at_ms -> BigInt,
        actor -> Text,
        action -> Text,
        unit -> Text,
        object -> Text,
        outcome -> Text,
        previous -> Binary,
        hash -> Binary,
    }
}

diesel::table! {
    outbox (key) {
        key -> Text,
        message_id -> Text,
        recipient -> Text,
        subject -> Text,
        body -> Text,
        created_ms -> BigInt,
        due_ms -> BigInt,
        lease_ms -> BigInt,
        tries -> Integer,
        sent_ms -> Nullable<BigInt>,
        failed_ms -> Nullable<BigInt>,
        until_ms -> Nullable<BigInt>,
        refusals -> Integer,
        reason -> Text,
    }
}

diesel::table! {
    letter_choice (user_id) {
        user_id -> Integer,
        choice -> SmallInt,
    }
}

diesel::table! {
    closing_step (plan, period, version, number) {
        plan -> Text,
        period -> Text,
        version -> Integer,
        number -> Integer,
        deed -> SmallInt,
        user_id -> Integer,
        user_name -> Text,
        at_ms -> BigInt,
        reason -> Text,
        hash -> Binary,
    }
}

diesel::table! {
    closing_part (plan, period, version, name) {
        plan -> Text,
        period -> Text,
        version -> Integer,
        name -> Text,
        hash -> Binary,
        body -> Binary,
    }
}

diesel::table! {
    issued_report (plan, period, version, issue) {
        plan -> Text,
        period -> Text,
        version -> Integer,
        issue -> Integer,
        details -> Text,
        user_id -> Integer,
        user_name -> Text,
        at_ms -> BigInt,
    }
}

diesel::table! {
    issued_file (plan, period, version, issue, name) {
        plan -> Text,
        period -> Text,
        version -> Integer,
        issue -> Integer,
        name -> Text,
        hash -> Binary,
        body -> Binary,
    }
}

diesel::table! {
    report_text (plan, period, part, revision) {
        plan -> Text,
        period -> Text,
        part -> Text,
        revision -> Integer,
        body -> Text,
        user_name -> Text,
        at_ms -> BigInt,
    }
}

diesel::table! {
    report_chart (plan, period, version, number) {
        plan -> Text,
        period -> Text,
        version -> Integer,
        number -> Integer,
        heading -> Text,
        sentence -> Text,
        body -> Text,
        user_name -> Text,
        at_ms -> BigInt,
    }
}

diesel::table! {
    saved_view (user_id, name) {
        user_id -> Integer,
        name -> Text,
        address -> Text,
        at_ms -> BigInt,
    }
}

diesel::table! {
    outline (plan, number) {
        plan -> Text,
        number -> Integer,
        name -> Text,
        hash -> Binary,
        body -> Binary,
        user_name -> Text,
        at_ms -> BigInt,
    }
}

diesel::table! {
    entry_batch (id) {
        id -> Integer,
        unit_id -> Integer,
        point_id -> Integer,
        form_id -> Integer,
        state -> SmallInt,
        first_by -> Integer,
        second_by -> Nullable<Integer>,
        created_ms -> BigInt,
    }
}

diesel::table! {
    entry_sheet (batch_id, pass, place) {
        batch_id -> Integer,
        pass -> SmallInt,
        place -> Integer,
        day -> Integer,
        field_id -> SmallInt,
        respondent -> SmallInt,
        answers -> Binary,
        demographics -> Binary,
        comment -> Nullable<Text>,
    }
}

diesel::table! {
    /// A field declared to be without cases.
    declared_field (unit_id, plan, period, field_id) {
        unit_id -> Integer,
        plan -> Text,
        period -> Text,
        field_id -> SmallInt,
        reason -> Text,
        declared_by -> Text,
        declared_ms -> BigInt,
    }
}

diesel::table! {
    /// The figures of a plan's period as they were computed last.
    kept_figure (unit_id, plan, period) {
        unit_id -> Integer,
        plan -> Text,
        period -> Text,
        inputs -> Binary,
        figures -> Text,
        on_day -> Integer,
    }
}

diesel::table! {
    volume (unit_id, field_id, month, point_id) {
        unit_id -> Integer,
        field_id -> SmallInt,
        month -> Integer,
        point_id -> Integer,
        cases -> BigInt,
    }
}

diesel::table! {
    outside_figure (unit_id, index_kind, field_id, period, source) {
        unit_id -> Integer,
        index_kind -> SmallInt,
        field_id -> SmallInt,
        period -> Text,
        source -> Text,
        value -> Integer,
        respondents -> Nullable<Integer>,
    }
}

diesel::table! {
    import_file (kind, hash) {
        kind -> SmallInt,
        hash -> Binary,
        name -> Text,
        row_count -> Integer,
        done_by -> Text,
        done_ms -> BigInt,
    }
}

diesel::table! {
    single_sign_on (user_id) {
        user_id -> Integer,
        issuer -> Text,
        subject -> Nullable<Text>,
        allowed_ms -> BigInt,
        bound_ms -> Nullable<BigInt>,
        closed_ms -> Nullable<BigInt>,
    }
}

diesel::table! {
    api_token (token_hash) {
        token_hash -> Binary,
        name -> Text,
        role -> Text,
        unit_id -> Integer,
        made_by -> Text,
        made_ms -> BigInt,
        expires_ms -> BigInt,
        used_day -> Nullable<Integer>,
        revoked_ms -> Nullable<BigInt>,
    }
}

diesel::table! {
    webhook (id) {
        id -> Integer,
        unit_id -> Integer,
        name -> Text,
        url -> Text,
        events -> Text,
        secret -> Binary,
        made_by -> Text,
        made_ms -> BigInt,
        ended_ms -> Nullable<BigInt>,
        last_sent_ms -> Nullable<BigInt>,
        last_failed_ms -> Nullable<BigInt>,
        last_reason -> Text,
    }
}

diesel::table! {
    /// An event on its way to an address.
    webhook_event (webhook_id, object, number, id) {
        webhook_id -> Integer,
        object -> Text,
        number -> Integer,
        id -> Text,
        kind -> Text,
        unit_id -> Integer,
        data -> Text,
        created_ms -> BigInt,
        due_ms -> BigInt,
        lease_ms -> BigInt,
        tries -> Integer,
        failed_ms -> Nullable<BigInt>,
        reason -> Text,
    }
}

diesel::table! {
    form_draft (id) {
        id -> Integer,
        unit_id -> Integer,
        code -> Text,
        based_on -> Integer,
        content -> Text,
        remarks -> Text,
        revision -> Integer,
        made_by -> Text,
        made_ms -> BigInt,
        changed_by -> Text,
        changed_ms -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(unit, service_point, point_code, point_field, field);
diesel::allow_tables_to_appear_in_same_query!(declared_field, field);
diesel::allow_tables_to_appear_in_same_query!(staff_user, session);
diesel::allow_tables_to_appear_in_same_query!(staff_user, single_sign_on);
diesel::allow_tables_to_appear_in_same_query!(staff_user, unit);
diesel::allow_tables_to_appear_in_same_query!(sheet, comment);
diesel::allow_tables_to_appear_in_same_query!(sheet, unit);
diesel::allow_tables_to_appear_in_same_query!(webhook, webhook_event);
diesel::allow_tables_to_appear_in_same_query!(voiding, voiding_release);
diesel::allow_tables_to_appear_in_same_query!(survey_drawn, survey_frame_unit);
