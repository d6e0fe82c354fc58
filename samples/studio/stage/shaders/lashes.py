"""Lashes: single tapering hairs cut out of the strips that move with the lids."""

from __future__ import annotations

from facesign.samples.studio.stage.shaders.common import FOLLOW

__all__ = ["LASHES"]

_VERTEX = (
    FOLLOW
    + """
in vec3 position;
in vec3 lash;
out vec3 strip;
void main() {
    strip = lash;
    vec4 clip = view_projection * vec4(followed(position, 1.0), 1.0);
    clip.z -= 0.0004 * clip.w;
    gl_Position = clip;
}
"""
)

_FRAGMENT = """
#version 330
uniform vec3 tint;
uniform float fullness;
in vec3 strip;
out vec4 pixel;
void main() {
    bool upper = strip.z > 2.5;
    float n_hairs = upper ? 54.0 : 34.0;
    float place = strip.x * n_hairs + 0.37 * strip.z;
    float number = floor(place);
    float luck = fract(sin(number * 12.9898 + strip.z * 78.233) * 43758.5453);
    float reach = (upper ? 0.72 : 0.46) * (0.7 + 0.3 * luck) * mix(0.7, 1.0, fullness);
    float up = strip.y;
    float lean = (luck - 0.5) * 0.7 * up;
    float width = 0.19 * (1.0 - up / max(reach, 0.01));
    float aside = abs(fract(place) - 0.5 - lean);
    float soft = clamp(fwidth(place), 0.05, 1.0);
    float hair = (1.0 - smoothstep(width - soft, width + soft, aside)) * step(up, reach);
    float alpha = hair * (upper ? 0.72 : 0.36) * fullness * (1.0 - 0.5 * up);
    if (alpha < 0.02) discard;
    pixel = vec4(pow(tint, vec3(1.0 / 2.2)), alpha);
}
"""

LASHES = (_VERTEX, _FRAGMENT)
