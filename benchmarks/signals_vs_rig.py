"""Render every rig shape that a channel measures and compare `level` with the driven weight.

One stream for each of several people of light to dark skin: first a calm face that becomes
the baseline, then a clip for each action, all through H.264 in memory, face mesh, skin's flow,
channels and `level`, with a little head sway. Paired actions move on the left, then on the
right, so a channel that answers to the other side loses correlation. The table has the median
over the people, and each tone by itself. Writes benchmarks/results/signals_vs_rig.json.

    python benchmarks/signals_vs_rig.py [--rig FILE]
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import av
import numpy as np
from av.container import OutputContainer
from provenance import write_result

from facesign.biometrics.face.block import FaceBlock, read_block
from facesign.biometrics.face.faces import FaceFinder
from facesign.biometrics.face.flow import SkinFlow
from facesign.biometrics.face.mesh import BundledMesh
from facesign.biometrics.face.meter import SignalMeter
from facesign.biometrics.face.sharpen import MODEL as READOUT
from facesign.biometrics.face.sharpen import Sharpener
from facesign.biometrics.face.signals import CHANNELS
from facesign.biometrics.face.track import Face, FaceTracker, PictureGauge
from facesign.biometrics.stream import BlockGrid, FloatArray, Frame, TimeArray
from facesign.models.runtime import open_model
from facesign.samples.studio.acting.eyes import lid_weights
from facesign.samples.studio.acting.facs import SHAPES_OF
from facesign.samples.studio.acting.state import FaceState
from facesign.samples.studio.acting.steps import sway
from facesign.samples.studio.people.casting import PersonSettings, draw_person
from facesign.samples.studio.people.person import Person
from facesign.samples.studio.rig import Rig, find_rig
from facesign.samples.studio.settings import rng_for
from facesign.samples.studio.stage.placed import Placed
from facesign.samples.studio.stage.renderer import Renderer
from facesign.samples.studio.stage.view import View

RATE_HZ = 30
CALM_S = 9.0
PULSE_S = 1.1
CRF = 23
SEED = 7
TONES = (2, 6, 10)
VIEW = View(960, 540, eyes_px=120.0, field_deg=53.0, height_deg=-3.0, aside_deg=0.0)
FULL_GAZE_DEG = 25.0


@dataclass(frozen=True)
class Action:
    """One clip: two pulses, and how far each channel is driven in the first and the second."""

    driven: dict[str, tuple[float, float]]

    def weights(self, time_s: TimeArray) -> dict[str, TimeArray]:
        """Return each driven channel's weight, shape (n,)."""
        pulses = [_pulse(time_s), _pulse(time_s - PULSE_S)]
        return {
            channel: first * pulses[0] + second * pulses[1]
            for channel, (first, second) in self.driven.items()
        }


def actions() -> list[Action]:
    found = []
    for channel in SHAPES_OF:
        other = channel.removesuffix(".left") + ".right"
        if channel.startswith("gaze") and channel.endswith(".left"):
            found.append(Action({channel: (1.0, -1.0), other: (1.0, -1.0)}))
        elif channel.endswith(".left"):
            found.append(Action({channel: (1.0, 0.0), other: (0.0, 1.0)}))
        elif not channel.endswith(".right"):
            found.append(Action({channel: (0.5, 1.0)}))
    return found


def clip_states(action: Action, head: list[FaceState]) -> list[FaceState]:
    """Put an action on top of the head's sway."""
    time_s = np.arange(len(head)) / RATE_HZ
    weights = action.weights(time_s)
    shapes: dict[str, TimeArray] = {"mouthClose": np.full_like(time_s, 0.03)}
    gaze = {"horizontal": np.zeros_like(time_s), "vertical": np.zeros_like(time_s)}
    for channel, weight in weights.items():
        if channel.startswith("gaze"):
            gaze[channel.split(".")[1]] = FULL_GAZE_DEG * weight
        else:
            shapes |= dict.fromkeys(SHAPES_OF[channel], weight)
    shapes |= {
        name: shapes.get(name, 0.0) + weight
        for name, weight in lid_weights(
            np.zeros_like(time_s), gaze["horizontal"], gaze["vertical"]
        ).items()
    }
    return [
        replace(
            state,
            weights={name: float(series[i]) for name, series in shapes.items()},
            gaze_yaw_deg=float(gaze["horizontal"][i]),
            gaze_pitch_deg=float(gaze["vertical"][i]),
        )
        for i, state in enumerate(head)
    ]


