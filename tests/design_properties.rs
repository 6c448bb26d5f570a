//! What must hold for any design-based estimate and any calibration, whatever the data.

#[path = "support/inputs.rs"]
mod inputs;

use proptest::prelude::*;
use sipas::stats::Confidence;
use sipas::stats::calibration::{Auxiliaries, Control, Distance, Margin, Residuals, Trimming, calibrate, rake, trim};
use sipas::stats::design::{Design, DesignColumns, FrameBuilder};
use sipas::stats::design_interval::ShareInterval;
use sipas::stats::domains::DegreesOf;
use sipas::stats::estimate::{MeanEstimate, Responses};
use sipas::stats::sums::{Cell, CellCalibration, GroupedSums, RowValues, Statistic, SummedDesign};
use sipas::stats::variance::{LonelyCluster, LonelyRule};

/// One row: stratum 0..3, cluster 0..4 within it, weight, answer, domain 0..2, sex, age group.
#[derive(Debug, Clone, Copy)]
struct Person {
    stratum: usize,
    cluster: usize,
    weight: f64,
    answer: Option<bool>,
    domain: usize,
    sex: usize,
    age: usize,
}

fn person() -> impl Strategy<Value = Person> {
    (0..3_usize, 0..4_usize, 1_u32..400, prop::option::weighted(0.9, any::<bool>()), 0..2_usize, 0..2_usize, 0..3_usize)
        .prop_map(|(stratum, cluster, weight, answer, domain, sex, age)| Person {
            stratum,
            cluster: stratum * 10 + cluster,
            weight: f64::from(weight) / 8.0,
            answer,
            domain,
            sex,
            age,
        })
}

/// People of every stratum, cluster and cell, so that designs and margins are good, and more at random.
fn people() -> impl Strategy<Value = Vec<Person>> {
    prop::collection::vec(person(), 5..120).prop_map(|mut people| {
        for at in 0..24 {
            let (stratum, cluster) = (at % 3, (at % 3) * 10 + at % 4);
            let answer = Some(at % 5 != 0);
            people.push(Person { stratum, cluster, weight: 2.5, answer, domain: at % 2, sex: at % 2, age: at / 2 % 3 });
        }
        people
    })
}

fn design_of(people: &[Person], scale: f64) -> Design {
    let column = |of: fn(&Person) -> usize| people.iter().map(of).collect::<Vec<usize>>();
    let weights: Vec<f64> = people.iter().map(|person| person.weight * scale).collect();
    let (strata, clusters) = (column(|person| person.stratum), column(|person| person.cluster));
    let sizes = vec![25.0; people.len()];
    Design::new(&DesignColumns {
        weights: &weights,
        strata: Some(&strata),
        clusters: Some(&clusters),
        clusters_in_population: Some(&sizes),
        ..DesignColumns::default()
    })
    .expect("a good design")
    .with_lonely_rule(LonelyRule { clusters: LonelyCluster::Adjust, in_domains: false })
}

fn answers(people: &[Person], domain: Option<usize>) -> Responses {
    let of = |person: &Person| {
        let inside = domain.is_none_or(|domain| person.domain == domain);
        person.answer.filter(|_| inside).map(|answer| f64::from(u8::from(answer)))
    };
    Responses::single(&people.iter().map(of).collect::<Vec<Option<f64>>>())
}

fn share(people: &[Person], scale: f64, domain: Option<usize>) -> MeanEstimate {
    design_of(people, scale).mean(&answers(people, domain)).expect("a rule for lonely strata").expect("answers")
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * (1e-6 + b.abs())
}

