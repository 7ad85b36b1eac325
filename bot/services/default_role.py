"""The default role: given by registering, once per person.

That a person had it, or lost roles, is kept apart from their profile. Otherwise what a manager took
away would come back by erasing the profile and registering again.
"""

from bot.database.models import Role
from bot.database.unit import UnitOfWork
from bot.domain.permissions import REGISTRATION_PERMISSIONS


async def find_default_role(uow: UnitOfWork) -> Role | None:
    """Return the role that registering gives, if it holds no more than registering may give."""
    role_id = (await uow.guilds.require()).default_role_id
    role = None if role_id is None else await uow.roles.get_by_id(role_id)
    # Books of older programs may name a role that holds more.
    return role if role is not None and role.permissions <= REGISTRATION_PERMISSIONS else None


async def had_default_role(uow: UnitOfWork, user_id: int) -> bool:
    """Whether a person was given the default role before, or had roles taken away."""
    return await uow.default_role_grants.get_by_id(user_id) is not None


async def note_given(uow: UnitOfWork, user_id: int) -> None:
    """Keep that a person was given the default role."""
    grant = await uow.default_role_grants.get_or_create(user_id)
    if grant.given_record is None:
        await uow.default_role_grants.update_by_id(user_id, given_record=uow.scope.record)


async def note_taken(uow: UnitOfWork, user_id: int) -> None:
    """Keep that roles were taken from a person."""
    await uow.default_role_grants.get_or_create(user_id)
    await uow.default_role_grants.update_by_id(user_id, taken_record=uow.scope.record)
