"""Long texts of strangers are answered and forgotten."""

from data.short_memory import LONGEST_REMEMBERED, remember_short


def test_short_texts_are_worked_out_once_and_long_ones_each_time() -> None:
    asked: list[str] = []

    @remember_short(8)
    def length(text: str, more: int = 0) -> int:
        asked.append(text)
        return len(text) + more

    long = "x" * (LONGEST_REMEMBERED + 1)
    assert [length("ab"), length("ab"), length("ab", more=1), length(long), length(long)] == [
        2,
        2,
        3,
        201,
        201,
    ]
    assert asked == ["ab", "ab", long, long]
