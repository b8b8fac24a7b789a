"""What stands between an application and its submission: where it is, and a sentence that says what to do."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from core.language import _


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. `field` is the control's name on the page of `step`; `message` is translated when shown."""

    step: str
    field: str
    message: str
    parameters: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def text(self) -> str:
        """Return the sentence in the reader's language."""
        return _(self.message, **self.parameters) if self.parameters else _(self.message)
