"""Passwords that are generated once and then kept."""

import pulumi
import pulumi_random as random


def supplied(given: pulumi.Output[str] | None) -> pulumi.Output[str]:
    """Return the password of a server that is there already."""
    if given is None:
        message = "an external server has a password that must be supplied"
        raise ValueError(message)
    return pulumi.Output.secret(given)


def password(
    name: str, given: pulumi.Output[str] | None, opts: pulumi.ResourceOptions, length: int = 32
) -> pulumi.Output[str]:
    """Return the supplied secret, or generate one that later changes never regenerate.

    Letters and digits only: the value goes into XML, INI, SQL and URLs. 32 of them are 190 bits.
    """
    if given is not None and not opts.protect:
        return pulumi.Output.secret(given)
    # A protected one is generated even if a secret is supplied: supplying one later
    # would otherwise have to delete it.
    generated = random.RandomPassword(
        name,
        length=length,
        special=False,
        min_lower=1,
        min_upper=1,
        min_numeric=1,
        # Data depends on it: no changed argument may ever replace it.
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(ignore_changes=["*"])),
    )
    return generated.result if given is None else pulumi.Output.secret(given)
