"""The network: dilated convolutions over rows of signals, up to 0.4 s into what comes."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

N_SIGNALS, N_CHANNELS, N_CLASSES = 132, 44, 4
WIDTH = 96
AHEAD = (1, 1, 2, 4, 4)
"""Dilations of the layers that see as far ahead as back: 12 rows."""
BACK = (8, 12)
"""Dilations of the layers that see back only."""
N_AHEAD = sum(AHEAD)
N_BACK = N_AHEAD + 2 * sum(BACK)
LONGEST_S = 0.6
"""Most that onset and offset can be away from a row."""


class _Layer(nn.Module):
    def __init__(self, dilation: int, *, ahead: bool) -> None:
        super().__init__()
        self.pad = (dilation, dilation) if ahead else (2 * dilation, 0)
        self.spread = nn.Conv1d(WIDTH, WIDTH, 3, dilation=dilation)
        self.mix = nn.Conv1d(WIDTH, WIDTH, 1)
        self.drop = nn.Dropout(0.1)

    def forward(self, x: Tensor) -> Tensor:
        out = functional.relu(self.spread(functional.pad(x, self.pad)))
        return x + self.drop(self.mix(out))


class MovementNet(nn.Module):
    """Signals and what of them is valid in; movement, apex, edges, channels, classes out.

    All outputs of `forward` are logits, shape (n, time, outputs).
    """

    def __init__(self) -> None:
        super().__init__()
        self.enter = nn.Conv1d(2 * N_SIGNALS, WIDTH, 1)
        layers = [_Layer(d, ahead=True) for d in AHEAD] + [_Layer(d, ahead=False) for d in BACK]
        self.layers = nn.Sequential(*layers)
        self.leave = nn.Conv1d(WIDTH, 4 + N_CHANNELS + N_CLASSES, 1)

    def forward(self, signals: Tensor, valid: Tensor) -> dict[str, Tensor]:
        # Deviations of a hundred say no more than deviations of twenty.
        squeezed = torch.asinh(0.5 * signals) * valid
        x = torch.cat([squeezed, valid], dim=2).transpose(1, 2)
        out = self.leave(self.layers(functional.relu(self.enter(x)))).transpose(1, 2)
        return {
            "movement": out[..., 0],
            "apex": out[..., 1],
            "edges": out[..., 2:4],
            "channels": out[..., 4 : 4 + N_CHANNELS],
            "kinds": out[..., 4 + N_CHANNELS :],
        }


class Shipped(nn.Module):
    """The network as it ships: probabilities and seconds instead of logits."""

    def __init__(self, net: MovementNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, signals: Tensor, valid: Tensor) -> tuple[Tensor, ...]:
        out = self.net(signals, valid)
        return (
            torch.sigmoid(out["movement"]),
            torch.sigmoid(out["apex"]),
            LONGEST_S * torch.sigmoid(out["edges"]),
            torch.sigmoid(out["channels"]),
            torch.softmax(out["kinds"], dim=-1),
        )
