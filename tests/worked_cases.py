"""Worked cases of the domain reference that more than one test module asks for."""

NA = float("nan")

# C.4: events, person-years, rate, lower, upper, each per 100 person-years
EXPOSURE_RATES = [
    (0, 9.2, 0, 0, 40.096516),
    (1, 9.2, 10.869565, 0.275194, 60.561341),
    (5, 18.4, 27.173913, 8.823296, 63.414848),
    (12, 9.2, 130.434783, 67.397556, 227.843316),
    (3, 184.0, 1.630435, 0.336235, 4.764822),
    (47, 183.6, 25.599129, 18.809277, 34.041414),
]

# D.11: CDASI of eight subjects at weeks 0, 12, 24, two values missing
CDASI_VISITS = ["w00", "w12", "w24"]
CDASI_BY_VISIT = [
    [22, 17, 12],
    [18, 16, 15],
    [30, 24, 18],
    [25, NA, 25],
    [14, 12, 10],
    [27, 22, NA],
    [19, 20, 19],
    [33, 25, 20],
]
