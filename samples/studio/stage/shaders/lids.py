"""The strip between lids and eyeball: the upper lid's edge and shadow, a wet edge below."""

from __future__ import annotations

from facesign.samples.studio.stage.shaders.common import FOLLOW, LIGHT

__all__ = ["LID_LINE"]

_VERTEX = (
    FOLLOW
    + """
in vec3 position;
in vec2 uv;
out vec3 strip;
void main() {
    strip = vec3(uv.y, position.yz);
    vec4 clip = view_projection * vec4(followed(position, 1.0), 1.0);
    clip.z -= 0.0006 * clip.w;
    gl_Position = clip;
}
"""
)

_FRAGMENT = (
    LIGHT
    + """
in vec3 strip;
out vec4 pixel;
void main() {
    vec3 change = dFdy(strip);
    float open_cm = length(change.yz) / max(abs(change.x), 1e-4);
    float from_upper_cm = (1.0 - strip.x) * open_cm;
    float wide = smoothstep(0.05, 0.9, open_cm);
    float upper = smoothstep(0.50, 0.0, from_upper_cm);
    float lower = smoothstep(0.36, 0.0, strip.x);
    float margin = smoothstep(mix(0.06, 0.19, wide), mix(0.03, 0.10, wide), from_upper_cm);
    vec3 colour = mix(vec3(0.026, 0.005, 0.003), vec3(0.004, 0.002, 0.0015), margin);
    vec3 light = 0.7 * key_colour + fill_colour + sky;
    float cover = max(mix(0.25, 0.62, wide) * upper * upper, 0.9 * margin);
    pixel = vec4(developed(colour * light), max(cover, 0.30 * wide * lower));
}
"""
)

LID_LINE = (_VERTEX, _FRAGMENT)
