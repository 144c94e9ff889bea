"""The errors that decide what happens next: mend the input, or try the infrastructure again."""


class InputError(Exception):
    """Something the user gave is wrong; raised before anything expensive starts (exit code 2).

    Attributes:
        what: one sentence that names what is wrong.
        where: the field, file, URL or key it was found in; may be empty.
        fix: one sentence that says how to mend it; may be empty.
    """

    def __init__(self, what: str, *, where: str = "", fix: str = "") -> None:
        self.what, self.where, self.fix = what, where, fix
        lines = (what, where and f"  in: {where}", fix and f"  fix: {fix}")
        super().__init__("\n".join(line for line in lines if line))


class InfraError(Exception):
    """The infrastructure failed (browser, network, disk, endpoint). Retried, and never counted against an agent."""
