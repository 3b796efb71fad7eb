"""Asking which models there are."""

import pytest
from scripted import ScriptedVision, with_role
from vidprog.models import ROLES
from vidprog.tools import ToolError
from vidprog.tools.has_model import has_model


@pytest.mark.parametrize("role", ROLES)
def test_the_roles_of_the_profile_are_there(role, open_context, mute, models):
    assert has_model(role, context=open_context(mute)) is (role not in ("vlm", "image_embedder"))
    assert has_model(role, context=open_context(mute, models=with_role(models, vlm=ScriptedVision("Yes")))) is (
        role != "image_embedder"
    )


def test_an_unknown_role_is_refused(open_context, mute):
    with pytest.raises(ToolError, match="role"):
        has_model("eyes", context=open_context(mute))
