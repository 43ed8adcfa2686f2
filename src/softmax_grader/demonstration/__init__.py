"""A class that does not exist, to practise on."""
