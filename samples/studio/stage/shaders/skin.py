"""Skin: light wraps around and reddens at its edge, oil and wet lips shine.

All light is worked out at the vertices, which lie closer together than shadows and
highlights on skin change; the fragments only mix what was painted. At the collar the
shadow has a floor, for the vertices beneath the cloth are quite black.
"""

from __future__ import annotations

from facesign.samples.studio.stage.shaders.common import FOLLOW, LIGHT, LIGHTING

__all__ = ["SKIN"]

_VERTEX = (
    FOLLOW
    + LIGHTING
    + """
uniform vec4 canvas;
in vec3 position;
in vec3 normal;
in vec3 rest;
in float share;
in vec3 shade;
out vec3 matt;
out vec3 dull;
out vec3 wet;
out vec2 texel;
const vec3 WRAP = vec3(0.42, 0.20, 0.14);
void main() {
    vec3 at = followed(position, share);
    vec3 n = normalize(followed_normal(normal, share)), v = normalize(camera - at);
    float collar = 0.35 * smoothstep(-8.5, -10.5, rest.y);
    float ao = max(shade.x, collar), lit = max(shade.y, 0.7 * collar);
    matt = key_colour * wrapped(dot(n, key_towards), WRAP) * pow(vec3(lit), vec3(0.8, 1.0, 1.1))
        + fill_colour * wrapped(dot(n, fill_towards), WRAP) * ao
        + rim_colour * max(dot(n, rim_towards), 0.0) * shade.z
        + ambient(n) * pow(vec3(ao), vec3(0.85, 1.05, 1.15));
    float glance = 1.0 - max(dot(n, v), 0.0);
    float fresnel = 0.028 + 0.55 * glance * glance * glance * glance * glance;
    vec3 around = 0.25 * ambient(reflect(-v, n)) * ao;
    dull = fresnel * (key_colour * lobe(n, key_towards, v, 11.0) * lit
        + fill_colour * lobe(n, fill_towards, v, 11.0) * ao + around);
    wet = fresnel * (key_colour * lobe(n, key_towards, v, 60.0) * lit
        + fill_colour * lobe(n, fill_towards, v, 60.0) * ao + around);
    texel = (rest.xy - canvas.xz) / (canvas.yw - canvas.xz);
    gl_Position = view_projection * vec4(at, 1.0);
}
"""
)

_FRAGMENT = (
    LIGHT
    + """
uniform sampler2D paint;
in vec3 matt;
in vec3 dull;
in vec3 wet;
in vec2 texel;
out vec4 pixel;
void main() {
    vec4 painted = texture(paint, texel);
    float gloss = painted.a;
    vec3 shine = mix(dull, wet, smoothstep(0.4, 0.8, gloss)) * (0.55 + 1.3 * gloss);
    pixel = vec4(developed(painted.rgb * painted.rgb * matt + shine), 1.0);
}
"""
)

SKIN = (_VERTEX, _FRAGMENT)
