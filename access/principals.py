"""A principal: a name with roles from a token, a file or the journal."""

from dataclasses import dataclass

from registry.roles import RoleType


@dataclass(frozen=True, slots=True)
class Principal:
    """`name` is empty for an anonymous caller; `is_overridden` makes an admin without a role."""

    name: str
    roles: frozenset[RoleType] = frozenset()
    is_overridden: bool = False
    display_name: str = ""

    @property
    def is_anonymous(self) -> bool:
        return not self.name

    @property
    def is_admin(self) -> bool:
        return self.is_overridden or RoleType.ADMIN in self.roles

    @property
    def is_developer(self) -> bool:
        return self.is_admin or RoleType.DEVELOPER in self.roles

    @property
    def is_viewer(self) -> bool:
        return self.is_developer or RoleType.READ_ONLY in self.roles


ANONYMOUS = Principal("")
