"""What the pages of one console share: the home folder, its databases, takes on the desk."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import cached_property

from facesign.interview.archive.store import Archive
from facesign.interview.archive.users import Users
from facesign.interview.fingerprints import Fingerprints
from facesign.interview.home import Home
from facesign.interview.live.sessions import LiveSessions
from facesign.interview.record.contour_process import ContourProcess
from facesign.ui.console.security import Reach
from facesign.ui.console.takes import Takes

__all__ = ["Desk"]


@dataclass(eq=False)
class Desk:
    """Everything that handlers need; one for all pages of a console."""

    home: Home
    archive: Archive
    users: Users
    live: LiveSessions
    reach: Reach = field(default_factory=Reach)
    takes: Takes = field(default_factory=Takes)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @cached_property
    def prints(self) -> Fingerprints:
        """The gallery of voiceprints, opened when first used."""
        return Fingerprints.open(home=self.home)

    @cached_property
    def contours(self) -> ContourProcess:
        """What finds the face in records; its process is started when somebody looks."""
        return ContourProcess(self.home)

    def close(self) -> None:
        """End what is live, close the databases and forget the takes."""
        self.takes.clear()
        self.live.close()
        if "contours" in self.__dict__:
            self.contours.close()
        if "prints" in self.__dict__:
            self.prints.close()
        self.archive.close()