def swaying(n_frames: int, rng: np.random.Generator) -> list[FaceState]:
    time_s = np.arange(n_frames) / RATE_HZ
    yaw, pitch, roll, across, near = (
        sway(rng, time_s, period_s=p) for p in (1.9, 2.1, 2.6, 2.7, 3.1)
    )
    return [
        FaceState(
            {"mouthClose": 0.03},
            yaw_deg=float(1.5 * yaw[i]),
            pitch_deg=float(pitch[i]),
            roll_deg=float(0.8 * roll[i]),
            shift_cm=(float(0.2 * across[i]), 0.0, float(0.3 * near[i])),
        )
        for i in range(n_frames)
    ]


def encoded(renderer: Renderer, states: list[FaceState]) -> io.BytesIO:
    """Render into an H.264 file in memory."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="matroska") as container:
        write_film(container, renderer, states, VIEW)
    buffer.seek(0)
    return buffer


def write_film(
    container: OutputContainer,
    renderer: Renderer,
    states: Sequence[FaceState],
    view: View,
    *,
    crf: int = CRF,
) -> None:
    """Render into an open file as H.264."""
    stream = container.add_stream("libx264", rate=RATE_HZ)
    stream.width, stream.height = view.width_px, view.height_px
    stream.pix_fmt = "yuv420p"
    stream.options = {"crf": str(crf)}
    for state in states:
        frame = av.VideoFrame.from_ndarray(renderer.draw([state]), format="rgb24")
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def face_blocks(video: io.BytesIO) -> Iterator[FaceBlock]:
    tracker, gauge = FaceTracker(BundledMesh(), FaceFinder()), PictureGauge()
    flow, sharpener = SkinFlow(), Sharpener(open_model(READOUT, provider="cpu"))
    grid = BlockGrid[Face](lambda face: face.time_s)
    with av.open(video, "r") as container:
        for picture in container.decode(video=0):
            image = np.asarray(picture.to_ndarray(format="rgb24"), dtype=np.uint8)
            frame = Frame(float(picture.time or 0.0), image)
            for face in tracker.push(frame):
                for faces in grid.push(flow.measured(gauge.measured(face, frame), frame)):
                    yield sharpener.push(read_block(faces, np.zeros(len(faces), np.bool_)))
    for faces in grid.finish():
        yield sharpener.push(read_block(faces, np.zeros(len(faces), np.bool_)))
    list(tracker.finish())


def read_levels(video: io.BytesIO) -> tuple[FloatArray, FloatArray]:
    """Return `level` of all channels and the inter-ocular distance, frame by frame."""
    meter = SignalMeter("calm_start")
    levels, distances = [], []
    for block in face_blocks(video):
        distances.append(block.inter_ocular_px)
        levels += [signals.reading("level") for signals in meter.push(block)]
    levels += [signals.reading("level") for signals in meter.finish()]
    return np.concatenate(levels), np.concatenate(distances)


def rows(action: Action, levels: FloatArray) -> Iterator[dict[str, object]]:
    """Compare the channels of one clip with what drove them."""
    driven = action.weights(np.arange(len(levels)) / RATE_HZ)
    names = [channel.name for channel in CHANNELS]
    for channel, weight in driven.items():
        level = levels[:, names.index(channel)].astype(np.float64)
        seen = np.isfinite(level)
        rest = level[seen & (np.abs(weight) < 0.05)].mean()
        full = level[seen & (weight > 0.9)].mean()
        row: dict[str, object] = {
            "channel": channel,
            "shapes": list(SHAPES_OF[channel]),
            "status": "measured",
            "correlation": round(float(np.corrcoef(level[seen], weight[seen])[0, 1]), 3),
            "level_at_full_weight": round(float(full - rest), 1),
        }
        other = [w for name, w in driven.items() if name != channel]
        if other and not channel.startswith("gaze"):
            leaked = level[seen & (other[0] > 0.9)].mean() - rest
            row["answer_to_other_side"] = round(float(leaked / (full - rest)), 2)
        yield row


def film(rig: Rig, who: Person) -> tuple[list[dict[str, object]], int, FloatArray]:
    """Render one person; return the channels' rows, the number of frames and the distances."""
    rng = np.random.default_rng(SEED)
    clips = actions()
    n_calm, n_clip = round(CALM_S * RATE_HZ), round(2 * PULSE_S * RATE_HZ)
    head = swaying(n_calm + n_clip * len(clips), rng)
    starts = [n_calm + n_clip * number for number in range(len(clips))]
    states = head[:n_calm]
    for clip, start in zip(clips, starts, strict=True):
        states += clip_states(clip, head[start : start + n_clip])
    renderer = Renderer(rig, [Placed(who)], view=VIEW)
    levels, distances = read_levels(encoded(renderer, states))
    renderer.close()
    table = [
        row
        for clip, start in zip(clips, starts, strict=True)
        for row in rows(clip, levels[start : start + n_clip])
    ]
    return table, len(states), distances


