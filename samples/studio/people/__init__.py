"""Who is drawn: the shape of the head, skin, hair, what is worn."""
