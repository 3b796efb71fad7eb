"""How hard the loop tries."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from ..programs import Program
from ..tools import Budget
from .policy import Policy, default_policy, load_policy


@dataclass(frozen=True, slots=True)
class Settings:
    """Stop rules and the like. What is None is as the policy says.

    Attributes:
        threshold: Confidence from 0 to 1 at which an answer is accepted.
        max_rounds: Programs run at most.
        program: Name or file of a program, or a program, to run instead of planning; it is run once.
        budget: Limits for the whole question.
        policy: What is tried when an answer is not good enough: a policy or its TOML file; the default one when None.
        critic: Whether a text model that writes is asked if the evidence supports the answer.
        learn: Whether a question that is answered well by a written program becomes an example for later ones.
        rules: The policy with these settings on top: what the loop goes by.

    Raises:
        UsageError: A value out of range, or a policy file that cannot be used.

    Example:
        >>> Settings(max_rounds=1).rules.threshold
        0.6
    """

    threshold: float | None = None
    max_rounds: int | None = None
    program: str | Path | Program | None = None
    budget: Budget = field(default_factory=Budget)
    policy: Policy | str | Path | None = None
    critic: bool | None = None
    learn: bool = True
    rules: Policy = field(init=False)

    def __post_init__(self) -> None:
        """Read the policy and refuse values out of range."""
        policy = default_policy() if self.policy is None else self.policy
        base = policy if isinstance(policy, Policy) else load_policy(policy)
        given = {name: value for name in GIVEN if (value := getattr(self, name)) is not None}
        object.__setattr__(self, "rules", replace(base, **given))


GIVEN = ("threshold", "max_rounds", "critic")
"""The settings that take the place of the policy's."""
