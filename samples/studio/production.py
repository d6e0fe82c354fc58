"""One interview, drawn from a scenario and a seed, ready to be filmed and heard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from facesign.biometrics.stream import FloatArray, TimeArray
from facesign.samples.frame_truth import FrameTruth
from facesign.samples.studio.camera.attack import Attack
from facesign.samples.studio.camera.channel import Transmission, transmit
from facesign.samples.studio.camera.clock import capture_times
from facesign.samples.studio.camera.mark import stamp
from facesign.samples.studio.camera.picture import Image, Timed
from facesign.samples.studio.camera.sensor import Sensor
from facesign.samples.studio.camera.shoot import prepare_attack, shoot
from facesign.samples.studio.cast_list import Seat, in_picture, seats_of
from facesign.samples.studio.people.person import Person
from facesign.samples.studio.rig import Rig
from facesign.samples.studio.scenario import Scenario
from facesign.samples.studio.settings import rng_for
from facesign.samples.studio.sound.cast import CastSettings, draw_cast
from facesign.samples.studio.sound.converse import converse, language_of
from facesign.samples.studio.sound.dub import dubbed
from facesign.samples.studio.sound.enrollment import enrollment
from facesign.samples.studio.sound.tracks import render_tracks
from facesign.samples.studio.stage.backdrop import BackdropSettings, draw_backdrop
from facesign.samples.studio.stage.eyes import eyes_in_picture
from facesign.samples.studio.stage.light import LightSettings, draw_light
from facesign.samples.studio.stage.placed import Placed
from facesign.samples.studio.stage.renderer import Renderer
from facesign.samples.studio.stage.view import camera_on, draw_view

__all__ = ["Production"]

_BLURRED_SHUTTER_S = 0.022
"""From this exposure time on, a moving face is drawn more than once a picture."""
_N_PARTS = 3
_FILMED_ELSEWHERE = ("printed_photo", "screen_replay", "injected_clip")
"""Attacks that show the customer as filmed elsewhere; the chair before the camera is empty."""
_BATCH = 256
"""Frames whose truth is computed at once."""


class Production:
    """Everything of one interview.

    Args:
        scenario: What it shall be like.
        seed: The same seed gives the same interview on the same machine.
        rig: The face rig.

    Raises:
        MissingLibraryError: There is no EGL driver, or no espeak-ng.
        ScenarioError: A question is named that is not asked.
        SettingsError: A value is not possible together with others.
        MediaError: A given recording cannot be read.
    """

    def __init__(self, scenario: Scenario, seed: int, rig: Rig) -> None:
        self.scenario, self.seed, self._rig = scenario, seed, rig
        person = _person(scenario, seed)
        self.cast = draw_cast(
            _fitting(scenario, person), language_of(scenario.dialogue), rng_for(seed, "voices")
        )
        acted = converse(scenario.dialogue, self.cast, rng_for(seed, "dialogue"))
        other = scenario.lips == "other_speech"
        self.dialogue = dubbed(acted, rng_for(seed, "dub")) if other else acted
        self.tracks = render_tracks(self.dialogue, scenario.sound, rng_for(seed, "sound"))
        self.view = draw_view(scenario.view, rng_for(seed, "view"))
        self.light = draw_light(scenario.light, rng_for(seed, "light"))
        self.backdrop = draw_backdrop(scenario.backdrop, rng_for(seed, "backdrop"))
        eyes_cm = rig.eye_centres(person.identity_weights)
        camera_cm = Placed(person).camera_from(eyes_cm, camera_on(self.view, eyes_cm))
        self.seats = seats_of(
            scenario, seed, self.dialogue, acted.said if other else None, camera_cm
        )
        self.time_s = capture_times(
            scenario.camera, self.dialogue.duration_s, rng_for(seed, "capture")
        )
        self._renderer = Renderer(
            rig,
            [seat.placed for seat in self.seats],
            light=self.light,
            view=self.view,
            backdrop=self.backdrop,
        )
        self._elsewhere: Renderer | None = None
        self._set_up_camera()
        self._sent: Transmission | None = None
        self._delivered_s: list[float] = []

    @property
    def duration_s(self) -> float:
        """Length of the interview in seconds."""
        return self.dialogue.duration_s

    def pictures(self, *, mark: bool = True) -> Iterator[Timed]:
        """Film the interview; every time the same.

        Args:
            mark: Stamp the word SYNTHETIC into the corner.

        Yields:
            Time, and the sRGB picture as the bank receives it.
        """
        self._set_up_camera()
        slow = self.sensor.shutter_s > _BLURRED_SHUTTER_S
        filmed = shoot(
            self._before_the_camera,
            self.time_s,
            self.sensor,
            attacks=self.attacks,
            n_parts=_N_PARTS if slow else 1,
        )
        self._sent = transmit(filmed, self.scenario.channel, rng_for(self.seed, "channel"))
        self._delivered_s = []
        for time_s, image in self._sent:
            self._delivered_s.append(time_s)
            yield time_s, stamp(image) if mark else image

    def enrollment(self) -> FloatArray:
        """Return the claimed customer's voice from another day, 48 kHz, shape (n_samples,)."""
        return enrollment(self.cast.applicant, rng_for(self.seed, "enrollment"))

    def delivered(self) -> TimeArray:
        """Return the times of the pictures that arrived, after they were filmed."""
        return np.array(self._delivered_s)

    def channel_truth(self) -> dict[str, Any]:
        """Return what happened to the pictures on their way, after they were filmed."""
        return {} if self._sent is None else self._sent.truth()

    def frame_truth(self) -> FrameTruth:
        """Return what is true of each picture that arrived, after they were filmed."""
        time_s = self.delivered()
        starts = np.searchsorted(time_s, [seat.start_s for seat in self.in_the_chair()])
        parts = []
        for number, seat in enumerate(self.in_the_chair()):
            stop = starts[number + 1] if number + 1 < len(starts) else len(time_s)
            parts += [
                self._truth_of(seat, time_s[at : min(at + _BATCH, stop)])
                for at in range(starts[number], stop, _BATCH)
            ]
        return FrameTruth.joined(parts)

    def close(self) -> None:
        """Free the graphics contexts."""
        self._renderer.close()
        if self._elsewhere is not None:
            self._elsewhere.close()

    def in_the_chair(self) -> list[Seat]:
        """Return who sits in the applicant's place, one after another."""
        return [seat for seat in self.seats if seat.placed.at_cm == (0.0, 0.0, 0.0)]

    def _set_up_camera(self) -> None:
        """Take a camera and prepare the attacks; both remember what they have seen."""
        size = (self.view.width_px, self.view.height_px)
        self.sensor = Sensor(self.scenario.camera, size, rng_for(self.seed, "sensor"))
        self.attacks: list[Attack[Any]] = [
            prepare_attack(
                settings,
                size,
                rng_for(self.seed, f"attack {number}"),
                footage=self._filmed_elsewhere,
                photo_eyes=self._eyes_at,
                live_eyes=self._eyes_at,
            )
            for number, settings in enumerate(self.scenario.attacks)
        ]

    def _truth_of(self, seat: Seat, time_s: TimeArray) -> FrameTruth:
        performance = seat.act.at(time_s)
        eyes_cm = self._rig.eye_centres(seat.person.identity_weights)
        eyes_px = eyes_in_picture(
            self._renderer.camera, self.view, eyes_cm, performance.head_deg, performance.head_cm
        )
        return performance.truth(eyes_px)

    def _before_the_camera(self, time_s: float) -> Image:
        states = in_picture(self.seats, time_s)
        if any(
            attack.active(time_s)
            for attack, settings in zip(self.attacks, self.scenario.attacks, strict=True)
            if settings.kind in _FILMED_ELSEWHERE
        ):
            states[0] = None
        return self._renderer.draw(states)

    def _filmed_elsewhere(self, time_s: float) -> Image:
        """Draw the customer in another room, as a photo or a recording shows them."""
        if self._elsewhere is None:
            rng = rng_for(self.seed, "elsewhere")
            self._elsewhere = Renderer(
                self._rig,
                [self.seats[0].placed],
                light=draw_light(LightSettings(family="office"), rng),
                view=self.view,
                backdrop=draw_backdrop(BackdropSettings(family="plain"), rng),
            )
        return self._elsewhere.draw(in_picture(self.seats[:1], time_s))

    def _eyes_at(self, time_s: float) -> FloatArray:
        """Return where the applicant's eyes are in the picture, shape (2, 2)."""
        truth = self._truth_of(self.seats[0], np.array([time_s]))
        return np.asarray(truth.eyes_px[0], dtype=np.float32)


def _person(scenario: Scenario, seed: int) -> Person:
    from facesign.samples.studio.people.casting import draw_person

    return draw_person(scenario.person, rng_for(seed, "person"))


def _fitting(scenario: Scenario, person: Person) -> CastSettings:
    """Return the cast with voices that fit who is seen, where the scenario leaves it open."""
    kind = "woman" if person.sex == "female" else "man"
    open_ones = {
        role: settings.model_copy(update={"kind": kind})
        for role in ("applicant", "impostor")
        if (settings := getattr(scenario.cast, role)).kind == "any" and settings.name is None
    }
    return scenario.cast.model_copy(update=open_ones)
