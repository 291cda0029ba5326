"""What would become of a QuayRegistry: simulated before a cluster is touched."""
