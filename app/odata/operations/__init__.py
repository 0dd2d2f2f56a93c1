"""InLoox's bound actions and functions: parameters in, commands or rows out."""
