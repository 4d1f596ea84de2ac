"""What an item is, as it is served: the suggester in use, and the number that an assessment goes on with."""
