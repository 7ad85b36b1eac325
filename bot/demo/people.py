"""The people of the demo's guild."""

from dataclasses import dataclass

from bot.domain.actors import Actor


@dataclass(frozen=True, slots=True)
class DemoPeople:
    """The members of the demo's guild, and the channels of its posts."""

    owner: Actor
    manager: Actor
    employee: Actor
    colleague: Actor
    auditor: Actor
    buyer: Actor
    accountant: Actor
    discord_role_ids: dict[str, int]
    audit_channel_id: int
    approvals_channel_id: int
    alerts_channel_id: int

    @property
    def registered(self) -> tuple[tuple[str, Actor], ...]:
        """The people who registered, under their names; the newcomer has not."""
        return (
            ("Olga", self.owner),
            ("Mia", self.manager),
            ("Eli", self.employee),
            ("Ben", self.colleague),
            ("Ada", self.auditor),
            ("Bea", self.buyer),
            ("Ari", self.accountant),
        )
