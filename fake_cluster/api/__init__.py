"""What a request to the API means, from its path to the stored object."""
