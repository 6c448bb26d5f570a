"""Writes weighted_rate.json: cases of the weighted rate, with the answers worked out from single respondents.

The answers come from the definitions alone (sums over people and pairs of people, no tallies, no shortcuts) in 40-digit arithmetic,
Student's t from mpmath. The program under test is not involved.   Run:  python3 weighted_rate.py > weighted_rate.json
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


def score_limit(terms, c):
    """terms: (W, r, n). The lower limit of sum W p as its definition says: for a total theta the most likely p, then the theta whose
    distance from R is c standard errors. Both are found by halving, over theta and over the multiplier."""
    R = sum(w * r for w, r, n in terms)
    if R == 0:
        return mp.mpf(0)

    def shares(multiplier):
        # n (r - p) = multiplier W p (1 - p), the root in [0, r]
        out = []
        for w, r, n in terms:
            a, b = multiplier * w, -(n + multiplier * w)
            out.append(r if a == 0 else (-b - mp.sqrt(b * b - 4 * a * n * r)) / (2 * a))
        return out

    def far(multiplier):
        p = shares(multiplier)
        distance = R - sum(w * q for (w, r, n), q in zip(terms, p))
        # Where everybody was satisfied the likeliest p stays 1 for a while.
        return distance > mp.mpf(10) ** -35 and distance**2 >= c**2 * sum(w * w * q * (1 - q) / n for (w, r, n), q in zip(terms, p))

    high = mp.mpf(1)
    while not far(high):
        high *= 2
    low = mp.mpf(0)
    for _ in range(160):
        middle = (low + high) / 2
        low, high = (low, middle) if far(middle) else (middle, high)
    return sum(w * q for (w, r, n), q in zip(terms, shares(high)))


def poisson_lower(k, tail):
    """x with P(Gamma(k) <= x) = tail; 0 for k = 0."""
    if k < mp.mpf(10) ** -25:
        return mp.mpf(0)
    low, high = mp.mpf(-3000), mp.log(k + 1)
    for _ in range(160):
        middle = (low + high) / 2
        low, high = (low, middle) if mp.gammainc(k, 0, mp.exp(middle), regularized=True) > tail else (middle, high)
    return mp.exp(low)


PERSON_PRIOR, PERSON_WEIGHT = mp.mpf("0.5"), 1
NODES = 40
DRAWN_BY, TYPICAL, LEAST, RARE_WEIGHT, RARE_OFFSET, FEW = 4, mp.mpf("0.05"), mp.mpf("3.5"), 6, 2, 3


def work_out(people, weights, level):
    """people: (stratum, day, cell, y, m). Pairs of answers and of people are gone through one by one wherever that says it plainest."""
    people = [q for q in people if weights[q[2]] > 0]
    cells = sorted({q[2] for q in people})
    wsum = sum(mp.mpf(weights[c]) for c in cells)
    W = {c: mp.mpf(weights[c]) / wsum for c in cells}
    own = {c: [q for q in people if q[2] == c] for c in cells}
    n = {c: len(own[c]) for c in cells}
    Y = {c: mp.mpf(sum(q[3] for q in own[c])) for c in cells}
    M = {c: mp.mpf(sum(q[4] for q in own[c])) for c in cells}
    r = {c: Y[c] / M[c] for c in cells}
    R = sum(W[c] * r[c] for c in cells)
    residual = lambda q: q[3] - q[4] * r[q[2]]
    scale = {c: W[c] / M[c] for c in cells}
    pairs = {c: sum(q[4] * (q[4] - 1) for q in own[c]) for c in cells}
    # rates drawn together
    common = (sum(n[c] * r[c] for c in cells) + 1) / (len(people) + 2)
    drawn = {c: (n[c] * r[c] + DRAWN_BY * common) / (n[c] + DRAWN_BY) for c in cells}
    v = {c: drawn[c] * (1 - drawn[c]) for c in cells}
    # persons
    A = {c: sum(residual(q) ** 2 for q in own[c]) for c in cells}
    s = {c: r[c] * (1 - r[c]) + A[c] / M[c] ** 2 for c in cells}
    prior = mp.mpf(PERSON_WEIGHT) * sum(pairs.values()) / len(people)
    if sum(pairs.values()) > 0:
        seen = sum(A[c] * n[c] / max(n[c] - 1, 1) - s[c] * M[c] for c in cells)
        rho = (seen + PERSON_PRIOR * prior) / (sum(s[c] * pairs[c] for c in cells) + prior)
        rho = min(max(rho, mp.mpf(0)), mp.mpf(1))
    else:
        rho = mp.mpf(0)
    # days
    days = {}
    for q in people:
        days.setdefault(q[0], {}).setdefault(q[1], []).append(q)
    clusters = sum(len(d) for d in days.values())

    def expectation(day, left):
        """Parts of the expected square of a day's total residual: of persons, and of delta from each pair of two people."""
        of_persons = sum(left[q[2]] * scale[q[2]] ** 2 * v[q[2]] * (q[4] + rho * q[4] * (q[4] - 1)) for q in day)
        root = [mp.sqrt(left[q[2]] * v[q[2]]) * scale[q[2]] * q[4] for q in day]
        return of_persons, sum(root) ** 2 - sum(x * x for x in root)

    T = P = G = free = mp.mpf(0)
    sizes = []
    for of_point in days.values():
        totals = [sum(scale[q[2]] * residual(q) for q in day) for day in of_point.values()]
        k = len(totals)
        if k > 1:
            mean = sum(totals) / k
            T += mp.mpf(k) / (k - 1) * sum((t - mean) ** 2 for t in totals)
            free += k - 1
        for day in of_point.values():
            left = {c: 1 - (sum(q[4] for q in day if q[2] == c) / M[c] if k == 1 else 0) for c in cells}
            p, g = expectation(day, left)
            if k == 1:
                T += totals[0] ** 2
                free += p / expectation(day, {c: 1 for c in cells})[0]
            P, G = P + p, G + g
            sizes.append(p + TYPICAL * g)
    total = sum(sizes)
    nu = free / clusters * total**2 / sum(x * x for x in sizes) if total > 0 else mp.mpf(0)
    # variance of the rate
    V0 = sum(W[c] ** 2 * v[c] * (M[c] + rho * pairs[c]) / M[c] ** 2 for c in cells)
    V1 = mp.mpf(0)
    for of_point in days.values():
        for day in of_point.values():
            x = [W[q[2]] / M[q[2]] * mp.sqrt(v[q[2]]) * q[4] for q in day]
            V1 += sum(x) ** 2 - sum(a * a for a in x)
    nodes = [((i + mp.mpf("0.5")) / NODES) ** 7 for i in range(NODES)]
    informed = nu > 0 and G > mp.mpf(10) ** -34
    chi = lambda lam: lam ** (-nu / 2) * mp.exp(-nu * T / (2 * lam)) if informed else mp.mpf(1)
    mass = [chi(P + d * G) for d in nodes]
    V = sum(m * (V0 + d * V1) for m, d in zip(mass, nodes)) / sum(mass)
    square = sum(m * (V0 + d * V1 - V) ** 2 for m, d in zip(mass, nodes)) / sum(mass)
    drawn_rate = sum(W[c] * drawn[c] for c in cells)
    noise = drawn_rate * (1 - drawn_rate)
    informing = sum(n[c] * r[c] * (1 - r[c]) for c in cells) + PERSON_WEIGHT
    of_pairs = sum(W[c] ** 2 * v[c] * pairs[c] / M[c] ** 2 for c in cells)
    of_pairs /= sum(W[c] ** 2 * v[c] * (M[c] + pairs[c]) / M[c] ** 2 for c in cells)
    inverse = square / (2 * V * V) + (V0 / V) ** 2 * of_pairs / (4 * informing)
    inverse += (1 - V0 / V) * (RARE_WEIGHT / (noise**2 / V + RARE_OFFSET)) ** 2
    df = max(1 / inverse, LEAST) if inverse > 0 else mp.inf
    # sizes of the cells
    delta = (V - V0) / V1 if V1 > 0 else mp.mpf(0)
    D = {c: sum(sum(q[4] for q in day if q[2] == c) ** 2 - sum(q[4] ** 2 for q in day if q[2] == c)
                for of_point in days.values() for day in of_point.values()) for c in cells}
    h = {c: (M[c] + rho * pairs[c] + delta * D[c]) / M[c] ** 2 for c in cells}
    factor = V / sum(W[c] ** 2 * v[c] * h[c] for c in cells)
    c_t = t_critical(df, level)
    terms = [(W[c], r[c], 1 / (factor * h[c])) for c in cells]
    low = score_limit(terms, c_t)
    high = 1 - score_limit([(w, 1 - x, k) for w, x, k in terms], c_t)
    neff = noise / V
    tail = (1 - mp.mpf(level)) / 2
    if neff * R <= FEW:
        low = min(low, poisson_lower(neff * R, tail) / neff)
    if neff * (1 - R) <= FEW:
        high = max(high, 1 - poisson_lower(neff * (1 - R), tail) / neff)
    f = lambda x: float(mp.nstr(x, 20))
    answers = int(sum(M.values()))
    return dict(value=f(R), low=f(min(max(low, 0), R)), high=f(max(min(high, 1), R)), method="model-score", respondents=len(people),
                answers=answers, clusters=clusters, strata=len(days), design_effect=f(answers / neff), effective_answers=f(neff),
                standard_error=f(mp.sqrt(V)), degrees_of_freedom=f(df))


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
    case("five days only", people_of(1, lambda s: 5, lambda s: 9, 2, 0.8, 0.5, 9), [2, 1]),
    case("points with a single day beside others", people_of(6, lambda s: 1 if s % 2 else 9, lambda s: 3, 3, 0.85, 0.3, 9), [1, 1, 1]),
    case("every point a single day", people_of(22, lambda s: 1, lambda s: 3, 1, 0.85, 0.3, 9), [1]),
    case("a cell of weight nought and one without answers", people_of(2, lambda s: 12, lambda s: 5, 3, 0.8, 0.3, 9), [3, 0, 2, 9]),
    case("one item, one point", people_of(1, lambda s: 25, lambda s: 4, 1, 0.8, 0.3, 1), [1]),
    case("all satisfied, thirty days", [(s, d, 0, 4, 4) for s in range(2) for d in range(15) for _ in range(3)], [1]),
    case("nobody satisfied, few days", [(0, d, 0, 0, 3) for d in range(4) for _ in range(6)], [1]),
    case("everybody equally satisfied: no variation seen", [(s, d, s, 6 + s, 9) for s in range(2) for d in range(6) for _ in range(4)], [1, 3]),
    case("one respondent a point", [(s, 0, 0, s % 3, 4) for s in range(7)], [1]),
    case("a single respondent", [(4, 0, 0, 5, 9)], [1]),
    case("a large field and twelve people who are all satisfied", [(s % 3, s % 20, 0, 9 if s % 8 else 2, 9) for s in range(400)] + [(s % 3, s, 1, 7, 7) for s in range(12)], [1, 1]),
    case("eight days of one point, good and bad in turn", [(0, d, 0, 9 if (d * 50 + k) % 5 or d % 2 == 0 else 0, 9) for d in range(8) for k in range(50)], [1]),
    case("fields each at a point of their own on a single day", [(s, 0, s, (s + k) % 5, 4) for s in range(4) for k in range(11)], [1, 2, 3, 4]),
    case("one dissatisfied among four hundred", [(d % 3, d, 0, 0 if (d, k) == (7, 1) else 9, 9) for d in range(40) for k in range(10)], [1]),
]
print(json.dumps({"cases": cases}, separators=(",", ":")).replace('{"name"', '\n{"name"'))
