"""Writes quantiles.csv: quantiles and upper tails by scipy (Boost), a second source beside R.

A quantile is only written when scipy's own distribution function takes it back to p to 1e-11 (relative, in the smaller tail).
The program under test is not involved.   Run:  python3 quantiles.py > quantiles.csv   (scipy 1.17)
"""
import sys
from scipy import stats

P = [1e-6, 1e-4, 0.005, 0.025, 0.2, 0.5, 0.7, 0.975, 0.995, 1 - 1e-4, 1 - 1e-6]
print("kind,probability_or_point,a,b,value")


def out(kind, p, a, b, dist):
    x = float(dist.ppf(p)) if p <= 0.5 else float(dist.isf(1 - p))
    back, wanted = (dist.cdf(x), p) if p <= 0.5 else (dist.sf(x), 1 - p)
    if abs(back - wanted) > 1e-11 * wanted:
        print("left out", kind, p, a, b, x, back, file=sys.stderr)
        return
    print(f"{kind},{p!r},{a!r},{b!r},{x!r}")


for p in P:
    out("normal", p, 0.0, 0.0, stats.norm())
    for df in [0.5, 1.0, 2.0, 2.7, 5.0, 16.5, 40.0, 1000.0, 1e5, 1e7, 1e12]:
        out("t", p, df, 0.0, stats.t(df))
    for a, b in [(0.5, 0.5), (0.5, 1000.5), (1.0, 3.0), (18.5, 2.5), (2593.0, 273.0), (51134.0, 7299.0), (0.5, 30.5), (7.3, 91.2), (0.05, 3.0), (3e6, 1e6)]:
        out("beta", p, a, b, stats.beta(a, b))
    for d1, d2 in [(1.0, 1.0), (1.0, 40.0), (3.3, 57.7), (4.0, 11916.0), (2979.0, 62559.0)]:
        out("f", p, d1, d2, stats.f(d1, d2))
    for df in [0.5, 1.0, 2.0, 3.7, 40.0, 1000.0, 1e6]:
        out("chi_squared", p, df, 0.0, stats.chi2(df))


def tail(kind, x, a, b, value):
    print(f"{kind},{x!r},{a!r},{b!r},{float(value)!r}")


for z in [1.0, 5.0, 10.0, 16.134770097763585, 30.0]:
    tail("normal_sf", z, 0.0, 0.0, stats.norm.sf(z))
for t, df in [(2.0, 3.0), (10.0, 40.0), (0.001, 2.5), (8.0, 1e5), (12.0, 16.5)]:
    tail("t_sf", t, df, 0.0, stats.t.sf(t, df))
for x, df in [(7.02341137123746, 1.0), (300.0, 2.0), (0.01, 5.0), (1200.0, 1000.0)]:
    tail("chi_squared_sf", x, df, 0.0, stats.chi2.sf(x, df))
for x, d1, d2 in [(3.9, 2.0, 40.0), (60.0, 3.3, 57.7), (0.5, 4.0, 11916.0)]:
    tail("f_sf", x, d1, d2, stats.f.sf(x, d1, d2))
