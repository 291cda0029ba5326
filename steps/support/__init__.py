"""What several step modules share: the scene, the registry handle, bundles, certificates, waiting."""
