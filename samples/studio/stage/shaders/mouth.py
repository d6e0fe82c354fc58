"""What lies behind the lips and the lids: darker the deeper it lies."""

from __future__ import annotations

from facesign.samples.studio.stage.shaders.common import FOLLOW, LIGHT, LIGHTING

__all__ = ["MOUTH"]

_VERTEX = (
    FOLLOW
    + LIGHTING
    + """
uniform vec3 tint;
uniform float wet;
in vec3 position;
in vec3 normal;
in vec3 rest;
in float share;
out vec3 colour;
void main() {
    vec3 at = followed(position, share);
    vec3 n = normalize(followed_normal(normal, share)), v = normalize(camera - at);
    float aside = smoothstep(0.8, 2.4, abs(rest.x));
    float depth = smoothstep(5.0, 10.8, rest.z) * (1.0 - 0.7 * aside);
    vec3 light = (key_colour * wrapped(dot(n, key_towards), vec3(0.5))
        + ambient(n) + 0.6 * fill_colour) * mix(0.02, 0.62, depth * depth);
    vec3 shine = wet * 0.05 * lobe(n, key_towards, v, 60.0) * depth * key_colour;
    colour = tint * light + shine;
    gl_Position = view_projection * vec4(at, 1.0);
}
"""
)

_FRAGMENT = (
    LIGHT
    + """
in vec3 colour;
out vec4 pixel;
void main() { pixel = vec4(developed(colour), 1.0); }
"""
)

MOUTH = (_VERTEX, _FRAGMENT)
