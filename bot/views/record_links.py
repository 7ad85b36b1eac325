"""Numbers of records, which lead to their lines in the audit channel where those are known."""

from bot.domain.message_links import MessageLink, RecordLinks


def numbered(record: int, link: MessageLink | None) -> str:
    """Write a record's number within a sentence: `#41`."""
    return f"#{record}" if link is None else f"[#{record}]({link.url})"


def marked(record: int, links: RecordLinks) -> str:
    """Write a record's number at the head of a line of a list."""
    link = links.get(record)
    return f"`#{record}`" if link is None else f"[`#{record}`]({link.url})"
