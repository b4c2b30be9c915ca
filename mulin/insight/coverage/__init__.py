"""The 15-minute circle: who can walk to a station, who cannot, and where the next one would serve most."""
