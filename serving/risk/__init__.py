"""How risky an item is, as it is served: model, history, lists, duty at stake."""
