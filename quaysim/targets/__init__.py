"""The clusters that scenarios run on."""
