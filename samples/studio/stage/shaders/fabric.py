"""Woven cloth: shirts, jackets and scarves, with a button placket where one is asked for."""

from __future__ import annotations

from facesign.samples.studio.stage.shaders.common import FOLLOW, LIGHT, LIGHTING

__all__ = ["FABRIC"]

_VERTEX = (
    FOLLOW
    + LIGHTING
    + """
in vec3 position;
in vec3 normal;
in float share;
in vec3 shade;
out vec3 outside;
out vec3 inside;
out vec3 place;
out float fuzz;
void main() {
    vec3 at = followed(position, share);
    vec3 n = normalize(followed_normal(normal, share)), v = normalize(camera - at);
    outside = arriving(n, vec3(0.2), shade);
    inside = arriving(-n, vec3(0.2), shade);
    float glance = 1.0 - abs(dot(n, v));
    fuzz = 0.10 * glance * glance * glance;
    place = position;
    gl_Position = view_projection * vec4(at, 1.0);
}
"""
)

_FRAGMENT = (
    LIGHT
    + """
uniform sampler2D grain;
uniform vec3 tint;
uniform float placket;
in vec3 outside;
in vec3 inside;
in vec3 place;
in float fuzz;
out vec4 pixel;
void main() {
    float fleck = 0.93 + 0.14 * texture(grain, place.xy / 12.0).r;
    float thread = 0.97 + 0.03 * sin(place.x * 60.0) * sin(place.y * 60.0);
    vec3 dyed = tint;
    if (placket > 0.0 && place.z > 0.0) {
        float off_seam = (abs(place.x + 0.15) - 1.25) / 0.06;
        float row = fract((place.y + 13.6) / 5.2) - 0.5;
        float button = 1.0 - smoothstep(0.40, 0.48, length(vec2(place.x + 0.1, row * 5.2)));
        dyed *= 1.0 - 0.40 * placket * exp(-off_seam * off_seam);
        dyed = mix(dyed, mix(vec3(0.75), tint, 0.35), 0.8 * placket * button);
    }
    vec3 light = gl_FrontFacing ? outside : inside;
    pixel = vec4(developed(dyed * light * fleck * thread + fuzz * tint * light), 1.0);
}
"""
)

FABRIC = (_VERTEX, _FRAGMENT)
