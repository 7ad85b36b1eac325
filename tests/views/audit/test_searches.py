from bot.domain.documents import DOCUMENT_KINDS
from bot.services.audit import list_subject_codes
from bot.views.audit.pages import Search


def test_a_button_carries_a_search_for_any_noun() -> None:
    nouns = list_subject_codes()
    documents = {kind.noun for kind in DOCUMENT_KINDS}
    assert (
        nouns.keys()
        == {"device", "item", "location", "lot", "member", "role", "supplier"} | documents
    )
    for noun in nouns:
        search = Search(7, "item.added", (noun, 1234), 1, 99)
        assert Search.parse(str(search)) == search
