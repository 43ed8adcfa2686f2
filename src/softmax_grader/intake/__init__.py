"""From what students hand in to one clean notebook each. Nothing here runs what it reads."""
