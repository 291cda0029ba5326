"""The tests of fake_cluster and quaysim themselves."""