/// The same sums collected in two halves and put together.
fn summed(people: &[Person], split: usize) -> (GroupedSums, FrameBuilder) {
    let mut builder = FrameBuilder::default();
    let mut halves = [GroupedSums::new(1), GroupedSums::new(1)];
    for (at, person) in people.iter().enumerate() {
        let cluster = builder.place(person.stratum, person.cluster, Some(25.0), None).expect("a good design");
        let count = [f64::from(u8::from(person.answer.is_some()))];
        let sum = [f64::from(u8::from(person.answer == Some(true)))];
        let values = RowValues { counts: &count, sums: &sum, squares: &sum };
        halves[usize::from(at >= split)].add(cluster, person.domain, person.weight, values);
    }
    let [mut sums, second] = halves;
    sums.merge(&second);
    (sums, builder)
}

fn margins_of(people: &[Person]) -> [Margin; 2] {
    [
        Margin { level_of_row: people.iter().map(|person| person.sex).collect(), totals: vec![520.0, 480.0] },
        Margin { level_of_row: people.iter().map(|person| person.age).collect(), totals: vec![300.0, 450.0, 250.0] },
    ]
}

fn assert_margins(weights: &[f64], margins: &[Margin]) {
    for margin in margins {
        for (level, total) in margin.totals.iter().enumerate() {
            let rows = weights.iter().zip(&margin.level_of_row).filter(|(_, at)| **at == level);
            let achieved: f64 = rows.map(|(weight, _)| weight).sum();
            assert!((achieved - total).abs() < 1e-8 * total, "level {level}: {achieved}, known {total}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(inputs::cases(96)))]

    #[test]
    fn the_scale_of_the_weights_changes_no_share_and_no_error(people in people(), scale in 0.001..1000.0_f64) {
        let (one, other) = (share(&people, 1.0, Some(0)), share(&people, scale, Some(0)));
        prop_assert!(close(other.mean, one.mean));
        prop_assert!(close(other.variance, one.variance));
        prop_assert!(close(other.kish_effective_n(), one.kish_effective_n()));
    }

    #[test]
    fn the_order_of_the_rows_changes_no_share_and_no_error(people in people(), turn in 0..100_usize) {
        let mut turned = people.clone();
        turned.reverse();
        let middle = turn % turned.len();
        turned.rotate_left(middle);
        let (one, other) = (share(&people, 1.0, None), share(&turned, 1.0, None));
        prop_assert!(close(other.mean, one.mean));
        prop_assert!(close(other.variance, one.variance));
        prop_assert!(close(other.degrees_of_freedom, one.degrees_of_freedom));
    }

    #[test]
    fn sums_collected_in_parts_say_the_same_as_the_rows(people in people(), split in 0..100_usize) {
        let (sums, builder) = summed(&people, split);
        let frame = builder.finish().expect("a good design");
        let lonely = LonelyRule { clusters: LonelyCluster::Adjust, in_domains: false };
        let design = SummedDesign { frame: &frame, lonely, sums: &sums, calibration: None };
        for domain in 0..2 {
            let rows = share(&people, 1.0, Some(domain));
            let summed = design.mean(Cell { level: domain, result: 0 }, None).expect("a rule").expect("answers");
            prop_assert!(close(summed.mean, rows.mean));
            prop_assert!(close(summed.variance, rows.variance));
            prop_assert!(close(summed.degrees_of_freedom, rows.degrees_of_freedom));
            prop_assert!(close(summed.moments.weight_squared, rows.moments.weight_squared));
        }
        let cells = [Cell { level: 0, result: 0 }, Cell { level: 1, result: 0 }];
        let summed = design.joint_means(&cells, DegreesOf::WholeDesign, None).expect("a rule").expect("answers");
        let sets = [answers(&people, Some(0)), answers(&people, Some(1))];
        let rows = design_of(&people, 1.0).joint_means(&sets, DegreesOf::WholeDesign).expect("a rule").expect("answers");
        prop_assert!(close(summed.difference(0, 1).standard_error, rows.difference(0, 1).standard_error));
    }

    #[test]
    fn a_sample_of_elements_is_summed_by_stratum_as_if_every_row_were_a_cluster(people in people()) {
        let weights: Vec<f64> = people.iter().map(|person| person.weight).collect();
        let strata: Vec<usize> = people.iter().map(|person| person.stratum).collect();
        let columns = DesignColumns { weights: &weights, strata: Some(&strata), ..DesignColumns::default() };
        let rows = Design::new(&columns).expect("a good design").mean(&answers(&people, Some(1)));
        let rows = rows.expect("no lonely stratum").expect("answers");
        let mut builder = FrameBuilder::of_elements();
        let mut sums = GroupedSums::new(1);
        let values = |person: &Person| {
            ([f64::from(u8::from(person.answer.is_some()))], [f64::from(u8::from(person.answer == Some(true)))])
        };
        for person in &people {
            let cluster = builder.place(person.stratum, person.stratum, None, None).expect("a good design");
            builder.count_unit(cluster);
            let (count, sum) = values(person);
            let row = RowValues { counts: &count, sums: &sum, squares: &sum };
            sums.add(cluster, person.domain, person.weight, row);
        }
        let frame = builder.finish().expect("a good design");
        let design = SummedDesign { frame: &frame, lonely: LonelyRule::default(), sums: &sums, calibration: None };
        let cell = Cell { level: 1, result: 0 };
        prop_assert!(design.mean(cell, None).is_err(), "without the scatter there is no variance");
        let mut scatter = design.scatter_of(&[cell], Statistic::Mean).expect("answers");
        for person in &people {
            let cluster = builder.place(person.stratum, person.stratum, None, None).expect("a good design");
            let (count, sum) = values(person);
            let row = RowValues { counts: &count, sums: &sum, squares: &sum };
            scatter.add(cluster, Some(person.domain), person.weight, None, row);
        }
        let summed = design.mean(cell, Some(&scatter)).expect("no lonely stratum").expect("answers");
        prop_assert!(close(summed.variance, rows.variance), "{} {}", summed.variance, rows.variance);
        prop_assert!(close(summed.degrees_of_freedom, rows.degrees_of_freedom));
    }

    #[test]
    fn limits_enclose_the_share_and_stay_inside_zero_and_one(people in people()) {
        let share = share(&people, 1.0, Some(1));
        // Arcsine limits fold back where the angle passes 0 or 90 degrees (as in R); symmetric ones may leave 0..1.
        for method in [ShareInterval::Logit, ShareInterval::Likelihood, ShareInterval::Beta, ShareInterval::WilsonStudent] {
            if let Some(limits) = share.interval(method, Confidence::NINETY_FIVE) {
                prop_assert!(limits.low >= 0.0 && limits.high <= 1.0, "{method:?} {limits:?}");
                prop_assert!(limits.contains(share.mean), "{method:?} {limits:?} {}", share.mean);
            }
        }
        if let Some(limits) = share.interval(ShareInterval::Mean, Confidence::NINETY_FIVE) {
            prop_assert!(limits.contains(share.mean));
        }
    }

    #[test]
    fn raking_and_every_bounded_distance_reproduce_the_margins(people in people()) {
        let weights: Vec<f64> = people.iter().map(|person| person.weight).collect();
        let margins = margins_of(&people);
        let raked = rake(&weights, &margins, Control::default()).expect("margins that fit");
        assert_margins(&raked.weights, &margins);
        prop_assert!(raked.weights.iter().all(|weight| *weight > 0.0));
        let auxiliaries = Auxiliaries::from_margins(&margins);
        let totals: Vec<f64> = margins.iter().flat_map(|margin| margin.totals.clone()).collect();
        for distance in [Distance::Linear, Distance::Exponential] {
            let calibrated = calibrate(&weights, &auxiliaries, &totals, distance, Control::default()).expect("a solution");
            assert_margins(&calibrated.weights, &margins);
        }
        // Raking is the limit of iterative proportional fitting.
        let exponential = calibrate(&weights, &auxiliaries, &totals, Distance::Exponential, Control::default());
        for (a, b) in raked.weights.iter().zip(exponential.expect("a solution").weights) {
            prop_assert!((a - b).abs() < 1e-7 * b, "{a} {b}");
        }
        for distance in [Distance::Logit { low: 0.2, high: 4.0 }, Distance::Truncated { low: 0.2, high: 4.0 }] {
            // Within the bounds there may be no solution; then it must say so instead of returning weights.
            if let Ok(calibrated) = calibrate(&weights, &auxiliaries, &totals, distance, Control::default()) {
                assert_margins(&calibrated.weights, &margins);
                prop_assert!(calibrated.ratios.iter().all(|g| (0.2 - 1e-12..=4.0 + 1e-12).contains(g)));
            }
        }
    }

    #[test]
    fn a_calibration_summed_by_cells_has_the_errors_of_one_done_row_by_row(people in people()) {
        let weights: Vec<f64> = people.iter().map(|person| person.weight).collect();
        let margins = margins_of(&people);
        let raked = rake(&weights, &margins, Control::default()).expect("margins that fit");
        let residuals = Residuals::of_regression(Auxiliaries::from_margins(&margins), weights.clone());
        let rows = design_of(&people, 1.0).calibrated(raked.weights.clone(), residuals).expect("good weights");
        let rows = rows.mean(&answers(&people, Some(0))).expect("a rule").expect("answers");

        let cell_of = |person: &Person| person.sex * 3 + person.age;
        let mut base = vec![0.0; 6];
        for person in &people {
            base[cell_of(person)] += person.weight;
        }
        let cells = [
            Margin { level_of_row: (0..6).map(|cell| cell / 3).collect(), totals: margins[0].totals.clone() },
            Margin { level_of_row: (0..6).map(|cell| cell % 3).collect(), totals: margins[1].totals.clone() },
        ];
        let of_cells = rake(&base, &cells, Control::default()).expect("margins that fit");
        let mut calibration = CellCalibration::new(Auxiliaries::from_margins(&cells), &base);
        let (mut sums, mut by_cell, mut builder) = (GroupedSums::new(1), GroupedSums::new(1), FrameBuilder::default());
        for person in &people {
            let cluster = builder.place(person.stratum, person.cluster, Some(25.0), None).expect("a good design");
            let weight = person.weight * of_cells.ratios[cell_of(person)];
            calibration.add(cluster, cell_of(person), weight);
            let count = [f64::from(u8::from(person.answer.is_some()))];
            let sum = [f64::from(u8::from(person.answer == Some(true)))];
            let values = RowValues { counts: &count, sums: &sum, squares: &sum };
            sums.add(cluster, person.domain, weight, values);
            by_cell.add(cell_of(person), person.domain, person.weight, values);
        }
        let frame = builder.finish().expect("a good design");
        let lonely = LonelyRule { clusters: LonelyCluster::Adjust, in_domains: false };
        let design = SummedDesign { frame: &frame, lonely, sums: &sums, calibration: Some((&calibration, &by_cell)) };
        let summed = design.mean(Cell { level: 0, result: 0 }, None).expect("a rule").expect("answers");
        prop_assert!(close(summed.mean, rows.mean));
        prop_assert!((summed.variance - rows.variance).abs() < 1e-8 * rows.variance.max(1e-9), "{} {}", summed.variance, rows.variance);
    }

    #[test]
    fn trimming_keeps_the_sum_and_strict_trimming_the_bound(people in people(), share in 1.5..4.0_f64) {
        let weights: Vec<f64> = people.iter().map(|person| person.weight).collect();
        let sum: f64 = weights.iter().sum();
        let upper = share * sum / weights.len() as f64;
        for trimming in [Trimming::Once, Trimming::Strict] {
            let trimmed = trim(&weights, upper, trimming).expect("the mean is below the bound");
            prop_assert!((trimmed.weights.iter().sum::<f64>() - sum).abs() < 1e-9 * sum);
            if trimming == Trimming::Strict {
                prop_assert!(trimmed.weights.iter().all(|weight| *weight <= upper));
            }
        }
    }
}
