"""The drawing itself: meshes, light, shaders, backdrop."""
