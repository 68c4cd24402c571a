"""The stories of the program, told against the ports; imports nothing but domain."""
