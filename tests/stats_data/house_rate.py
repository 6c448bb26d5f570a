"""Writes house_rate.json: cases of the house rate, with the answers worked out from single respondents.

The answers come from the definitions alone (sums over people, no sums of squares, no shortcuts) in 40-digit arithmetic,
Student's t from mpmath. The program under test is not involved.   Run:  python3 house_rate.py > house_rate.json
"""
import json
import mpmath as mp

mp.mp.dps = 40
state = 12345


def uniform():
    global state
    state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
    return (state >> 11) / 2**53


def t_critical(df, level):
    tail = (1 - mp.mpf(level)) / 2
    h = mp.mpf(df) / 2
    f = lambda t: mp.betainc(h, mp.mpf("0.5"), 0, df / (df + t * t), regularized=True) / 2 - tail
    z = mp.sqrt(2) * mp.erfinv(1 - 2 * tail)
    g1 = (z**3 + z) / 4
    start = z + g1 / df if df > 3 else {1: mp.mpf("12.7"), 2: mp.mpf("4.3"), 3: mp.mpf("3.18")}[df]
    return mp.findroot(f, start)


def wilson(p, n, c):
    centre = (p + c * c / (2 * n)) / (1 + c * c / n)
    half = c * mp.sqrt(p * (1 - p) / n + c * c / (4 * n * n)) / (1 + c * c / n)
    return centre - half, centre + half


def variance(units):
    """units: {stratum: [totals]}"""
    v = mp.mpf(0)
    for totals in units.values():
        n = len(totals)
        if n == 1:
            v += totals[0] ** 2
        else:
            mean = sum(totals) / n
            v += mp.mpf(n) / (n - 1) * sum((t - mean) ** 2 for t in totals)
    return v


def work_out(people, weights, level):
    """people: (stratum, day, cell, y, m) with exact zero tests on rationals left to the 40 digits."""
    people = [q for q in people if weights[q[2]] > 0]
    cells = sorted({q[2] for q in people})
    wsum = sum(mp.mpf(weights[c]) for c in cells)
    W = {c: mp.mpf(weights[c]) / wsum for c in cells}
    Y = {c: sum(q[3] for q in people if q[2] == c) for c in cells}
    M = {c: sum(q[4] for q in people if q[2] == c) for c in cells}
    p = sum(W[c] * Y[c] / M[c] for c in cells)
    u = [W[q[2]] * (q[3] - mp.mpf(Y[q[2]]) / M[q[2]] * q[4]) / M[q[2]] for q in people]
    by_person, by_day = {}, {}
    for q, x in zip(people, u):
        by_person.setdefault(q[0], []).append(x)
        by_day.setdefault(q[0], {}).setdefault(q[1], []).append(x)
    by_day = {s: [sum(t) for t in days.values()] for s, days in by_day.items()}
    n, strata = len(people), len(by_person)
    clusters = sum(len(d) for d in by_day.values())
    answers = sum(M.values())

    def make(v, df, name):
        if v < mp.mpf(10) ** -30 or p in (0, 1):
            return ("wilson", mp.mpf(n), df)
        return (name, p * (1 - p) / v, df)

    options = [make(variance(by_person), max(n - strata, 1), "respondent-wilson")]
    if clusters >= 20 and clusters > strata:
        options.append(make(variance(by_day), clusters - strata, "cluster-wilson"))
    best = None
    for name, neff, df in options:
        low, high = wilson(p, neff, t_critical(df, level))
        if best is None or high - low >= best[2] - best[1]:
            best = (name, low, high, neff, df)
    name, low, high, neff, df = best
    s = lambda x: float(mp.nstr(x, 20))
    return dict(value=s(p), low=s(low), high=s(high), method=name, respondents=n, answers=answers, clusters=clusters,
                strata=strata, design_effect=None if name == "wilson" else s(answers / neff), effective_answers=s(neff),
                degrees_of_freedom=df)


def people_of(points, days, per_day, cells, rate, day_spread, items):
    out = []
    for s in range(points):
        for d in range(days(s)):
            level = min(0.99, max(0.02, rate + (uniform() - 0.5) * day_spread))
            for _ in range(per_day(s)):
                cell = int(uniform() * cells)
                m = 1 + int(uniform() * items)
                mood = uniform()
                y = sum(1 for _ in range(m) if (mood < level if uniform() < 0.6 else uniform() < level))
                out.append((s, d, cell, y, m))
    return out


def case(name, people, weights, level=0.95):
    clusters = {}
    for s, d, c, y, m in people:
        sums = clusters.setdefault((s, d), {}).setdefault(c, [0] * 6)
        for k, v in enumerate([1, y, m, y * y, y * m, m * m]):
            sums[k] += v
    return dict(name=name, weights=weights, level=level,
                clusters=[dict(stratum=s, cells=[[c] + v for c, v in cells.items()]) for (s, d), cells in clusters.items()],
                expect=work_out(people, weights, level))


cases = [
    case("three points of fourteen days, four cells", people_of(3, lambda s: 14, lambda s: 4 + s, 4, 0.88, 0.3, 9), [120, 30, 7.5, 400]),
    case("strong days, ninety percent level", people_of(2, lambda s: 15, lambda s: 8, 2, 0.7, 0.9, 5), [1, 3], 0.9),
    case("five days only: respondents are the clusters", people_of(1, lambda s: 5, lambda s: 9, 2, 0.8, 0.5, 9), [2, 1]),
    case("points with a single day beside others", people_of(6, lambda s: 1 if s % 2 else 9, lambda s: 3, 3, 0.85, 0.3, 9), [1, 1, 1]),
    case("every point a single day", people_of(22, lambda s: 1, lambda s: 3, 1, 0.85, 0.3, 9), [1]),
    case("a cell of weight nought and one without answers", people_of(2, lambda s: 12, lambda s: 5, 3, 0.8, 0.3, 9), [3, 0, 2, 9]),
    case("one item, one point", people_of(1, lambda s: 25, lambda s: 4, 1, 0.8, 0.3, 1), [1]),
    case("all satisfied, thirty days", [(s, d, 0, 4, 4) for s in range(2) for d in range(15) for _ in range(3)], [1]),
    case("nobody satisfied, few days", [(0, d, 0, 0, 3) for d in range(4) for _ in range(6)], [1]),
    case("everybody equally satisfied: variance nought", [(s, d, s, 6 + s, 9) for s in range(2) for d in range(6) for _ in range(4)], [1, 3]),
    case("one respondent a point", [(s, 0, 0, s % 3, 4) for s in range(7)], [1]),
    case("a single respondent", [(4, 0, 0, 5, 9)], [1]),
    case("one dissatisfied among four hundred", [(d % 3, d, 0, 0 if (d, k) == (7, 1) else 9, 9) for d in range(40) for k in range(10)], [1]),
]
print(json.dumps({"cases": cases}, separators=(",", ":")).replace('{"name"', '\n{"name"'))
