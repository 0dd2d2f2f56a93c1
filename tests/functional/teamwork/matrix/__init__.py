"""The permission matrix of the Teamwork dialect: its scene, its rows, and what compares stores."""
