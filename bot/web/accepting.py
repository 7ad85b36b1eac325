"""Whether a client takes an answer that is compressed."""


def accepts_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding header takes gzip."""
    for each in accepted.casefold().split(","):
        name, _, quality = each.partition(";")
        if name.strip() in {"gzip", "*"}:
            return quality.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False
