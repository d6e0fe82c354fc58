"""What a session analyzes with, opened when it is first needed, and the names of its models."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from facesign.biometrics.face.sharpen import MODEL as READOUT
from facesign.biometrics.face.sharpen import Sharpener
from facesign.biometrics.face.spotter import MODEL as MOVEMENTS
from facesign.biometrics.face.spotter import ClassifierSpotter
from facesign.biometrics.face.tracker_process import TrackerProcess, models_of
from facesign.biometrics.voice.detector import SpeechDetector
from facesign.interview.pipeline import BehaviourModels
from facesign.interview.voice_search import Searches
from facesign.interview.voices import Voices
from facesign.models.registry import Provider, model_path
from facesign.models.runtime import open_model

__all__ = ["Analysers"]


@dataclass(slots=True, eq=False)
class Analysers:
    """Tracker, behaviour's models and voices of one session."""

    provider: Provider
    task_file: Path | None = None
    """A Face Landmarker `.task` file instead of the bundled mesh."""
    given_tracker: TrackerProcess | None = None
    """One that was started beforehand."""
    given_voices: Voices | Callable[[], Voices] | None = None
    searches: Searches = field(default_factory=Searches)
    """What a search found before, and where one that is made now is entered."""
    voices: Voices | None = None
    """What voices are told apart with, once sound may be analyzed."""
    _models: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Refuse at once what cannot be had.

        Raises:
            ProviderError: CUDA is asked for, and it cannot start.
        """
        if self.provider == "cuda":
            from facesign.models.runtime import require_provider

            require_provider("cuda")

    def open_tracker(self) -> TrackerProcess:
        """Check the tracker's files and start it, or take the one that was given."""
        if self.task_file is not None:
            model_path("face_landmarker", file=self.task_file)
        self._models += models_of(self.task_file)
        for name in {*self._models} - {"face_landmarker"}:
            model_path(name)
        # One that was given is closed when consent to the face is taken back; the next is started.
        given, self.given_tracker = self.given_tracker, None
        return given or TrackerProcess(self.task_file)

    def open_behaviour(self) -> BehaviourModels:
        """Open what brief movements are read with."""
        self._models += [READOUT, MOVEMENTS]
        return BehaviourModels(
            Sharpener(open_model(READOUT, provider="cpu")),
            ClassifierSpotter(open_model(MOVEMENTS, provider=self.provider)),
        )

    def open_voices(self) -> Voices | None:
        """Open what voices are told apart and compared with; None where they are not."""
        given = self.given_voices
        opened = given() if callable(given) else given
        if opened is not None:
            opened = replace(opened, searcher=self.searches.over(opened.searcher))
        self.voices = opened
        return self.voices

    def models(self, *, heard: bool) -> tuple[str, ...]:
        """Return the names of all models in use; `heard` where sound was listened to."""
        names = [*self._models, *(SpeechDetector.models if heard else ())]
        if heard and self.voices is not None:
            names += self.voices.models
        return tuple(dict.fromkeys(names))

    @property
    def unverified(self) -> str | None:
        """Reason code why no voiceprint is compared, None where one is."""
        if self.voices is None:
            return "no_voiceprint"
        return self.voices.unverified if self.voices.verifier is None else None
