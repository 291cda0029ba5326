"""What pytest-bdd lets pass in silence, and what this project asks of its feature files."""
