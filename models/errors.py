"""What can go wrong with a model: its weights, its server, its role."""

from ..video.errors import VidprogError


class ModelError(VidprogError):
    """A model cannot be loaded or did not answer."""


class MissingRoleError(ModelError):
    """A tool needs a role that the profile leaves empty."""

    def __init__(self, role: str, profile: str) -> None:
        super().__init__(
            f"the profile {profile!r} has no {role}",
            code="model.no_role",
            hint=f"Name one with --set {role}=SPEC, or choose another --profile.",
        )
        self.role = role
