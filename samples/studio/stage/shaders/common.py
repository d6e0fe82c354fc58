"""What the materials share: how vertices follow the head, one light, one tone curve.

Colours are linear inside and leave through the tone curve.
"""

from __future__ import annotations

__all__ = ["FOLLOW", "LIGHT", "LIGHTING", "MESH_VERTEX", "NOISE"]

FOLLOW = """
#version 330
uniform mat4 view_projection;
uniform mat3 turn;
uniform vec3 pivot;
uniform vec3 shift;
uniform mat3 stand;
uniform vec3 stand_at;
vec3 followed(vec3 p, float share) {
    vec3 still = p + 0.12 * shift;
    return stand * mix(still, turn * (p - pivot) + pivot + shift, share) + stand_at;
}
vec3 followed_normal(vec3 n, float share) { return stand * mix(n, turn * n, share); }
"""
"""Places and normals in the room of vertices that turn with the head by a share."""

LIGHTING = """
uniform vec3 camera;
uniform vec3 key_towards;
uniform vec3 fill_towards;
uniform vec3 rim_towards;
uniform vec3 key_colour;
uniform vec3 fill_colour;
uniform vec3 rim_colour;
uniform vec3 sky;
uniform vec3 ground;
uniform float exposure;
vec3 linear(vec3 c) { return pow(c, vec3(2.2)); }
vec3 developed(vec3 c) {
    c *= exposure;
    c = (c * (2.51 * c + 0.03)) / (c * (2.43 * c + 0.59) + 0.14);
    vec3 root = sqrt(clamp(c, 0.0, 1.0));
    return root * (1.0 + 0.1044 * (1.0 - root) / (root + 0.303));
}
vec3 wrapped(float cosine, vec3 wrap) {
    return max((vec3(cosine) + wrap) / ((1.0 + wrap) * (1.0 + wrap)), 0.0);
}
float lobe(vec3 n, vec3 l, vec3 v, float power) {
    return pow(max(dot(n, normalize(l + v)), 0.0), power) * (power + 8.0) / 25.0;
}
vec3 ambient(vec3 n) { return mix(ground, sky, 0.5 + 0.5 * n.y); }
vec3 arriving(vec3 n, vec3 wrap, vec3 share) {
    return key_colour * wrapped(dot(n, key_towards), wrap) * share.y
        + fill_colour * wrapped(dot(n, fill_towards), wrap) * share.x
        + rim_colour * max(dot(n, rim_towards), 0.0) * share.z + ambient(n) * share.x;
}
"""
"""The room's light, for vertices: `arriving` is all of it on a matt surface, where `share` is
the `shade` that was baked there. `developed` ends in the power 1/2.2, less than 0.004 off."""

LIGHT = "#version 330" + LIGHTING
"""The same, at the head of a fragment's source."""

NOISE = """
float hash(vec3 p) {
    p = fract(p * vec3(443.897, 441.423, 437.195));
    p += dot(p, p.yzx + 19.19);
    return fract((p.x + p.y) * p.z);
}
float noise(vec3 p) {
    vec3 i = floor(p), f = fract(p);
    f = f * f * (3.0 - 2.0 * f);
    float a = mix(mix(hash(i), hash(i + vec3(1, 0, 0)), f.x),
                  mix(hash(i + vec3(0, 1, 0)), hash(i + vec3(1, 1, 0)), f.x), f.y);
    float b = mix(mix(hash(i + vec3(0, 0, 1)), hash(i + vec3(1, 0, 1)), f.x),
                  mix(hash(i + vec3(0, 1, 1)), hash(i + vec3(1, 1, 1)), f.x), f.y);
    return mix(a, b, f.z);
}
"""

MESH_VERTEX = (
    FOLLOW
    + """
in vec3 position;
in vec3 normal;
in vec3 rest;
in float share;
in vec3 shade;
out vec3 at;
out vec3 facing;
out vec3 place;
out vec3 open_sky;
void main() {
    at = followed(position, share);
    facing = followed_normal(normal, share);
    place = rest;
    open_sky = shade;
    gl_Position = view_projection * vec4(at, 1.0);
}
"""
)
"""Plain meshes: `place` is the neutral position; of the light baked there, `open_sky` has the
shares of the sky, of the key light and of the rim light. A `vec2 shade` takes the first two."""
