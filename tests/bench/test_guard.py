"""When the guard against slowness speaks."""

from tests.bench.guard import Ratios, fallen, judge

RECORDED: Ratios = {"batches": 0.5, "visits": 0.1}


def tries(*ratios: float) -> list[Ratios]:
    return [{"batches": ratio, "visits": 0.1} for ratio in ratios]


def test_a_ratio_too_low_in_every_try_has_fallen() -> None:
    assert fallen(RECORDED, tries(0.34, 0.30, 0.349)) == ["batches"]


def test_one_good_try_of_three_is_enough() -> None:
    assert fallen(RECORDED, tries(0.2, 0.2, 0.36)) == []


def test_nothing_is_measured_again_when_all_is_well() -> None:
    waiting = iter(tries(0.5))
    assert judge(lambda: next(waiting), RECORDED) == 0


def test_the_third_try_decides() -> None:
    good, bad = iter(tries(0.1, 0.1, 0.5)), iter(tries(0.1, 0.1, 0.1))
    assert judge(lambda: next(good), RECORDED) == 0
    assert judge(lambda: next(bad), RECORDED) == 1
