"""How pytest runs `.feature` files: collecting them, reading their tags, finding the step definitions."""