def joined(tables: dict[int, list[dict[str, object]]]) -> Iterator[dict[str, object]]:
    """Yield a row a channel: the median over the people, and the correlation of each tone."""
    for same in zip(*tables.values(), strict=True):
        row = dict(same[0])
        for key in ("correlation", "level_at_full_weight", "answer_to_other_side"):
            if key in row:
                row[key] = round(float(np.median([one[key] for one in same])), 3)
        row["correlation_by_tone"] = {
            str(tone): one["correlation"] for tone, one in zip(tables, same, strict=True)
        }
        yield row


def drawn(tone: int) -> Person:
    bare = PersonSettings.model_validate(
        {"tone": tone, "glasses": "none", "headscarf": False, "beard": "none", "hair": "cropped"}
    )
    return draw_person(bare, rng_for(SEED, f"tone {tone}"))


def measure(rig: Rig) -> dict[str, object]:
    people = {tone: drawn(tone) for tone in TONES}
    films = {tone: film(rig, who) for tone, who in people.items()}
    table = list(joined({tone: rows_of for tone, (rows_of, _, _) in films.items()}))
    distances = np.concatenate([one[2] for one in films.values()])
    table += [
        {"channel": channel.name, "shapes": [], "status": "unvalidated"}
        for channel in CHANNELS
        if channel.name not in SHAPES_OF
    ]
    order = [channel.name for channel in CHANNELS]
    return {
        "question": "does `level` of each channel follow the rig shape that it is named after?",
        "people": [who.to_dict() for who in people.values()],
        "seed": SEED,
        "frames": sum(one[1] for one in films.values()),
        "frames_with_face": int(np.isfinite(distances).sum()),
        "inter_ocular_px": round(float(np.nanmedian(distances)), 1),
        "codec": f"H.264 crf {CRF}, {VIEW.width_px}x{VIEW.height_px}, {RATE_HZ} frames/s",
        "moderngl": version("moderngl"),
        "channels": sorted(table, key=lambda row: order.index(str(row["channel"]))),
    }


def _pulse(time_s: TimeArray) -> TimeArray:
    return np.where(
        (time_s > 0) & (time_s < PULSE_S), 0.5 - 0.5 * np.cos(2 * np.pi * time_s / PULSE_S), 0.0
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rig", type=Path, help="the face rig; else the one under FACESIGN_DATA")
    args = parser.parse_args()
    rig_file = find_rig(args.rig)
    write_result("signals_vs_rig", measure(Rig.load(rig_file)), [rig_file])


if __name__ == "__main__":
    main()
