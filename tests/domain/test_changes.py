from bot.domain.changes import join_first


def test_the_first_of_several_are_named_and_the_rest_counted() -> None:
    assert join_first([], 2) == ""
    assert join_first([1, 2], 2) == "1, 2"
    assert join_first([1, 2, 3], 2) == "1, 2 and 1 more"
    assert join_first([1, 2], 2, count=30) == "1, 2 and 28 more"
